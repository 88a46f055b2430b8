// SPDX-License-Identifier: MIT
#include "tests/soak/drive_fault.h"

#include <unistd.h>

namespace lab {

namespace {

// Linux is still busy with a device that has gone; one that takes its subchannel now can lose it
// again.
constexpr seconds kSettle(3);

class DriveTakenAway : public Fault {
 public:
  DriveTakenAway() : Fault("drive with a tape taken away", 15, 3) {}

  void Begin(Site& site, Random&) override {
    site.lab().Mount(kSoakLooseDrive, "SOAK99");
    usleep(500'000);
    site.lab().Detach(kSoakLooseDrive);
    gone_ = Clock::now();
  }

  void End(Site& site, Random&) override {
    while (Clock::now() - gone_ < kSettle) usleep(100'000);
    site.lab().Attach(kSoakLooseDrive, "3490");
    site.In(
        "drive=/sys/bus/ccw/devices/0.0.0582; tries=0; until echo 1 >$drive/online && "
        "[ \"$(cat $drive/online)\" = 1 ]; do tries=$((tries + 1)); [ $tries -lt 50 ] || exit 1; "
        "usleep 200000; done 2>/dev/null");
  }

 private:
  Clock::time_point gone_;
};

class TapeLogReloaded : public Fault {
 public:
  TapeLogReloaded() : Fault("tape_log away", 5, 2) {}
  void Begin(Site& site, Random&) override { site.In("rmmod tape_log"); }
  void End(Site& site, Random&) override { site.In("modprobe tape_log"); }
};

}  // namespace

void AddDriveFaults(std::vector<std::unique_ptr<Fault>>& faults) {
  faults.push_back(std::make_unique<DriveTakenAway>());
  faults.push_back(std::make_unique<TapeLogReloaded>());
}

}  // namespace lab
