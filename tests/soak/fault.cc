// SPDX-License-Identifier: MIT
#include "tests/soak/fault.h"

#include <fmt/core.h>

#include "hercules/src/error.h"
#include "tests/soak/drive_fault.h"

namespace lab {

namespace {

class ReceiverOff : public Fault {
 public:
  ReceiverOff() : Fault("receiver off", 40, 4) {}
  void Begin(Site& site, Random&) override { site.lab().Receiver(false); }
  void End(Site& site, Random&) override { site.lab().Receiver(true); }
};

// The file system becomes as small as what is on it: filling it takes minutes on Hercules.
class DiskFull : public Fault {
 public:
  DiskFull() : Fault("disk full", 15, 3) {}
  bool HoldsLogd() const override { return true; }
  void Begin(Site& site, Random&) override {
    Resize(site, "$(df -k /var/lib/s390-log | awk 'END {print $3}')k");
  }
  void End(Site& site, Random&) override {
    Resize(site, std::to_string(Site::kStoreMegabytes) + "m");
  }

 private:
  // What is on it may become more meanwhile, and then the kernel refuses.
  static void Resize(Site& site, const std::string& size) {
    site.In("tries=0; until mount -o remount,size=" + size +
            " /var/lib/s390-log 2>/dev/null; do tries=$((tries + 1)); [ $tries -lt 50 ] || exit 1; "
            "usleep 100000; done");
  }
};

class CpuOff : public Fault {
 public:
  CpuOff() : Fault("CPU off", 15, 4) {}
  void Begin(Site& site, Random&) override { Set(site, 0); }
  void End(Site& site, Random&) override { Set(site, 1); }

 private:
  // The kernel refuses for a moment while it is busy with the last change.
  static void Set(Site& site, int online) {
    site.In(
        fmt::format("tries=0; until echo {} >/sys/devices/system/cpu/cpu1/online; do "
                    "tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1; usleep 100000; done "
                    "2>/dev/null",
                    online));
  }
};

class LogdStopped : public Fault {
 public:
  LogdStopped() : Fault("logd stopped", 8, 3) {}
  bool HoldsLogd() const override { return true; }
  void Begin(Site& site, Random&) override { site.SignalLogd("STOP"); }
  void End(Site& site, Random&) override { site.SignalLogd("CONT"); }
};

class LogdKilled : public Fault {
 public:
  LogdKilled() : Fault("logd killed", 5, 4) {}
  bool HoldsLogd() const override { return true; }
  void Begin(Site& site, Random&) override { site.SignalLogd("KILL"); }
  void End(Site& site, Random&) override { site.StartLogd(); }
};

class LogdEnded : public Fault {
 public:
  LogdEnded() : Fault("logd ended", 4, 1) {}
  bool HoldsLogd() const override { return true; }
  void Begin(Site& site, Random&) override { site.EndLogd(); }
  void End(Site& site, Random&) override { site.StartLogd(); }
};

class Hangup : public Fault {
 public:
  Hangup() : Fault("hangup", 0, 1) {}
  void Begin(Site& site, Random&) override { site.SignalLogd("HUP"); }
  void End(Site&, Random&) override {}
};

// The wall clock. What waits goes by another.
class ClockStep : public Fault {
 public:
  ClockStep() : Fault("clock step", 20, 2) {}
  void Begin(Site& site, Random& random) override {
    step_ = Between(random, -7200, 7200);
    Step(site, step_);
  }
  void End(Site& site, Random&) override { Step(site, -step_); }

 private:
  static void Step(Site& site, int by) {
    site.In(fmt::format("date -s @$(($(date +%s) + {})) >/dev/null", by));
  }

  int step_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<Fault>> AllFaults(const Site& site) {
  std::vector<std::unique_ptr<Fault>> faults;
  faults.push_back(std::make_unique<ReceiverOff>());
  faults.push_back(std::make_unique<DiskFull>());
  faults.push_back(std::make_unique<CpuOff>());
  faults.push_back(std::make_unique<LogdStopped>());
  faults.push_back(std::make_unique<LogdKilled>());
  faults.push_back(std::make_unique<LogdEnded>());
  faults.push_back(std::make_unique<Hangup>());
  faults.push_back(std::make_unique<ClockStep>());
  if (site.HasTapes()) AddDriveFaults(faults);
  return faults;
}

}  // namespace lab
