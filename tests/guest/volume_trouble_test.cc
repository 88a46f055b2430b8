// SPDX-License-Identifier: MIT
// Drives that do not answer while the label of their tape is read, and jobs that do not wait: a
// test module (tape_irb) keeps the drive busy, or loses an interrupt.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <csignal>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

constexpr char kLoaded[] = "TAP001I";
constexpr char kUnloaded[] = "TAP002I";
constexpr char kVolume[] = "TAP013I";
constexpr char kUnidentified[] = "TAP015W";
constexpr char kDrive[] = "0580";
constexpr char kBus[] = "0.0.0580";
constexpr char kOtherDrive[] = "0581";
constexpr char kOtherBus[] = "0.0.0581";

// The three things that are done to read a label.
constexpr char kWhere[] = "22";
constexpr char kRead[] = "02";
constexpr char kRewind[] = "07";

constexpr int kInterrupted = 128 + SIGINT;

// A drive has five seconds for each.
constexpr milliseconds kGivenUp(8'000);

class VolumeTrouble : public GuestTest {
 protected:
  VolumeTrouble() : GuestTest(GuestSpec()) {}

  void SetUp() override {
    GuestTest::SetUp();
    if (GuestLives()) Run("modprobe tape_irb");
  }

  void TearDown() override {
    if (GuestLives()) {
      Run("! grep -q ^tape_irb /proc/modules || rmmod tape_irb");
      ExpectNoEvent();
    }
    GuestTest::TearDown();
  }

  // The drive does not come to an end after its next such command.
  void Stall(const std::string& command) { Disturb("stall", command, kDrive); }
  // Nobody hears of the end.
  void Lose(const std::string& command, const std::string& drive) {
    Disturb("lose", command, drive);
  }

  Output OnDrive(const std::string& line) {
    return guest().Run(std::string("sys=/sys/bus/ccw/devices/") + kBus +
                       "; tape=/dev/$(basename $(readlink -f $sys/non-rewinding)); " + line);
  }

  void Load(const std::string& volume) {
    Mount(kDrive, volume);
    ExpectEvent(kLoaded, kBus);
  }

  void Unload() {
    Unmount(kDrive);
    ExpectEvent(kUnloaded, kBus);
  }

  void LoadAndIdentify(const std::string& volume) {
    Load(volume);
    EXPECT_NE(ExpectEvent(kVolume, kBus).text.find(volume), std::string::npos);
  }

  // What a job gets that comes afterwards.
  void ExpectTapeAtItsBeginning() {
    const Output first = OnDrive("dd if=$tape bs=32768 count=1 2>/dev/null | od -An -tx1 -N4");
    EXPECT_NE(first.text.find("e5 d6 d3 f1"), std::string::npos) << "no VOL1: " << first.text;
  }

 private:
  void Disturb(const char* how, const std::string& command, const std::string& drive) {
    Run(fmt::format("echo '0.{} {}' >/sys/module/tape_irb/parameters/{}", drive, command, how));
  }
};

// The tape driver clears the subchannel then, and what happens there is not its own.
class GivenUpJob : public VolumeTrouble, public testing::WithParamInterface<const char*> {};

TEST_P(GivenUpJob, NeitherSpoilsTheLabelNorTheTape) {
  Stall(GetParam());
  Load("VOL601");
  const Output job =
      OnDrive("timeout -s INT 1 /usr/lib/s390-log/tests/tape_display $tape WAITING; exit $?");
  EXPECT_EQ(job.status, kInterrupted) << "it did not wait: " << job.text;
  EXPECT_NE(ExpectEvent(kVolume, kBus).text.find("VOL601"), std::string::npos);
  ExpectTapeAtItsBeginning();
  Unload();
}

INSTANTIATE_TEST_SUITE_P(While, GivenUpJob, testing::Values(kWhere, kRead, kRewind),
                         [](const auto& param) { return std::string("Command") + param.param; });

TEST_F(VolumeTrouble, DriveThatDoesNotEndIsToldAndWorksAgain) {
  Stall(kWhere);
  Load("VOL602");
  EXPECT_NE(ExpectEvent(kUnidentified, kBus, kGivenUp).text.find("did not answer"),
            std::string::npos);
  ExpectTapeAtItsBeginning();
  Unload();
  LoadAndIdentify("VOL603");
  Unload();
}

TEST_F(VolumeTrouble, LostInterruptIsToldAndTheTapeRewound) {
  Lose(kRead, kDrive);
  Load("VOL604");
  EXPECT_NE(ExpectEvent(kUnidentified, kBus, kGivenUp).text.find("did not answer"),
            std::string::npos);
  ExpectTapeAtItsBeginning();
  Unload();
}

TEST_F(VolumeTrouble, DriverExtensionLeavesADriveThatDoesNotAnswer) {
  Stall(kRead);
  Load("VOL605");
  Run("rmmod tape_irb && rmmod tape_log && modprobe tape_log");
  EventsUntilQuiet();
  ExpectTapeAtItsBeginning();
  Unload();
}

// Who sets it offline ends our program in the tape driver's handler, unless that is still ours.
TEST_F(VolumeTrouble, DriverExtensionLeavesADriveThatGoesOfflineMeanwhile) {
  constexpr int kTimes = 3;
  for (int i = 0; i < kTimes; ++i) {
    Run("modprobe tape_irb");
    Stall(kWhere);
    Load("VOL606");
    OnDrive(
        "rmmod tape_irb; echo 0 >$sys/online & rmmod tape_log; wait; modprobe tape_log; "
        "echo 1 >$sys/online");
    EventsUntilQuiet();
    Unmount(kDrive);
    EventsUntilQuiet();
  }
  LoadAndIdentify("VOL607");
  Unload();
}

// Nobody will ever answer: the channel subsystem's other news must not wait for it.
TEST_F(VolumeTrouble, DriveThatIsTakenAwayHoldsUpNobody) {
  Lose(kWhere, kOtherDrive);
  Mount(kOtherDrive, "VOL608");
  ExpectEvent(kLoaded, kOtherBus);
  guest().Detach(kOtherDrive);
  EventsUntilQuiet();
  guest().Attach(kOtherDrive, "3480");
  ExpectEvent("CHN001I", "");
  ExpectEvent("DEV001I", kOtherBus);
  Run(fmt::format("echo 1 >/sys/bus/ccw/devices/{}/online", kOtherBus));
  ExpectEvent("DEV003I", kOtherBus);
}

}  // namespace
}  // namespace lab
