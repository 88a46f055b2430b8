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

TEST(DeviceNumber, IsReadAsItIsPrinted) {
  EXPECT_EQ(DeviceNumber::Parse("0.0.0580")->ToString(), "0.0.0580");
  EXPECT_EQ(DeviceNumber::Parse("fe.3.abcd")->ToString(), "fe.3.abcd");
  EXPECT_EQ(DeviceNumber::Parse("580")->ToString(), "0.0.0580");
}

TEST(DeviceNumber, WhatIsNoNumberIsNotRead) {
  for (const char* text : {"", "tape", "0.0.", "0.0580", "0.0.12345", "0.80.0580", "100.0.0580",
                           "0.0.0580 ", "-1", "0.0.0.0580"}) {
    EXPECT_EQ(DeviceNumber::Parse(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace s390log
