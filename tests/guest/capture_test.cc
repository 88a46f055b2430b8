// SPDX-License-Identifier: MIT
//
// Captures made in a guest and replayed on this machine, whose byte order is another: the books
// must balance, whatever was lost.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "hercules/fixture/guest_test.h"
#include "s390log/capture_reader.h"
#include "s390log/decode.h"
#include "tests/host/temp_dir.h"

namespace lab {
namespace {

using s390log::LossKind;

constexpr char kFolder[] = "/tmp/cap";
constexpr uint64_t kEach = 100'000;  // events of each CPU
constexpr uint32_t kWords = 8;       // of each payload, all the same

struct Replayed {
  uint64_t emitted = 0;
  uint64_t before = 0;
  uint64_t records = 0;
  uint64_t torn = 0;
  std::map<LossKind, uint64_t> missing;
  std::vector<std::string> faults;
  bool end_is_known = false;

  uint64_t Missing(LossKind kind) const { return missing.contains(kind) ? missing.at(kind) : 0; }
};

bool Torn(const s390log::Record& record) {
  const s390log::Decoder words(record.payload, record.order);
  for (size_t i = 0; i < kWords; ++i) {
    if (!words.Holds(i * 8, 8) || words.U64(i * 8) != words.U64(0)) return true;
  }
  return false;
}

Replayed Replay(const std::string& folder) {
  Replayed replayed;
  s390log::CaptureReader reader(folder, [&](const s390log::CaptureFault& fault) {
    replayed.faults.push_back(s390log::ToString(fault));
  });
  while (const auto item = reader.Next()) {
    if (const auto* record = std::get_if<s390log::Record>(&*item)) {
      ++replayed.records;
      if (Torn(*record)) ++replayed.torn;
      EXPECT_NE(record->order, s390log::kNativeOrder);
    } else {
      const auto& missing = std::get<s390log::Missing>(*item);
      replayed.missing[missing.cause.kind] += CountOf(missing.first, missing.last);
    }
  }
  replayed.emitted = reader.Emitted().Value();
  replayed.before = reader.Before();
  replayed.end_is_known = reader.EndIsKnown();
  return replayed;
}

class CaptureTest : public GuestTest {
 protected:
  CaptureTest() : GuestTest(BareQemu()) {}

  void TearDown() override {
    if (GuestLives()) Run(fmt::format("rm -rf {}; rmmod s390_log_source s390_log kevent", kFolder));
    GuestTest::TearDown();
  }

  // Small buffers, that overflow.
  void Load(const std::string& mode) {
    Run("modprobe kevent && modprobe s390_log subbuf_size=4096 n_subbufs=4 mode=" + mode +
        " && modprobe s390_log_source");
  }

  void StartCapture(const std::string& options = "") {
    Run(fmt::format(
        "logctl capture {} --quiet {} >/tmp/cap.log 2>&1 & echo $! >/tmp/cap.pid; "
        "for i in $(seq 100); do [ -e {}/positions ] && exit 0; sleep 0.1; done; exit 1",
        kFolder, options, kFolder));
  }

  // On both CPUs at once.
  void Flood() {
    Run(
        fmt::format("for c in 1 2; do taskset $c sh -c 'echo {} {} 1 "
                    ">/sys/module/s390_log_source/parameters/flood' & done; wait",
                    kEach, kWords));
  }

  // Until it is stopped.
  void StartLongFlood() {
    Run(
        fmt::format("rm -f /tmp/flood.stop; for c in 1 2; do "
                    "(until [ -e /tmp/flood.stop ]; do taskset $c sh -c 'echo {} {} 1 "
                    ">/sys/module/s390_log_source/parameters/flood'; done; "
                    "touch /tmp/flood.done.$c) >/dev/null 2>&1 & done; sleep 0.5",
                    kEach, kWords));
  }
  void StopLongFlood() {
    Run("touch /tmp/flood.stop; for i in $(seq 300); do "
        "[ -e /tmp/flood.done.1 ] && [ -e /tmp/flood.done.2 ] && exit 0; sleep 0.1; done; exit 1");
  }

  void StopCapture() {
    Run("P=$(cat /tmp/cap.pid); kill -INT $P; "
        "for i in $(seq 100); do [ -d /proc/$P ] || break; sleep 0.1; done; "
        "cat /tmp/cap.log; grep -q 'replay with' /tmp/cap.log");
  }

