// SPDX-License-Identifier: MIT
// A 3590, as far as Hercules goes: it is seen as a device, and works, but tape_log does not look at
// its cartridges. Its errors are unit checks, as those of any other device.
#include <gtest/gtest.h>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

constexpr char kBus[] = "0.0.0590";
constexpr char kNoDevice[] = "";
constexpr char kUnitCheck[] = "DEV007W";

class Tape3590 : public GuestTest {
 protected:
  void SetUp() override {
    GuestTest::SetUp();
    if (!GuestLives()) return;
    Run("modprobe tape_3590");
    guest().Attach("0590", "3590");
    ExpectEvent("CHN001I", kNoDevice);
    ExpectEvent("DEV001I", kBus);
  }

  void TearDown() override {
    if (GuestLives()) {
      guest().Detach("0590");
      ExpectEvent("CHN001I", kNoDevice);
      ExpectEvent("DEV002I", kBus);
      ExpectNoEvent();
      Run("rmmod tape_3590");
    }
    GuestTest::TearDown();
  }

  int SetOnline(bool online) {
    return guest()
        .Run(std::string("echo ") + (online ? "1" : "0") + " >/sys/bus/ccw/devices/0.0.0590/online")
        .status;
  }
};

TEST_F(Tape3590, DoesNotComeOnlineWithoutATape) {
  EXPECT_NE(SetOnline(true), 0);
  ExpectEvent(kUnitCheck, kBus);  // the driver tests the drive
  ExpectNoEvent();
}

TEST_F(Tape3590, WorksAndIsSeenButItsCartridgesAreNot) {
  const std::string tape =
      "dd if=/dev/$(basename $(readlink -f /sys/bus/ccw/devices/0.0.0590/rewinding)) "
      "of=/dev/null bs=32768";
  Mount("0590", "VOL359");
  ExpectNoEvent();
  EXPECT_EQ(SetOnline(true), 0);
  ExpectEvent("DEV003I", kBus);
  Run(tape);

  Unmount("0590");
  EXPECT_NE(guest().Run(tape).status, 0);
  ExpectEvent(kUnitCheck, kBus);  // the read
  ExpectEvent(kUnitCheck, kBus);  // the rewind when it was closed
  ExpectNoEvent();
  Mount("0590", "VOL359");
  Run(tape);
  ExpectNoEvent();

  EXPECT_EQ(SetOnline(false), 0);
  ExpectEvent("DEV004I", kBus);
}

}  // namespace
}  // namespace lab
