// SPDX-License-Identifier: MIT
// The whole guest dies at once, as if its power were cut, with the store on a disk that is still
// there afterwards. What the kernel held in its buffers is gone with it; what logd had answered for
// is in the store of the next guest, and goes on to the syslog server from there.
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "hercules/fixture/guest_test.h"
#include "hercules/src/process.h"
#include "tests/soak/books.h"

namespace lab {

class GuestDeath {
 public:
  GuestDeath(GuestSpec spec, const fs::path& disk) : spec_(std::move(spec)), disk_(disk) {
    spec_.data_disk = disk;
    spec_.services = false;
    fs::create_directories(disk.parent_path());
    std::ofstream(disk_).close();
    fs::resize_file(disk_, kDiskBytes);
    const Output made = Capture({.argv = {"mke2fs", "-q", "-F", "-t", "ext4", disk_}});
    EXPECT_EQ(made.status, 0) << made.text;
  }
  ~GuestDeath() { fs::remove(disk_); }

  const GuestSpec& spec() const { return spec_; }

  // Everything up, logd running.
  void Start(Lab& guest) {
    Do(guest, "modprobe -q crc32c_generic; modprobe ext4 && " + MakeDisk() +
                  "mkdir -p /var/lib/s390-log && tries=0; until mount -t ext4 " + Device() +
                  " /var/lib/s390-log; do tries=$((tries + 1)); [ $tries -lt 50 ] || exit 1; "
                  "usleep 200000; done 2>/dev/null; modprobe s390_log && modprobe s390_log_source");
    guest.Run("cat >/tmp/logd.toml", "[store]\n[syslog]\nserver = \"10.39.0.1\"\nport = 601\n");
    Do(guest,
       "logd -c /tmp/logd.toml >/tmp/logd.log 2>&1 </dev/null & tries=0; until logctl stats "
       ">/dev/null 2>&1; do tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1; "
       "usleep 200000; done");
  }

  // For ever: 20 events, and a pause.
  void Emit(Lab& guest) {
    Do(guest,
       "(while :; do echo 20 2 1 >/sys/module/s390_log_source/parameters/flood; "
       "usleep 30000; done) </dev/null >/dev/null 2>&1 &");
  }

  // For how many logd answers now, as the kernel knows.
  Json State(Lab& guest) {
    return Json::parse(Do(guest, "/usr/lib/s390-log/tests/channel_state"), nullptr, false);
  }

  // Until all is taken; then the store.
  std::vector<StoredEntry> Finish(Lab& guest) {
    const Deadline limit(seconds(120));
    uint64_t left = 1;
    for (Json stats; left != 0 && !limit.Passed();) {
      stats = Json::parse(guest.Run("logctl stats --json").text, nullptr, false);
      if (!stats.is_object()) continue;
      left = stats.at("buffered").get<uint64_t>();
      for (const Json& sink : stats.at("sinks")) left += sink.at("undelivered").get<uint64_t>();
    }
    EXPECT_EQ(left, 0u) << "waited for logd to take everything: " << Do(guest, "logctl stats");
    Do(guest, "kill $(pidof logd) && while pidof logd >/dev/null; do usleep 50000; done");
    const fs::path copy = guest.layout().State() / "events.db";
    std::ofstream(copy, std::ios::binary) << Do(guest, "cat /var/lib/s390-log/events.db");
    return ReadStore(copy);
  }

  static void Receive(Lab& guest, std::set<EntryKey>& keys) {
    for (const Event& event : guest.Events().Read()) {
      keys.insert({event.boot_id, event.sequence != 0 ? event.sequence : event.gap_first});
    }
  }

 private:
  static constexpr uintmax_t kDiskBytes = 64 << 20;

  bool Hercules() const { return spec_.machine == MachineKind::kHercules; }
  std::string Device() const { return Hercules() ? "/dev/dasda" : "/dev/vda"; }
  std::string MakeDisk() const {
    return Hercules() ? "modprobe dasd_mod dasd=0.0.0701 && modprobe dasd_fba_mod && "
                      : "modprobe virtio_blk && ";
  }

  static std::string Do(Lab& guest, const std::string& line) {
    const Output output = guest.Run(line);
    EXPECT_EQ(output.status, 0) << line << "\n" << output.text;
    return output.text;
  }

  GuestSpec spec_;
  fs::path disk_;
};

// `boot` makes a guest of a spec and a name.
template <typename Boot>
void RunGuestDeath(const GuestSpec& spec, const std::string& name, Boot boot) {
  GuestDeath death(spec, Top() / "build/lab" / (name + ".disk"));
  std::set<EntryKey> received;
  Json state;
  {
    Lab first = boot(death.spec(), name + "-first");
    death.Start(first);
    death.Emit(first);
    sleep(4);
    state = death.State(first);
    first.Kill();
    death.Receive(first, received);
  }
  ASSERT_TRUE(state.is_object());
  const std::string boot_id = state.at("boot_id");
  Lab second = boot(death.spec(), name + "-second");
  death.Start(second);
  const std::vector<StoredEntry> stored = death.Finish(second);
  death.Receive(second, received);

  uint64_t next = 1;
  for (const StoredEntry& entry : stored) {
    if (entry.boot_id != boot_id) continue;
    EXPECT_EQ(entry.first, next) << "there is a hole";
    next = entry.last + 1;
    EXPECT_EQ(received.count({boot_id, entry.first}), 1u) << entry.first << " never came";
  }
  EXPECT_GT(state.at("taken").get<uint64_t>(), 0u);
  EXPECT_GE(next - 1, state.at("taken").get<uint64_t>()) << "logd had answered for more";
  fmt::print("emitted {} and answered for {} before the death; {} in the store after it\n",
             state.at("emitted").get<uint64_t>(), state.at("taken").get<uint64_t>(), next - 1);
  EXPECT_EQ(second.Complaints(), std::vector<std::string>());
}

}  // namespace lab
