// SPDX-License-Identifier: MIT
#include "s390log/payload.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>

#include "tests/host/bytes.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

Payload Decode(uint32_t event, const std::vector<std::byte>& bytes) {
  Record record;
  record.event = event;
  record.order = ByteOrder::kBig;
  record.payload = bytes;
  return DecodePayload(record);
}

std::string FieldOf(const Payload& payload, std::string_view name) {
  for (const Field& field : FieldsOf(payload)) {
    if (field.name == name) return ToString(field.value);
  }
  return "(none)";
}

TEST(Payload, ShorterThanItsStructIsUnknown) {
  const std::vector<std::byte> short_tape(39);
  EXPECT_EQ(std::get<UnknownPayload>(Decode(KEVENT_S390_TAPE_LOADED, short_tape)).length, 39u);
  const std::vector<std::byte> short_device(15);
  EXPECT_EQ(std::get<UnknownPayload>(Decode(KEVENT_S390_DEVICE_ADDED, short_device)).length, 15u);
}

TEST(Payload, OfAnUnknownEventIsUnknown) {
  EXPECT_TRUE(std::holds_alternative<UnknownPayload>(Decode(0x4, Hex("01 02"))));
}

TEST(Payload, LongerThanItsStructIsTaken) {
  const std::vector<std::byte> longer(48);
  EXPECT_TRUE(std::holds_alternative<TapePayload>(Decode(KEVENT_S390_TAPE_UNLOADED, longer)));
}

TEST(Payload, DeviceDecodes) {
  const auto bytes = Hex("34 80 34 81 22 04 01 01 00 07 00 00 00 00 00 00");
  const Payload payload = Decode(KEVENT_S390_DEVICE_REMOVED, bytes);
  EXPECT_EQ(FieldOf(payload, "cu_type"), "3480");
  EXPECT_EQ(FieldOf(payload, "dev_type"), "3481");
  EXPECT_EQ(FieldOf(payload, "cu_model"), "22");
  EXPECT_EQ(FieldOf(payload, "dev_model"), "04");
  EXPECT_EQ(FieldOf(payload, "online"), "yes");
  EXPECT_EQ(FieldOf(payload, "subchannel"), "0.1.0007");
}

TEST(Payload, WriteProtectionCountsOnlyWithSense) {
  EXPECT_EQ(FieldOf(TestTape(0), "access"), "write protection not known");
  EXPECT_EQ(FieldOf(TestTape(S390_LOG_TAPE_WRITE_PROTECTED), "access"),
            "write protection not known");
  EXPECT_EQ(FieldOf(TestTape(S390_LOG_TAPE_SENSED), "access"), "read-write");
  EXPECT_EQ(FieldOf(TestTape(S390_LOG_TAPE_SENSED | S390_LOG_TAPE_WRITE_PROTECTED), "access"),
            "read-only");
}

TEST(Payload, SenseIsShownOnlyIfValid) {
  EXPECT_EQ(FieldOf(TestTape(0), "sense"), "");
  EXPECT_EQ(FieldOf(TestTape(), "sense").substr(0, 6), "004800");
}

TEST(Payload, TextBecomesValidUtf8) {
  const auto good = Hex("4b c3 a4 73 65");
  EXPECT_EQ(FieldOf(Decode(KEVENT_S390_TEXT, good), "text"), "K\u00e4se");
  const auto bad = Hex("61 ff 62");
  EXPECT_EQ(FieldOf(Decode(KEVENT_S390_TEXT, bad), "text"),
            "a\ufffd"
            "b");
}

}  // namespace
}  // namespace s390log
