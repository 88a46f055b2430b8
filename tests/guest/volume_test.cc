// SPDX-License-Identifier: MIT
// Volumes on Hercules: what the log says of a tape that is mounted, and that no job notices how it
// came to know.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "hercules/fixture/guest_test.h"
#include "hercules/src/operator_script.h"

namespace lab {
namespace {

constexpr char kLoaded[] = "TAP001I";
constexpr char kUnloaded[] = "TAP002I";
constexpr char kVolume[] = "TAP013I";
constexpr char kUnlabelled[] = "TAP014I";
constexpr char kDrive[] = "0580";
constexpr char kBus[] = "0.0.0580";
constexpr size_t kLabelSize = 80;
constexpr char kAwsBlock = '\xa0';
constexpr char kAwsTapeMark = '\x40';
constexpr char kVol1[] = "e5 d6 d3 f1";  // in EBCDIC

// A block of an AWS file: its length and the one before it, little-endian, and what it is.
std::string AwsBlock(const std::string& data, char kind = kAwsBlock) {
  const std::string header = {
      static_cast<char>(data.size() & 0xff), static_cast<char>(data.size() >> 8), 0, 0, kind, 0};
  return header + data;
}

// "2026-11-23T02:20:01.123456Z": seconds of the hour.
double SecondsOf(const Event& event) {
  return 60 * std::stod(event.time.substr(14, 2)) + std::stod(event.time.substr(17));
}

class Volumes : public GuestTest {
 protected:
  Volumes() : GuestTest(GuestSpec()) {}

  void TearDown() override {
    if (GuestLives()) ExpectNoEvent();
    GuestTest::TearDown();
  }