  Replayed FetchAndReplay() {
    const s390log::TempDir folder;
    std::istringstream names(Run(fmt::format("cd {} && ls", kFolder)));
    for (std::string name; names >> name;) {
      std::ofstream(folder.File(name), std::ios::binary)
          << Run(fmt::format("cat {}/{}", kFolder, name));
    }
    return Replay(folder.File(""));
  }
};

TEST_F(CaptureTest, OfAnObserverThatIsLappedNamesWhatItMissed) {
  Load("overwrite");
  StartCapture();
  Flood();
  StopCapture();
  const Replayed replayed = FetchAndReplay();
  EXPECT_EQ(replayed.faults, std::vector<std::string>());
  EXPECT_EQ(replayed.emitted, 2 * kEach);
  EXPECT_EQ(replayed.records + replayed.Missing(LossKind::kOverwritten), 2 * kEach);
  EXPECT_GT(replayed.records, 0u);
  EXPECT_EQ(replayed.torn, 0u);
  EXPECT_EQ(replayed.before, 0u);
  EXPECT_TRUE(replayed.end_is_known);
}

// It sleeps while nothing happens, and one event is enough to wake it.
TEST_F(CaptureTest, EventAfterAPauseIsSoonInTheFiles) {
  Load("no-overwrite");
  StartCapture();
  Run("sleep 1; S=$(grep ^voluntary /proc/$(cat /tmp/cap.pid)/status); sleep 2; "
      "[ \"$S\" = \"$(grep ^voluntary /proc/$(cat /tmp/cap.pid)/status)\" ]");
  Run(
      fmt::format("printf hello >/dev/s390_log; for i in $(seq 10); do "
                  "logctl replay {} 2>&1 | grep 'emitted  *1  by the end' && exit 0; sleep 0.1; "
                  "done; exit 1",
                  kFolder));
  StopCapture();
}

// logd is the consumer, and does not notice.
TEST_F(CaptureTest, BesideLogdSeesWhatLogdSees) {
  Load("no-overwrite");
  Run("printf '[json]\\npath = \"/tmp/logd.json\"\\n[control]\\npath = \"/tmp/logd.sock\"\\n' "
      ">/tmp/logd.toml; logd -c /tmp/logd.toml >/tmp/logd.log 2>&1 & echo $! >/tmp/logd.pid");
  StartCapture();
  Run("i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo text $i >/dev/s390_log; done");
  StopCapture();
  Run("P=$(cat /tmp/logd.pid); kill $P; "
      "for i in $(seq 100); do [ -d /proc/$P ] || break; sleep 0.1; done; cat /tmp/logd.log");
  const auto key = [](const std::string& file) {
    return fmt::format(
        "sed -n 's/.*\"sequence\":\\([0-9]*\\),\"time\":\"\\([^\"]*\\)\".*/\\1 \\2/p' {}", file);
  };
  Run(
      fmt::format("logctl replay --json {} >/tmp/replay.json; {} >/tmp/a; {} >/tmp/b; "
                  "[ $(wc -l </tmp/a) = 300 ] && cmp /tmp/a /tmp/b",
                  kFolder, key("/tmp/logd.json"), key("/tmp/replay.json")));
  Run("rm -f /tmp/logd.*");
}

// Nobody consumes: the buffers fill, and the kernel drops the rest.
TEST_F(CaptureTest, NamesWhatTheKernelDropped) {
  Load("no-overwrite");
  Flood();
  StartCapture();
  StopCapture();
  const Replayed replayed = FetchAndReplay();
  EXPECT_EQ(replayed.faults, std::vector<std::string>());
  EXPECT_EQ(replayed.emitted, 2 * kEach);
  EXPECT_EQ(replayed.records + replayed.Missing(LossKind::kBufferFull), 2 * kEach);
  EXPECT_GT(replayed.records, 0u);
  EXPECT_EQ(replayed.torn, 0u);
}

// Stopped in full flight, what was being written is told from what is lost.
TEST_F(CaptureTest, ThatIsStoppedDuringAFloodBalances) {
  Load("overwrite");
  StartCapture("--file-size 64K --keep 4");
  StartLongFlood();
  StopCapture();
  const Replayed replayed = FetchAndReplay();
  StopLongFlood();
  EXPECT_EQ(replayed.faults, std::vector<std::string>());
  EXPECT_TRUE(replayed.end_is_known);
  EXPECT_EQ(replayed.Missing(LossKind::kUnexplained), 0u);
  EXPECT_EQ(replayed.Missing(LossKind::kUnreadable), 0u);
  EXPECT_EQ(replayed.torn, 0u);
  uint64_t missing = 0;
  for (const auto& [kind, count] : replayed.missing) missing += count;
  EXPECT_EQ(replayed.before + replayed.records + missing, replayed.emitted);
}

}  // namespace
}  // namespace lab
