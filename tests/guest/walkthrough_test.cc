// SPDX-License-Identifier: MIT
//
// The walkthrough of "Using kevent for event logging?" (2007) on two real drives: requests with the
// ids 0x100 and 0x200 that ask for the same event, and what each mount makes ready.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

constexpr char kOnce[] = "4";       // KEVENT_REQ_ET
constexpr char kWakeupAll[] = "6";  // and KEVENT_REQ_WAKEUP_ALL

class Walkthrough : public GuestTest {
 protected:
  void SetUp() override {
    GuestTest::SetUp();
    if (!GuestLives()) return;
    // The queue lives as long as the fifo has a writer.
    Run("rm -f /tmp/ask /tmp/answers && mkfifo /tmp/ask && "
        "(/usr/lib/s390-log/tests/kevent_shell </tmp/ask >/tmp/answers 2>&1 & "
        "sleep 600 >/tmp/ask </dev/null 2>&1 & echo $! >/tmp/holder)");
  }

  void TearDown() override {
    if (GuestLives()) {
      Run("kill $(cat /tmp/holder)");
      for (const char* drive : {"0580", "0581"}) guest().Unmount(drive);
      ForgetEvents();
    }
    GuestTest::TearDown();
  }

  std::string Ask(const std::string& command) {
    ++asked_;
    const std::string answer =
        Run(fmt::format("echo {} >/tmp/ask; n=0; until [ $(wc -l </tmp/answers) -ge {} ]; do "
                        "n=$((n+1)); [ $n -lt 100 ] || exit 1; usleep 50000; done; "
                        "tail -n 1 /tmp/answers",
                        command, asked_));
    return answer.substr(0, answer.find('\n'));
  }

  void Add(const std::string& label, const std::string& flags) {
    EXPECT_EQ(Ask("add " + label + " 1 " + flags), "ok");
  }

  // Mounts, and returns the number of the event.
  uint64_t Load(const std::string& drive, const std::string& volume) {
    Mount(drive, volume);
    return ExpectEvent("TAP001I", "0.0." + drive).sequence;
  }

 private:
  int asked_ = 0;
};

TEST_F(Walkthrough, TwoIdsAreTwoSlotsAndFreeAgainAfterReading) {
  Add("100", kOnce);
  Add("200", kOnce);
  const uint64_t first = Load("0580", "VOL101");
  const uint64_t second = Load("0581", "VOL102");
  EXPECT_EQ(Ask("fetch"), fmt::format("0x100:{} 0x200:{}", first, second));
  EXPECT_EQ(Ask("fetch"), "nothing");
  Unmount("0580");
  ExpectEvent("TAP002I", "0.0.0580");
  const uint64_t third = Load("0580", "VOL103");
  EXPECT_EQ(Ask("fetch"), fmt::format("0x100:{}", third));
}

TEST_F(Walkthrough, WithWakeupAllBothBecomeReadyAtOnce) {
  Add("100", kWakeupAll);
  Add("200", kWakeupAll);
  const uint64_t loaded = Load("0580", "VOL104");
  EXPECT_EQ(Ask("fetch"), fmt::format("0x100:{} 0x200:{}", loaded, loaded));
}

// Read back once, one repeat counted; both records are in the relay, for logd delivers both.
TEST_F(Walkthrough, OneIdAndTwoLoadsCoalesceAndAreCounted) {
  Add("100", kOnce);
  const uint64_t first = Load("0580", "VOL105");
  Load("0581", "VOL106");
  EXPECT_EQ(Ask("coalesced 100"), "1");
  EXPECT_EQ(Ask("fetch"), fmt::format("0x100:{}", first));
  EXPECT_EQ(Ask("fetch"), "nothing");
}

TEST_F(Walkthrough, TheProgramOfTheManPageShowsEachLoad) {
  Run("/usr/lib/s390-log/tests/kevent_example 2 >/tmp/example.out 2>&1 </dev/null & "
      "until grep -q waiting /tmp/example.out; do usleep 20000; done");
  const uint64_t first = Load("0580", "VOL107");
  const uint64_t second = Load("0581", "VOL108");
  EXPECT_EQ(Run("n=0; until [ $(wc -l </tmp/example.out) -eq 3 ]; do n=$((n+1)); "
                "[ $n -lt 100 ] || exit 1; usleep 50000; done; tail -n 2 /tmp/example.out"),
            fmt::format("event 0x1, label 0x100, sequence number {}\n"
                        "event 0x1, label 0x100, sequence number {}\n",
                        first, second));
}

}  // namespace
}  // namespace lab
