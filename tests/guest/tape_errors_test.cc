// SPDX-License-Identifier: MIT
// The operator's day on eight drives: what goes wrong with tapes, drives and attachments, and what
// the operator reads of it, word for word. Hercules's own trace of the channel programs is the
// oracle: each unit check in it has its line, and no line comes without one.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <regex>

#include "hercules/fixture/ccw_trace.h"
#include "hercules/fixture/guest_test.h"
#include "hercules/src/deadline.h"

namespace lab {
namespace {

constexpr char kDrive[] = "0580";
constexpr char kBus[] = "0.0.0580";
constexpr char kNoDevice[] = "";
constexpr int kBlocks = 8;  // that write-and-read writes
constexpr int kBlockSize = 4096;
constexpr int kAwsHeaderSize = 6;
constexpr int kLabelSize = 80;

// A unit check, or a line of log that tells of one: the drive and the ERPA code.
using Check = std::pair<std::string, std::string>;

// What a drive answers so is no error: see driver/tape_log/error.c.
bool IsHarmless(const std::string& command, const std::string& erpa) {
  if (erpa == "2b") return command == "0F";
  return erpa == "43" && (command == "B7" || command == "C7" || command == "9F" || command == "03");
}

std::vector<Check> UnitChecks(CcwTrace& trace) {
  std::vector<Check> checks;
  for (const TraceEntry& entry : trace.Read()) {
    const std::string erpa = fmt::format("{:02x}", entry.Erpa());
    if (entry.kind == TraceEntry::Kind::kUnitCheck && !IsHarmless(entry.command, erpa))
      checks.emplace_back("0.0." + entry.drive, erpa);
  }
  return checks;
}

class TapeErrors : public GuestTest {
 protected:
  TapeErrors() : GuestTest(EightTracedDrives()) {}

  void SetUp() override {
    GuestTest::SetUp();
    if (GuestLives()) trace_.emplace(guest().layout().ConsoleLog());
  }

  void TearDown() override {
    if (GuestLives()) {
      ExpectNoEvent();
      EXPECT_EQ(UnitChecks(*trace_), told_);
    }
    GuestTest::TearDown();
  }

  // The next event, its text to the letter.
  void ExpectLine(const std::string& id, const std::string& device, const std::string& text) {
    const Event event = ExpectEvent(id, device);
    EXPECT_EQ(event.text, text);
    static const std::regex kErpa("ERPA ([0-9a-f]{2})");
    std::smatch match;
    if (id == "TAP005W") told_.emplace_back(device, "30");
    if (std::regex_search(event.text, match, kErpa)) told_.emplace_back(device, match[1]);
  }

  void Load(const std::string& drive, const std::string& volume, bool read_only = false) {
    Mount(drive, volume, read_only);
    ExpectEvent("TAP001I", "0.0." + drive);
  }

  void Unload(const std::string& drive) {
    Unmount(drive);
    ExpectEvent("TAP002I", "0.0." + drive);
  }

  // Runs a line in the guest, in which $tape is the drive's device that does not rewind.
  Output OnDrive(const std::string& line, const std::string& drive = kDrive) {
    return guest().Run("tape=/dev/$(basename $(readlink -f /sys/bus/ccw/devices/0.0." + drive +
                       "/non-rewinding)); " + line);
  }

  void SetOnline(const std::string& drive, bool online) {
    Run(fmt::format("echo {} >/sys/bus/ccw/devices/0.0.{}/online", online ? 1 : 0, drive));
  }

  // A tape of which a copy can be spoiled: labels, a tape mark, and the blocks of write-and-read.
  fs::path WrittenTape(const std::string& volume) {
    Load(kDrive, volume);
    Run("/usr/lib/s390-log/write-and-read 0580");
    Unload(kDrive);
    return guest().layout().Tapes() / (volume + ".aws");
  }

  // Mounts a copy, and reads what is behind the labels; returns how many bytes those were.
  int ReadBehindLabels(const fs::path& file) {
    Mount(kDrive, "../tapes/" + file.filename().string());
    ExpectEvent("TAP001I", kBus);
    const Output output = OnDrive(
        "dd if=$tape of=/dev/null bs=32768 2>/dev/null && "
        "dd if=$tape of=/tmp/read bs=32768 2>/dev/null && wc -c </tmp/read");
    EXPECT_EQ(output.status, 0) << output.text;
    return atoi(output.text.c_str());
  }

