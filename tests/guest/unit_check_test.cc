// SPDX-License-Identifier: MIT
// Unit checks of devices that are no tape drives: a card reader without cards, which a test module
// (card_reader) reads from.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <regex>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

constexpr char kReader[] = "000c";
constexpr char kBus[] = "0.0.000c";
constexpr char kUnitCheck[] = "DEV007W";
constexpr char kNoDevice[] = "";
constexpr char kWhy[] = "with a unit check: intervention required, sense 4010";

// As in driver/tape_log/unit.h.
constexpr int kTold = 5;  // the no-operation is the first
constexpr int kWindowSeconds = 10;

class UnitCheck : public GuestTest {
 protected:
  void SetUp() override {
    GuestTest::SetUp();
    if (!GuestLives()) return;
    Run("modprobe tape_irb && modprobe card_reader");
    // It stays: after a test it is offline, and that is quiet.
    if (guest().Run(fmt::format("test -e /sys/bus/ccw/devices/{}", kBus)).status != 0) {
      guest().Panel(fmt::format("attach {} 3505", kReader));
      ExpectEvent("CHN001I", kNoDevice);
      ExpectEvent("DEV001I", kBus);
    }
    // Linux tries the path with a no-operation, to which the reader says the same.
    SetOnline(true);
    ExpectLine("03");
    ExpectEvent("DEV003I", kBus);
  }

  void TearDown() override {
    if (GuestLives()) {
      SetOnline(false);
      ExpectEvent("DEV004I", kBus);
      Run("rmmod card_reader tape_irb");
      ExpectNoEvent();
      // The next test's unit checks are counted anew.
      Run(fmt::format("sleep {}", kWindowSeconds));
    }
    GuestTest::TearDown();
  }

  void SetOnline(bool online) {
    Run(fmt::format("echo {} >/sys/bus/ccw/devices/{}/online", online ? 1 : 0, kBus));
  }

  void Read(int times) {
    Run(fmt::format("echo {} {} >/sys/module/card_reader/parameters/read", kBus, times));
  }

  // A unit check as the answer to a command.
  void ExpectLine(const std::string& command = "02", const std::string& more = "") {
    EXPECT_EQ(ExpectEvent(kUnitCheck, kBus).text,
              fmt::format("Device {} (3505) answered command {} {}{}", kBus, command, kWhy, more));
  }
};

TEST_F(UnitCheck, OfAnEmptyCardReaderIsTold) {
  Read(1);
  ExpectLine();
  Read(1);
  ExpectLine();
}

TEST_F(UnitCheck, WhoseSenseArrivesLaterIsToldWithIt) {
  Run("echo 0.000c 0 >/sys/module/tape_irb/parameters/concurrent");
  Read(1);
  ExpectLine();
  Run("echo 0.000c 1 >/sys/module/tape_irb/parameters/concurrent");
}

// None is lost: each is an event, or in the number of one.
TEST_F(UnitCheck, FloodIsCounted) {
  constexpr int kTimes = 100;
  Read(kTimes);
  for (int i = 1; i < kTold; ++i) ExpectLine();
  ExpectNoEvent();
  Run(fmt::format("sleep {}", kWindowSeconds - 2));
  ExpectLine("02", fmt::format("; {} more before it", kTimes - kTold));
}

TEST_F(UnitCheck, FloodIsCountedWhenTapeLogGoes) {
  Read(kTold + 3);
  for (int i = 1; i < kTold; ++i) ExpectLine();
  Run("rmmod tape_log");
  ExpectLine("02", "; 3 more before it");
  Run("modprobe tape_log");
}

}  // namespace
}  // namespace lab
