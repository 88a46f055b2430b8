// SPDX-License-Identifier: MIT
#include "s390log/device_number.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>

namespace s390log {
namespace {

TEST(DeviceNumber, WordWithoutTheMarkNamesNoDevice) {
  EXPECT_EQ(DeviceNumber::FromWord(0), std::nullopt);
  EXPECT_EQ(DeviceNumber::FromWord(0x00000580), std::nullopt);
}

TEST(DeviceNumber, ZeroIsADevice) {
  EXPECT_EQ(DeviceNumber::FromWord(S390_LOG_DEVICE(0, 0, 0))->ToString(), "0.0.0000");
}

TEST(DeviceNumber, IsPrintedAsInSysfs) {
  EXPECT_EQ(DeviceNumber::FromWord(S390_LOG_DEVICE(0, 0, 0x0580))->ToString(), "0.0.0580");
  EXPECT_EQ(DeviceNumber::FromWord(S390_LOG_DEVICE(0xfe, 3, 0xabcd))->ToString(), "fe.3.abcd");
}

}  // namespace
}  // namespace s390log
