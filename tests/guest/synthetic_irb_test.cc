// SPDX-License-Identifier: MIT
// What real drives report and Hercules does not: a test module (tape_irb) changes the status of
// real interrupts on their way from the common I/O layer to tape_log, or presents unsolicited ones.
// What the operator reads of each, word for word.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

constexpr char kDrive[] = "0580";
constexpr char kBus[] = "0.0.0580";
constexpr char kParameters[] = "/sys/module/tape_irb/parameters/";

// Unit status.
constexpr char kReady[] = "85";      // attention, device end, unit exception
constexpr char kDeviceEnd[] = "04";  // how Hercules says it
constexpr char kUnitCheck[] = "0e";  // at the end of an operation

// Command codes.
constexpr char kUnsolicited[] = "00";
constexpr char kRewind[] = "07";
constexpr char kAssign[] = "b7";

constexpr char kNone[] = "-";  // no sense bytes

GuestSpec EightDrives() {
  GuestSpec spec = WithoutVolumes();
  spec.drives.clear();
  for (int i = 0; i < 8; ++i)
    spec.drives.push_back({fmt::format("058{}", i), i < 4 ? "3490" : "3480"});
  return spec;
}

class SyntheticIrb : public GuestTest {
 protected:
  SyntheticIrb() : GuestTest(EightDrives()) {}

  void SetUp() override {
    GuestTest::SetUp();
    if (GuestLives()) Run("modprobe tape_irb");
  }

  // A test leaves the drives as it found them: empty.
  void TearDown() override {
    if (GuestLives()) {
      Run("rmmod tape_irb");
      ExpectNoEvent();
    }
    GuestTest::TearDown();
  }

  void Write(const std::string& parameter, const std::string& value) {
    Run(fmt::format("echo '{}' >{}{}", value, kParameters, parameter));
  }

  // The next ends of a command come with another status.
  void Change(const std::string& command, int times, const std::string& unit_status,
              const std::string& sense, const std::string& channel_status = "0",
              const std::string& cc = "0") {
    Write("change", fmt::format("0.{} {} {} {} {} {} {}", kDrive, command, times, unit_status,
                                channel_status, cc, sense));
  }

  void Present(const std::string& unit_status, const std::string& sense = kNone,
               const std::string& drive = kDrive) {
    Write("present", fmt::format("0.{} {} {}", drive, unit_status, sense));
  }

  void ExpectLine(const std::string& id, const std::string& text, const std::string& bus = kBus) {
    EXPECT_EQ(ExpectEvent(id, bus).text, text);
  }

  void Load(const std::string& volume, const std::string& drive = kDrive) {
    Mount(drive, volume);
    ExpectEvent("TAP001I", "0.0." + drive);
  }

  void Unload(const std::string& drive = kDrive) {
    Unmount(drive);
    ExpectEvent("TAP002I", "0.0." + drive);
  }

  int Rewind() {
    return guest()
        .Run(fmt::format("mt -f /dev/$(basename $(readlink -f /sys/bus/ccw/devices/{}/"
                         "non-rewinding)) rewind",
                         kBus))
        .status;
  }

  Output SetOnline(bool online) {
    return guest().Run(
        fmt::format("echo {} >/sys/bus/ccw/devices/{}/online", online ? 1 : 0, kBus));
  }
};

TEST_F(SyntheticIrb, TrueReadyIsAMount) {
  Change(kUnsolicited, 1, kReady, kNone);
  Load("VOL401");
  Unload();
}

// The same cartridge again, as far as anybody knows another one: it has gone and come.
TEST_F(SyntheticIrb, ReadyOfALoadedDriveIsASwap) {
  Load("VOL402");
  Present(kReady);
  ExpectEvent("TAP002I", kBus);
  ExpectEvent("TAP001I", kBus);
  Unload();
}

TEST_F(SyntheticIrb, ReadyOfAnEmptyDriveIsNoEvent) {
  Present(kReady);
  Present(kDeviceEnd);
  ExpectNoEvent();
}

