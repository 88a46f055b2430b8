// SPDX-License-Identifier: MIT
// Every event once in the store and, by its key, once at the syslog server: whatever happens to
// logd, to its disk and to the server meanwhile.
//
// $KILLS sets how often logd is killed, for a run for the record (make kills), and $SEED repeats
// one.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

constexpr char kConfig[] = R"([store]
[syslog]
server = "10.39.0.1"
port = 601
)";

constexpr int kBurst = 50;  // events
constexpr int kBurstsPerKill = 8;
constexpr int kBurstPauseUs = 60'000;
constexpr seconds kLimit(120);

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* set = getenv(name);
  return set == nullptr ? otherwise : std::stoull(set);
}

class Durability : public GuestTest {
 protected:
  Durability() : GuestTest(BareQemu()), seed_(FromEnvironment("SEED", std::random_device()())) {}

  int Random(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  std::string In(Lab& guest, const std::string& line) {
    const Output output = guest.Run(line);
    EXPECT_EQ(output.status, 0) << line << "\n" << output.text;
    return output.text;
  }

  void Prepare(Lab& guest) {
    In(guest,
       "modprobe s390_log && modprobe s390_log_source && mkdir -p /var/lib/s390-log && "
       "mount -t tmpfs -o size=24m none /var/lib/s390-log");
    EXPECT_EQ(guest.Run("cat >/tmp/logd.toml", kConfig).status, 0);
  }

  void StartEmitting(Lab& guest, int bursts) {
    In(guest, fmt::format("(i=0; while [ $i -lt {} ]; do i=$((i+1)); "
                          "echo {} 1 $i >/sys/module/s390_log_source/parameters/flood; usleep {}; "
                          "done; touch /tmp/emitted) </dev/null >/dev/null 2>&1 &",
                          bursts, kBurst, kBurstPauseUs));
  }

  // One life of logd.
  void LiveAndDie(Lab& guest) {
    In(guest, fmt::format("logd -c /tmp/logd.toml >>/tmp/logd.log 2>&1 </dev/null & logd=$!; "
                          "usleep {}; kill -9 $logd; ! wait $logd",
                          Random(20, 900) * 1000));
  }

  void FillDisk(Lab& guest) {
    In(guest, "dd if=/dev/zero of=/var/lib/s390-log/ballast bs=4096 2>/dev/null; true");
  }

  void EmptyDisk(Lab& guest) { In(guest, "rm -f /var/lib/s390-log/ballast"); }

  void Start(Lab& guest) { In(guest, "logd -c /tmp/logd.toml >>/tmp/logd.log 2>&1 </dev/null &"); }

  void Stop(Lab& guest) {
    In(guest, "kill $(pidof logd) && while pidof logd >/dev/null; do usleep 50000; done");
  }

  void Trouble(Lab& guest) {
    switch (Random(0, 7)) {
      case 0:
        FillDisk(guest);
        break;
      case 1:
      case 2:
        EmptyDisk(guest);
        break;
      case 3:
        if (receiver_on_) guest.Receiver(receiver_on_ = false);
        break;
      case 4:
      case 5:
        if (!receiver_on_) guest.Receiver(receiver_on_ = true);
        break;
      default:
        break;
    }
  }

  // All trouble is over: logd may come to its end.
  void Recover(Lab& guest) {
    if (!receiver_on_) guest.Receiver(receiver_on_ = true);
    EmptyDisk(guest);
    Start(guest);
    AwaitAllTaken(guest);
    Stop(guest);
  }

  void AwaitAllTaken(Lab& guest) {
    const Deadline limit(kLimit);
    nlohmann::json stats;
    do {
      ASSERT_FALSE(limit.Passed()) << "waited for logd to take everything; it says " << stats.dump()
                                   << In(guest, "tail -n 20 /tmp/logd.log");
      const Output output = guest.Run("test -e /tmp/emitted && logctl stats --json");
      stats = nlohmann::json::parse(output.text, nullptr, false);
    } while (!stats.is_object() || stats.at("buffered").get<uint64_t>() != 0 || !AllTaken(stats));
    emitted_ = stats.at("emitted");
    EXPECT_EQ(stats.at("lost").get<uint64_t>(), 0u);
    EXPECT_TRUE(stats.at("balanced").get<bool>());
  }

  static bool AllTaken(const nlohmann::json& stats) {
    for (const auto& sink : stats.at("sinks")) {
      if (sink.at("undelivered").get<uint64_t>() != 0) return false;
    }
    return true;
  }

  using Counts = std::map<uint64_t, int>;  // by sequence number

  Counts InStore(Lab& guest) {
    Counts counts;
    std::istringstream lines(In(guest, "logctl query --store /var/lib/s390-log/events.db --json"));
    std::string line;
    while (std::getline(lines, line)) {
      const auto event = nlohmann::json::parse(line);
      ++counts[event.value("sequence", uint64_t{0})];
    }
    return counts;
  }

  Counts AtServer(Lab& guest) {
    Counts counts;
    for (const Event& event : guest.Events().Read()) ++counts[event.sequence];
    return counts;
  }

  uint64_t seed_;
  std::mt19937_64 random_{seed_};
  bool receiver_on_ = true;
  uint64_t emitted_ = 0;
};

TEST_F(Durability, EachEventIsOnceInTheStoreAndByItsKeyOnceAtTheServer) {
  const auto kills = static_cast<int>(FromEnvironment("KILLS", 30));
  const auto bursts = static_cast<uint64_t>(kills * kBurstsPerKill);
  SCOPED_TRACE(fmt::format("SEED={} KILLS={}", seed_, kills));
  Lab fresh = FreshGuest(BareQemu(), "durability");
  Prepare(fresh);
  StartEmitting(fresh, static_cast<int>(bursts));
  for (int i = 0; i < kills; ++i) {
    Trouble(fresh);
    LiveAndDie(fresh);
  }
  Recover(fresh);
  ASSERT_EQ(emitted_, bursts * kBurst);

  const Counts stored = InStore(fresh);
  const Counts received = AtServer(fresh);
  uint64_t repeated = 0;
  for (uint64_t sequence = 1; sequence <= emitted_; ++sequence) {
    const auto in_store = stored.find(sequence);
    const auto at_server = received.find(sequence);
    EXPECT_TRUE(in_store != stored.end() && in_store->second == 1) << sequence;
    EXPECT_TRUE(at_server != received.end()) << sequence;
    if (at_server != received.end()) repeated += static_cast<uint64_t>(at_server->second) - 1;
  }
  EXPECT_EQ(stored.size(), emitted_);
  EXPECT_EQ(received.size(), emitted_);
  fmt::print(
      "SEED={}: logd was killed {} times; {} events, all in the store, all at the server, {} "
      "repetitions there\n",
      seed_, kills, emitted_, repeated);
}

// Before there is a store, and when there is one that logd has closed.
TEST_F(Durability, LogdThatStartsOnAFullDiskStoresWhatHasComeMeanwhileAsSoonAsThereIsRoom) {
  Lab fresh = FreshGuest(BareQemu(), "full-disk");
  Prepare(fresh);
  for (uint64_t round = 1; round <= 2; ++round) {
    FillDisk(fresh);
    Start(fresh);
    StartEmitting(fresh, kBurstsPerKill);
    const uint64_t emitted = uint64_t{kBurst} * kBurstsPerKill * round;
    for (const Deadline limit(kLimit); AtServer(fresh).size() < emitted;) {
      ASSERT_FALSE(limit.Passed())
          << "waited for " << emitted << " events at the server, there are "
          << AtServer(fresh).size() << In(fresh, "tail -n 20 /tmp/logd.log");
    }
    In(fresh, "grep -q \"store .* is down: no space left\" /tmp/logd.log");
    EmptyDisk(fresh);
    AwaitAllTaken(fresh);
    Stop(fresh);
    EXPECT_EQ(emitted_, emitted);
    EXPECT_EQ(InStore(fresh).size(), emitted_);
    In(fresh, "rm /tmp/emitted /tmp/logd.log");
  }
}

}  // namespace
}  // namespace lab
