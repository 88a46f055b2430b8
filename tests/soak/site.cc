// SPDX-License-Identifier: MIT
#include "tests/soak/site.h"

#include <fmt/core.h>
#include <unistd.h>

#include "hercules/src/error.h"

namespace lab {

namespace {

constexpr seconds kLogdLimit(30);
constexpr seconds kRunLimit(300);
constexpr seconds kDrainLimit(120);
constexpr useconds_t kPollUs = 100'000;

// No limits to what is kept: the books are checked at the end.
constexpr char kConfig[] = R"([store]
max_megabytes = 0
max_days = 0

[drives]
identify_volumes = {volumes}

[json]
path = "/tmp/events.jsonl"
max_megabytes = 2
keep = 1

[syslog]
server = "{server}"
port = {port}
)";

// Two of these, so that both CPUs emit. What to emit is in a file that changes by rename().
constexpr char kLoader[] = R"(while [ -e /tmp/load ]; do
  read -r events words pause </tmp/load
  [ "$events" = 0 ] || echo "$events $words 1" >/sys/module/s390_log_source/parameters/flood
  usleep "${pause}000"
done
)";

[[noreturn]] void Fail(const std::string& what) { throw LabError(ExitCode::kFailed, what); }

}  // namespace

std::string Site::In(const std::string& line) {
  const Output output = lab_.Run(line, {}, kRunLimit);
  if (output.status != 0) {
    Fail(fmt::format("'{}' in the guest ended with {}: {}", line, output.status, output.text));
  }
  return output.text;
}

void Site::Prepare() {
  In(fmt::format("mkdir -p /var/lib/s390-log && mount -t tmpfs -o size={}m none /var/lib/s390-log",
                 kStoreMegabytes));
  lab_.Run("cat >/tmp/logd.toml",
           fmt::format(kConfig, fmt::arg("volumes", tapes_), fmt::arg("server", kHostAddress),
                       fmt::arg("port", kSyslogPort)));
  lab_.Run("cat >/tmp/loader", kLoader);
}

void Site::LoadModules(const std::string& parameters) {
  In("modprobe s390_log " + parameters + " && modprobe s390_log_source");
  StartLogd();
  if (tapes_) StartTapes();
  StartLoad();
}

void Site::StartTapes() {
  In("modprobe tape_34xx && modprobe tape_log && for drive in /sys/bus/ccw/drivers/tape_34xx/0.*; "
     "do [ \"$(cat $drive/online)\" = 1 ] || echo 1 >$drive/online; done");
}

void Site::StopTapes() { In("! grep -q ^tape_log /proc/modules || rmmod tape_log"); }

Epoch Site::UnloadModules() {
  StopLoad();
  StopTapes();
  AwaitTaken(false, kDrainLimit);
  EndLogd();
  const Json state = ChannelState();
  In("rmmod s390_log_source && rmmod s390_log && rmmod kevent");
  return {state.at("boot_id"), state.at("emitted"), state.at("taken"), state.at("dropped"), false};
}

void Site::StartLogd() {
  In("setsid logd -c /tmp/logd.toml >>/tmp/logd.log 2>&1 </dev/null & "
     "tries=0; until logctl stats >/dev/null 2>&1; do tries=$((tries + 1)); "
     "[ $tries -lt 150 ] || { tail -n 5 /tmp/logd.log; exit 1; }; usleep 200000; done");
}

bool Site::LogdRuns() { return lab_.Run("pidof logd >/dev/null").status == 0; }

void Site::SignalLogd(const std::string& signal) { In("kill -" + signal + " $(pidof logd)"); }

void Site::EndLogd() {
  SignalLogd("TERM");
  const Deadline limit(kLogdLimit);
  while (LogdRuns()) {
    if (limit.Passed()) Fail("logd did not end: " + In("tail -n 20 /tmp/logd.log"));
    usleep(kPollUs);
  }
}

void Site::StartLoad() {
  In("echo 0 1 100 >/tmp/load; rm -f /tmp/loaders; for i in 1 2; do "
     "setsid sh /tmp/loader </dev/null >/tmp/loader.log 2>&1 & echo $! >>/tmp/loaders; done");
}

void Site::SetLoad(const Load& load) {
  In(fmt::format("echo {} {} {} >/tmp/load.new && mv /tmp/load.new /tmp/load", load.events,
                 load.words, load.pause_ms));
}

void Site::StopLoad() {
  In("rm -f /tmp/load; tries=0; for pid in $(cat /tmp/loaders); do while kill -0 $pid; do "
     "tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1; usleep 100000; done; done 2>/dev/null");
}

Json Site::ChannelState() { return Json::parse(In("/usr/lib/s390-log/tests/channel_state")); }

std::optional<Json> Site::Stats() {
  const Output output = lab_.Run("logctl stats --json 2>/dev/null", {}, kRunLimit);
  Json stats = Json::parse(output.text, nullptr, false);
  if (output.status != 0 || !stats.is_object()) return std::nullopt;
  return stats;
}

// logd has much to do when it has been away, and an emulated machine is slow: logctl gives it 10 s.
void Site::SetMode(const std::string& mode) {
  In("tries=0; until logctl mode " + mode +
     "; do tries=$((tries + 1)); [ $tries -lt 18 ] || exit 1; done");
}

void Site::AwaitTaken(bool sinks, seconds limit) {
  const Deadline deadline(limit);
  while (true) {
    const std::optional<Json> stats = Stats();
    uint64_t left = 1;
    if (stats) {
      left = stats->at("buffered").get<uint64_t>();
      for (const Json& sink : stats->at("sinks")) {
        if (sinks) left += sink.at("undelivered").get<uint64_t>();
      }
    }
    if (left == 0) return;
    if (deadline.Passed()) {
      Fail(fmt::format("logd did not take everything within {} s; it says {}, and before {}",
                       limit.count(), stats ? stats->dump() : "nothing",
                       In("tail -n 20 /tmp/logd.log")));
    }
    usleep(kPollUs);
  }
}

}  // namespace lab