TEST_F(SyntheticIrb, DriveOfAnotherSystemDoesNotGoOnline) {
  SetOnline(false);
  ExpectEvent("DEV004I", kBus);
  Change(kAssign, 1, kUnitCheck, "01402045");
  EXPECT_NE(SetOnline(true).status, 0);
  ExpectLine("TAP010W",
             "Drive 0.0.0580 (3490) belongs to another system: assign failed; administrator "
             "action needed");
  EXPECT_EQ(SetOnline(true).status, 0);
  ExpectEvent("DEV003I", kBus);
}

TEST_F(SyntheticIrb, EquipmentChecksCallService) {
  Load("VOL403");
  Change(kRewind, 1, kUnitCheck, "10422022");
  EXPECT_NE(Rewind(), 0);
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): rewind failed: fault on the way between control "
             "unit and drive (ERPA 22); call service");
  Change(kRewind, 1, kUnitCheck, "10422035");
  EXPECT_NE(Rewind(), 0);
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): rewind failed: fault of the drive (ERPA 35); "
             "call service");
  EXPECT_EQ(Rewind(), 0);
  Unload();
}

TEST_F(SyntheticIrb, ErrorThatARetryOvercomesIsAWarning) {
  Load("VOL404");
  Change(kRewind, 1, kUnitCheck, "00402021");
  EXPECT_EQ(Rewind(), 0);
  ExpectLine("TAP004W",
             "Error on drive 0.0.0580 (3490) overcome: rewind succeeded after 1 retry: data "
             "streaming does not work (ERPA 21)");
  EXPECT_EQ(Rewind(), 0);
  ExpectNoEvent();
  Unload();
}

TEST_F(SyntheticIrb, ErrorThatStaysIsToldBeforeItsEnd) {
  Load("VOL405");
  Change(kRewind, 12, kUnitCheck, "00402021");
  EXPECT_EQ(Rewind(), 0);
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): rewind still fails after 10 retries: data "
             "streaming does not work (ERPA 21); call service");
  ExpectLine("TAP004W",
             "Error on drive 0.0.0580 (3490) overcome: rewind succeeded after 12 retries: data "
             "streaming does not work (ERPA 21)");
  Unload();
}

TEST_F(SyntheticIrb, RetryThatFailsOtherwiseIsPermanent) {
  Load("VOL406");
  Change(kRewind, 1, kUnitCheck, "00402021");
  Change(kRewind, 1, kUnitCheck, "10422035");
  EXPECT_NE(Rewind(), 0);
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): rewind failed after 1 retry: fault of the drive "
             "(ERPA 35); call service");
  EXPECT_EQ(Rewind(), 0);
  Unload();
}

// A status that the tape driver does not know: it has the operation cleared.
TEST_F(SyntheticIrb, RetryThatIsGivenUpIsNoSuccess) {
  Load("VOL414");
  Change(kRewind, 1, kUnitCheck, "00402021");
  Change(kRewind, 1, "0", kNone);
  EXPECT_NE(Rewind(), 0);
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): rewind failed after 1 retry: data streaming does "
             "not work (ERPA 21); call service");
  EXPECT_EQ(Rewind(), 0);
  Unload();
}

TEST_F(SyntheticIrb, OperationWithoutAnAnswerIsTold) {
  Load("VOL415");
  Write("kill", fmt::format("0.{} {} -110", kDrive, kRewind));
  EXPECT_NE(Rewind(), 0);
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): an operation got no answer: no interrupt came in "
             "time; call service");
  Unload();
}

TEST_F(SyntheticIrb, OperationThatTheChannelSubsystemEndsIsTold) {
  Load("VOL407");
  Write("kill", fmt::format("0.{} {} -5", kDrive, kRewind));
  EXPECT_NE(Rewind(), 0);
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): an operation was given up: the channel path that "
             "it used cannot be used any more; call service");
  EXPECT_EQ(Rewind(), 0);
  Unload();
}

TEST_F(SyntheticIrb, ChannelChecksGoByTheStatus) {
  Load("VOL408");
  Change(kRewind, 1, "0c", kNone, "08");
  EXPECT_EQ(Rewind(), 0);  // the tape driver does not look at it
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): rewind failed: channel data check; call service");
  Unload();
}