  // A line in the guest, in which $sys is the drive's folder and $tape the device that does not
  // rewind.
  Output OnDrive(const std::string& line, milliseconds limit = milliseconds(60'000)) {
    return guest().Run(std::string("sys=/sys/bus/ccw/devices/") + kBus +
                           "; tape=/dev/$(basename $(readlink -f $sys/non-rewinding)); " + line,
                       "", limit);
  }

  Event Load(const std::string& volume) {
    Mount(kDrive, volume);
    return ExpectEvent(kLoaded, kBus);
  }

  void LoadAndIdentify(const std::string& volume) {
    Load(volume);
    EXPECT_EQ(ExpectEvent(kVolume, kBus).text,
              fmt::format("Volume {} (SL, owner S390LOG) in drive 0.0.0580 (3490)", volume));
  }

  void Unload(const std::string& named) {
    Unmount(kDrive);
    EXPECT_EQ(ExpectEvent(kUnloaded, kBus).text,
              fmt::format("Tape{} unmounted from drive 0.0.0580 (3490)", named));
  }

  // Mounts a tape of which these are the blocks; returns what is said of it.
  std::string IdentifiedAs(const std::string& blocks, const char* message_id) {
    std::ofstream(guest().layout().Tapes() / "made.aws", std::ios::trunc | std::ios::binary)
        << blocks;
    Load("../tapes/made.aws");
    return ExpectEvent(message_id, kBus).text;
  }

  void AwaitLines(const std::string& file, int count) {
    Run(
        fmt::format("n=0; until [ $(wc -l <{}) -ge {} ]; do n=$((n+1)); [ $n -lt 200 ] || exit 1; "
                    "usleep 20000; done",
                    file, count));
  }

  Json Drive() {
    const Json answer = Json::parse(Run("logctl drives --json"));
    for (const Json& drive : answer.at("drives")) {
      if (drive.at("device") == kBus) return drive;
    }
    return {};
  }
};

TEST_F(Volumes, LabelledTapeIsNamedWithinASecondAndWhenItLeaves) {
  const Event loaded = Load("VOL301");
  const Event volume = ExpectEvent(kVolume, kBus);
  EXPECT_EQ(volume.text, "Volume VOL301 (SL, owner S390LOG) in drive 0.0.0580 (3490)");
  EXPECT_LT(SecondsOf(volume) - SecondsOf(loaded), 1.0);
  EXPECT_EQ(volume.sequence, loaded.sequence + 1);
  Unload(" VOL301");
}

TEST_F(Volumes, OtherControlUnitIsUnderstoodToo) {
  Mount("0581", "VOL302", true);
  ExpectEvent(kLoaded, "0.0.0581");
  EXPECT_EQ(ExpectEvent(kVolume, "0.0.0581").text,
            "Volume VOL302 (SL, owner S390LOG) in drive 0.0.0581 (3480)");
  Unmount("0581");
  ExpectEvent(kUnloaded, "0.0.0581");
}

TEST_F(Volumes, TapeWithoutALabelIsSaidToHaveNone) {
  constexpr char kText[] = "Unlabelled tape in drive 0.0.0580 (3490)";
  EXPECT_EQ(IdentifiedAs(AwsBlock(std::string(kLabelSize, 'x')), kUnlabelled), kText);
  Unload("");
  EXPECT_EQ(IdentifiedAs(AwsBlock(std::string(4096, 'x')), kUnlabelled), kText);
  Unload("");
  EXPECT_EQ(IdentifiedAs(AwsBlock("", kAwsTapeMark), kUnlabelled), kText);
  Unload("");
}

TEST_F(Volumes, AsciiLabelIsSaidToBeOne) {
  std::string label = "VOL1ASC301";
  label.resize(kLabelSize, ' ');
  EXPECT_EQ(IdentifiedAs(AwsBlock(label), kVolume), "Volume ASC301 (AL) in drive 0.0.0580 (3490)");
  Unload(" ASC301");
}

TEST_F(Volumes, BlankTapeIsSaidToBeBlankAndIsNoError) {
  EXPECT_EQ(IdentifiedAs("", kUnlabelled), "Blank tape in drive 0.0.0580 (3490)");
  Unload("");
}

TEST_F(Volumes, TapeIsAtItsLoadPointAfterIt) {
  LoadAndIdentify("VOL303");
  const Output first = OnDrive(
      "mt -f $tape tell; dd if=$tape bs=32768 count=1 2>/dev/null | "
      "od -An -tx1 -N4");
  EXPECT_NE(first.text.find("block 0"), std::string::npos) << first.text;
  EXPECT_NE(first.text.find(kVol1), std::string::npos) << first.text;
  Unload(" VOL303");
}

TEST_F(Volumes, JobThatHoldsTheDriveSeesNothingOfIt) {
  Run("rm -f /tmp/held");
  ASSERT_EQ(OnDrive("(exec 3<$tape; touch /tmp/held; until [ $(cat $sys/medium_state) = 1 ]; do :; "
                    "done; dd bs=32768 count=2 of=/tmp/job <&3; echo done >>/tmp/held) "
                    ">/tmp/job.out 2>&1 </dev/null & until [ -e /tmp/held ]; do usleep 10000; done")
                .status,
            0);
  LoadAndIdentify("VOL304");
  EXPECT_EQ(Run("n=0; until grep -q done /tmp/held; do n=$((n+1)); [ $n -lt 100 ] || exit 1; "
                "usleep 50000; done; wc -c </tmp/job"),
            "160\n");  // VOL1 and HDR1
  Unload(" VOL304");
}

TEST_F(Volumes, NoOpenFailsDuringIt) {
  constexpr int kMounts = 50;
  Run("rm -f /tmp/stop /tmp/opened");
  ASSERT_EQ(OnDrive("(n=0; f=0; until [ -e /tmp/stop ]; do n=$((n+1)); true <$tape || f=$((f+1)); "
                    "done; echo $n opens, $f failed >/tmp/opened) >/dev/null 2>&1 </dev/null &")
                .status,
            0);
  for (int i = 0; i < kMounts; ++i) {
    const std::string volume = fmt::format("VOL4{:02}", i % 4);
    LoadAndIdentify(volume);
    Unload(" " + volume);
  }
  const std::string opened =
      Run("touch /tmp/stop; until [ -e /tmp/opened ]; do usleep 10000; done; cat /tmp/opened");
  EXPECT_NE(opened.find(" 0 failed"), std::string::npos) << opened;
  EXPECT_GT(std::stoi(opened), kMounts);
}

TEST_F(Volumes, FirstReadOfAJobThatIsThereAtOnceGetsTheLabel) {
  constexpr int kMounts = 50;
  Run("rm -f /tmp/read /tmp/empty; touch /tmp/read /tmp/empty");
  const Output job = OnDrive(
      fmt::format("(for n in $(seq {}); do until [ $(cat $sys/medium_state) = 1 ]; do :; done; "
                  "dd if=$tape bs=32768 count=1 2>/dev/null | od -An -tx1 -N4 >>/tmp/read; "
                  "until [ $(cat $sys/medium_state) = 2 ]; do :; done; echo >>/tmp/empty; done) "
                  ">/dev/null 2>&1 </dev/null &",
                  kMounts));
  ASSERT_EQ(job.status, 0) << job.text;
  for (int i = 0; i < kMounts; ++i) {
    const std::string volume = fmt::format("VOL5{:02}", i % 4);
    LoadAndIdentify(volume);
    AwaitLines("/tmp/read", i + 1);
    Unload(" " + volume);
    AwaitLines("/tmp/empty", i + 1);
  }
  EXPECT_EQ(Run(fmt::format("grep -c '{}' /tmp/read", kVol1)), fmt::format("{}\n", kMounts));
}

TEST_F(Volumes, EachOfTwoSwappedVolumesIsNamedForItself) {
  constexpr int kSwaps = 20;
  LoadAndIdentify("VOL306");
  for (int i = 0; i < kSwaps; ++i) {
    Mount(kDrive, i % 2 == 0 ? "VOL307" : "VOL306");
    EXPECT_EQ(ExpectEvent(kUnloaded, kBus).text,
              fmt::format("Tape {} unmounted from drive 0.0.0580 (3490)",
                          i % 2 == 0 ? "VOL306" : "VOL307"));
    ExpectEvent(kLoaded, kBus);
    EXPECT_EQ(ExpectEvent(kVolume, kBus).text,
              fmt::format("Volume {} (SL, owner S390LOG) in drive 0.0.0580 (3490)",
                          i % 2 == 0 ? "VOL307" : "VOL306"));
  }
  Unload(" VOL306");
}

// A tape that is gone before it was read need not be named; but none is named twice, late, or
// where it is not.
TEST_F(Volumes, HurriedOperatorNeverSeesAVolumeInTheWrongPlace) {
  constexpr int kTimes = 20;
  for (int i = 0; i < kTimes; ++i) {
    Mount(kDrive, fmt::format("HUR{:03}", i));
    usleep(static_cast<useconds_t>(5'000 * i));
    Unmount(kDrive);
  }
  Mount(kDrive, "HUR999");
  bool loaded = false;
  std::string last;
  for (const Event& event : EventsUntilQuiet()) {
    if (event.message_id == kVolume) {
      EXPECT_TRUE(loaded) << ForTerminal(event);
      EXPECT_LT(last, event.text);  // their names are in order
      last = event.text;
    }
    loaded = event.message_id == kLoaded;
  }
  EXPECT_EQ(last, "Volume HUR999 (SL, owner S390LOG) in drive 0.0.0580 (3490)");
  Unload(" HUR999");
}

TEST_F(Volumes, WhatTheDriverOwesToTheLastTapeDoesNotSpoilTheLabel) {
  LoadAndIdentify("VOL308");
  EXPECT_EQ(OnDrive("dd if=/dev/zero of=$tape bs=1000 count=3").status, 0);
  Unload(" VOL308");
  LoadAndIdentify("VOL309");
  Unload(" VOL309");
  LoadAndIdentify("VOL309");
  Unload(" VOL309");
  // What is owed is paid by the next read; on a tape that nobody wants.
  LoadAndIdentify("VOL310");
  OnDrive("dd if=$tape of=/dev/null bs=32768 count=1; mt -f $tape rewind");
  Unload(" VOL310");
}

TEST_F(Volumes, TapeThatIsSomewhereInTheMiddleIsLeftAlone) {
  LoadAndIdentify("VOL311");
  EXPECT_EQ(OnDrive("mt -f $tape fsr 2").status, 0);
  Run("echo 0 >/sys/bus/ccw/devices/0.0.0580/online");
  ExpectEvent("DEV004I", kBus);
  Run("echo 1 >/sys/bus/ccw/devices/0.0.0580/online");
  ExpectEvent(kLoaded, kBus);
  // The drive's answer may come before or after it is online.
  std::map<std::string, std::string> said;
  for (const Event& event : EventsUntilQuiet()) said[event.message_id] = event.text;
  EXPECT_EQ(said, (std::map<std::string, std::string>{
                      {"DEV003I", "Device 0.0.0580 (3490) is online"},
                      {"TAP015W",
                       "The tape in drive 0.0.0580 (3490) was not identified: it was "
                       "not at its beginning"}}));
  EXPECT_NE(OnDrive("mt -f $tape tell").text.find("block 2"), std::string::npos);
  Unload("");
}

TEST_F(Volumes, DrivesAreShownWithWhatTheyHold) {
  LoadAndIdentify("VOL312");
  Json drive = Drive();
  EXPECT_EQ(drive["state"], "loaded");
  EXPECT_EQ(drive["source"], "events");
  EXPECT_EQ(drive["volser"], "VOL312");
  EXPECT_EQ(drive["label"], "SL");
  EXPECT_EQ(drive["owner"], "S390LOG");
  EXPECT_EQ(drive["access"], "read-write");
  EXPECT_NE(Run("logctl drives").find("VOL312"), std::string::npos);
  Unload(" VOL312");
  drive = Drive();
  EXPECT_EQ(drive["state"], "empty");
  EXPECT_EQ(drive["volser"], nullptr);
  EXPECT_EQ(drive["last_volser"], "VOL312");
}

TEST_F(Volumes, DriveThatGoesOfflineDuringItIsNoTrouble) {
  constexpr int kTimes = 10;
  for (int i = 0; i < kTimes; ++i) {
    Mount(kDrive, "VOL313");
    Run("echo 0 >/sys/bus/ccw/devices/0.0.0580/online");
    Unmount(kDrive);
    Run("echo 1 >/sys/bus/ccw/devices/0.0.0580/online");
  }
  EventsUntilQuiet();
  LoadAndIdentify("VOL314");
  Unload(" VOL314");
}

TEST_F(Volumes, DriveThatIsTakenAwayDuringItIsNoTrouble) {
  constexpr int kTimes = 5;
  for (int i = 0; i < kTimes; ++i) {
    Mount("0581", "VOL318");
    guest().Detach("0581");
    EventsUntilQuiet();
    guest().Attach("0581", "3480");
    ExpectEvent("CHN001I", "");
    ExpectEvent("DEV001I", "0.0.0581");
    Run("echo 1 >/sys/bus/ccw/devices/0.0.0581/online");
    ExpectEvent("DEV003I", "0.0.0581");
  }
  Mount("0581", "VOL318");
  ExpectEvent(kLoaded, "0.0.0581");
  ExpectEvent(kVolume, "0.0.0581");
  Unmount("0581");
  ExpectEvent(kUnloaded, "0.0.0581");
}

TEST_F(Volumes, DriverExtensionCanLeaveDuringIt) {
  constexpr int kTimes = 10;
  for (int i = 0; i < kTimes; ++i) {
    Mount(kDrive, i % 2 == 0 ? "VOL315" : "VOL316");
    Run("rmmod tape_log && modprobe tape_log");
  }
  EventsUntilQuiet();
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
  LoadAndIdentify("VOL317");
  Unload(" VOL317");
}

TEST_F(Volumes, OperatorScriptNamesEachVolumeAndTheBooksBalance) {
  OperatorScript script(guest(), [](const std::string& line) { puts(line.c_str()); });
  EXPECT_EQ(script.Play(), std::vector<std::string>());
  const Balance balance = script.CloseBooks();
  EXPECT_TRUE(balance.Agrees()) << balance.Line();
  ForgetEvents();
}

}  // namespace
}  // namespace lab