 private:
  std::optional<CcwTrace> trace_;
  std::vector<Check> told_;
};

TEST_F(TapeErrors, APlainDayBringsNoErrorLine) {
  Load(kDrive, "VOL201");
  Run("/usr/lib/s390-log/write-and-read 0580");
  const Output moved = OnDrive(
      "mt -f $tape rewind && mt -f $tape fsf 1 && mt -f $tape tell && mt -f $tape bsf 1 && "
      "mt -f $tape rewind && mt -f $tape fsr 2 && mt -f $tape bsr 1 && mt -f $tape rewind");
  EXPECT_EQ(moved.status, 0) << moved.text;
  Unload(kDrive);
}

TEST_F(TapeErrors, WriteToAProtectedTapeIsRefusedAndTold) {
  Load(kDrive, "VOL202", true);
  EXPECT_NE(OnDrive("dd if=/dev/zero of=$tape bs=4096 count=1").status, 0);
  ExpectLine("TAP005W", kBus,
             "Tape in drive 0.0.0580 (3490) is write-protected: write refused; operator action "
             "needed");
  EXPECT_NE(OnDrive("mt -f $tape weof 1").status, 0);
  ExpectLine("TAP005W", kBus,
             "Tape in drive 0.0.0580 (3490) is write-protected: write tape mark refused; operator "
             "action needed");
  EXPECT_EQ(OnDrive("dd if=$tape of=/dev/null bs=32768").status, 0);
  Unload(kDrive);
}

// What is written behind the mark, as the tape marks of the close are, is no news. After a rewind
// the tape fills up anew.
TEST_F(TapeErrors, EndOfTheTapeIsToldOnceEachTimeItIsReached) {
  constexpr char kLine[] =
      "Tape in drive 0.0.0580 (3490) is full at write: the mark near the end of the tape is "
      "reached";
  constexpr char kFill[] = "dd if=/dev/zero of=$tape bs=32768 count=100";
  Load(kDrive, "VOL203");
  Unload(kDrive);
  guest().Panel("devinit 0580 ../tapes/VOL203.aws maxsizeK=512 eotmargin=131072");
  ExpectEvent("TAP001I", kBus);
  EXPECT_NE(OnDrive(kFill).status, 0);
  ExpectLine("TAP006I", kBus, kLine);
  EXPECT_NE(OnDrive(kFill).status, 0);
  ExpectNoEvent();
  EXPECT_EQ(OnDrive("mt -f $tape rewind").status, 0);
  EXPECT_NE(OnDrive(kFill).status, 0);
  ExpectLine("TAP006I", kBus, kLine);
  // Or the tape driver writes its last tape mark to the next tape.
  EXPECT_EQ(OnDrive("mt -f $tape rewind").status, 0);
  Unload(kDrive);
}

TEST_F(TapeErrors, BlankTapeCannotBeReadUntilItIsWritten) {
  std::ofstream(guest().layout().Tapes() / "blank.aws", std::ios::trunc).close();
  Mount(kDrive, "../tapes/blank.aws");
  ExpectEvent("TAP001I", kBus);
  EXPECT_NE(OnDrive("dd if=$tape of=/dev/null bs=32768").status, 0);
  ExpectLine("TAP007W", kBus,
             "Tape in drive 0.0.0580 (3490) cannot be read: nothing is recorded here (ERPA 31); "
             "check the cartridge");
  EXPECT_EQ(OnDrive("dd if=/dev/zero of=$tape bs=1000 count=3 && mt -f $tape rewind && "
                    "dd if=$tape of=/dev/null bs=32768")
                .status,
            0);
  Unload(kDrive);
}

TEST_F(TapeErrors, GoingBeyondWhatIsRecordedIsANotice) {
  Load(kDrive, "VOL204");
  EXPECT_NE(OnDrive("mt -f $tape fsf 30").status, 0);
  ExpectLine("TAP012I", kBus,
             "Tape in drive 0.0.0580 (3490): forward space file went beyond what is recorded "
             "(ERPA 31)");
  EXPECT_EQ(OnDrive("dd if=$tape of=/dev/null bs=32768").status, 0);
  ExpectLine("TAP012I", kBus,
             "Tape in drive 0.0.0580 (3490): read went beyond what is recorded (ERPA 31)");
  Unload(kDrive);
}

TEST_F(TapeErrors, CutBlockThatReadsAsEndOfFileIsToldAsCorrupt) {
  const fs::path whole = WrittenTape("VOL205");
  const fs::path cut = whole.parent_path() / "cut.aws";
  fs::copy_file(whole, cut, fs::copy_options::overwrite_existing);
  fs::resize_file(cut, fs::file_size(cut) - 10'000);  // tape mark, two blocks and a half
  EXPECT_EQ(ReadBehindLabels(cut), (kBlocks - 3) * kBlockSize);
  ExpectLine(
      "TAP008E", kBus,
      "Corrupt block on the tape in drive 0.0.0580 (3490), ERPA 36: the program takes it for "
      "the end of the file; check the cartridge");
  Unload(kDrive);
}

TEST_F(TapeErrors, DamagedBlockThatReadsAsEndOfFileIsToldAsCorrupt) {
  const fs::path whole = WrittenTape("VOL206");
  const fs::path damaged = whole.parent_path() / "damaged.aws";
  fs::copy_file(whole, damaged, fs::copy_options::overwrite_existing);
  // The header of the fifth block behind the two labels and their tape mark.
  constexpr int kData = 2 * (kLabelSize + kAwsHeaderSize) + kAwsHeaderSize;
  std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(kData + 4 * (kBlockSize + kAwsHeaderSize));
  file.write("\xff\xff\xff\xff\xff\xff", kAwsHeaderSize);
  file.close();
  EXPECT_EQ(ReadBehindLabels(damaged), 4 * kBlockSize);
  ExpectLine(
      "TAP008E", kBus,
      "Corrupt block on the tape in drive 0.0.0580 (3490), ERPA 23: the program takes it for "
      "the end of the file; check the cartridge");
  Unload(kDrive);
}

TEST_F(TapeErrors, EmptyDriveAsksForAHand) {
  constexpr char kWhy[] =
      " failed: no tape in the drive, or the drive is not ready (ERPA 43); operator action needed";
  EXPECT_NE(OnDrive("dd if=$tape of=/dev/null bs=32768").status, 0);
  ExpectLine("TAP009W", kBus, std::string("Drive 0.0.0580 (3490) is not ready: read") + kWhy);
  Load(kDrive, "VOL207");
  EXPECT_EQ(OnDrive("mt -f $tape offline").status, 0);
  ExpectEvent("TAP002I", kBus);
  EXPECT_NE(OnDrive("mt -f $tape rewind").status, 0);
  ExpectLine("TAP009W", kBus, std::string("Drive 0.0.0580 (3490) is not ready: rewind") + kWhy);
}

TEST_F(TapeErrors, AttentionIsTold) {
  guest().Panel("i 0580");
  ExpectLine("TAP011I", kBus, "Attention from drive 0.0.0580 (3490)");
}

TEST_F(TapeErrors, OnlineAndOfflineAreToldWhetherTheDriveIsEmptyOrNot) {
  const auto cycle = [&](const std::string& drive, const std::string& type) {
    SetOnline(drive, false);
    ExpectLine("DEV004I", "0.0." + drive,
               fmt::format("Device 0.0.{} ({}) is offline", drive, type));
    SetOnline(drive, true);
    ExpectLine("DEV003I", "0.0." + drive, fmt::format("Device 0.0.{} ({}) is online", drive, type));
  };
  cycle("0580", "3490");
  cycle("0587", "3480");
}

TEST_F(TapeErrors, DriveThatIsTakenAwayWhileOnlineIsToldOnce) {
  const auto report = [&] {
    const Event event = ExpectEvent("CHN001I", kNoDevice);
    EXPECT_TRUE(std::regex_match(
        event.text,
        std::regex("Channel report: subchannel [0-9a-f]{4}, installed parameters initialized")))
        << event.text;
  };
  guest().Detach("0586");
  report();
  ExpectLine("DEV005E", "0.0.0586", "Device 0.0.0586 (3480) was taken away while it was online");
  ExpectEvent("DEV002I", "0.0.0586");

  // Linux 6.1 is still busy with the device that has gone. One that takes its subchannel now can
  // lose it again, and is never removed (work of the old one clears the subchannel's device).
  ExpectNoEvent();

  // Under another number, and away again while it is offline: that is in order.
  guest().Attach("0590", "3480");
  report();
  ExpectEvent("DEV001I", "0.0.0590");
  guest().Detach("0590");
  report();
  ExpectEvent("DEV002I", "0.0.0590");

  guest().Attach("0586", "3480");
  report();
  ExpectEvent("DEV001I", "0.0.0586");
  SetOnline("0586", true);
  ExpectEvent("DEV003I", "0.0.0586");
  Load("0586", "VOL208");
  Unload("0586");
}

TEST_F(TapeErrors, EightDrivesAreToldApart) {
  for (const Drive& drive : spec().drives) Load(drive.number, "VOL30" + drive.number.substr(3));
  for (const Drive& drive : spec().drives) {
    EXPECT_NE(OnDrive("mt -f $tape fsf 9", drive.number).status, 0);
    ExpectLine("TAP012I", "0.0." + drive.number,
               fmt::format("Tape in drive 0.0.{} ({}): forward space file went beyond what is "
                           "recorded (ERPA 31)",
                           drive.number, drive.type));
  }
  for (const Drive& drive : spec().drives) Unload(drive.number);
}

}  // namespace
}  // namespace lab