TEST_F(SyntheticIrb, UnitCheckOfWhichTheSenseIsMissingIsTold) {
  Load("VOL409");
  Change(kRewind, 1, kUnitCheck, kNone);
  EXPECT_EQ(Rewind(), 0);  // to the tape driver all zeroes mean success
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): rewind failed: unit check, but no sense bytes "
             "came; call service");
  Unload();
}

// A deferred condition code is no error: the tape driver starts the request again, a second later.
TEST_F(SyntheticIrb, DeferredStartIsNoEvent) {
  Load("VOL410");
  Change(kRewind, 1, "0", kNone, "0", "1");
  EXPECT_EQ(Rewind(), 0);
  ExpectNoEvent();
  Unload();
}

// Without concurrent sense the unit check comes first, and its sense when the common I/O layer has
// asked for it.
TEST_F(SyntheticIrb, SenseThatArrivesAfterTheStatusIsRead) {
  const auto read = [&] {
    return guest()
        .Run(fmt::format("dd if=/dev/$(basename $(readlink -f /sys/bus/ccw/devices/{}/"
                         "non-rewinding)) of=/dev/null bs=32768",
                         kBus))
        .status;
  };
  Write("concurrent", fmt::format("0.{} 0", kDrive));
  EXPECT_NE(read(), 0);
  ExpectLine("TAP009W",
             "Drive 0.0.0580 (3490) is not ready: read failed: no tape in the drive, or the drive "
             "is not ready (ERPA 43); operator action needed");
  Load("VOL411");
  EXPECT_EQ(read(), 0);
  Unload();
  Write("concurrent", fmt::format("0.{} 1", kDrive));
}

TEST_F(SyntheticIrb, UnitCheckThatNobodyAskedForIsTold) {
  Present("82", "10402035");
  ExpectLine("TAP003E",
             "I/O error on drive 0.0.0580 (3490): the drive reported without being asked: "
             "fault of the drive (ERPA 35); call service");
  Present("02", "0040202a");  // counters that overflow: for the record of the drive only
  ExpectNoEvent();
}

TEST_F(SyntheticIrb, DriveThatSaysByItselfThatItsTapeHasGoneIsBelieved) {
  Load("VOL412");
  Present("02", "4042203b");
  ExpectEvent("TAP002I", kBus);
  ExpectLine(
      "TAP009W",
      "Drive 0.0.0580 (3490) is not ready: the drive reported without being asked: "
      "somebody rewound or unloaded the tape at the drive (ERPA 3b); operator action needed");
  // It was not so: the drive says that it is ready.
  Present(kReady);
  ExpectEvent("TAP001I", kBus);
  Unload();
}

TEST_F(SyntheticIrb, DrivesOfOneControlUnitAreToldApart) {
  for (const Drive& drive : spec().drives) Present("82", "10402035", drive.number);
  for (const Drive& drive : spec().drives) {
    ExpectLine("TAP003E",
               fmt::format("I/O error on drive 0.0.{} ({}): the drive reported without being "
                           "asked: fault of the drive (ERPA 35); call service",
                           drive.number, drive.type),
               "0.0." + drive.number);
  }
}

// A drive that says ready a hundred times, quicker than anybody can look: what is told alternates,
// and the last word is what is so.
TEST_F(SyntheticIrb, DriveThatFlapsIsFollowedToTheTruth) {
  Load("VOL413");
  Run(
      fmt::format("cd {}; i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo '0.{} 85 -' >present; "
                  "echo '0.{} 04 -' >present; done",
                  kParameters, kDrive, kDrive));
  Unmount(kDrive);
  std::string last = "TAP001I";
  for (const Event& event : EventsUntilQuiet()) {
    EXPECT_EQ(event.device, kBus);
    EXPECT_EQ(event.message_id, last == "TAP001I" ? "TAP002I" : "TAP001I") << ForTerminal(event);
    last = event.message_id;
  }
  EXPECT_EQ(last, "TAP002I");
}

TEST_F(SyntheticIrb, EmptyDriveThatFlapsIsNoEvent) {
  Run(
      fmt::format("cd {}; i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo '0.{} 85 -' >present; "
                  "echo '0.{} 04 -' >present; done",
                  kParameters, kDrive, kDrive));
  ExpectNoEvent();
}

}  // namespace
}  // namespace lab
