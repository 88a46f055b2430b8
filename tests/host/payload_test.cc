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
  const std::vector<std::byte> short_error(47);
  EXPECT_EQ(std::get<UnknownPayload>(Decode(KEVENT_S390_TAPE_END, short_error)).length, 47u);
  const std::vector<std::byte> short_crw(7);
  EXPECT_EQ(std::get<UnknownPayload>(Decode(KEVENT_S390_CRW, short_crw)).length, 7u);
  const std::vector<std::byte> short_device(15);
  EXPECT_EQ(std::get<UnknownPayload>(Decode(KEVENT_S390_DEVICE_ADDED, short_device)).length, 15u);
}

TEST(Payload, OfAnUnknownEventIsUnknown) {
  EXPECT_TRUE(std::holds_alternative<UnknownPayload>(Decode(0x800, Hex("01 02"))));
}

TEST(Payload, VolumeDecodes) {
  auto bytes =
      Hex("34 90 34 90 10 40 01 00   # types, models, outcome: read\n"
          "00 00 00 00 00 00 00 2a   # of load 42\n"
          "00 50 00 00 00 00 00 00   # 80 bytes\n"
          "e5 d6 d3 f1 c1 c2 c3 f1 f2 f3  # VOL1 ABC123\n");
  bytes.resize(0x68, std::byte{0x40});
  bytes.resize(0x88);
  const Payload payload = Decode(KEVENT_S390_TAPE_VOLUME, bytes);
  EXPECT_EQ(FieldOf(payload, "load"), "42");
  EXPECT_EQ(FieldOf(payload, "outcome"), "read");
  EXPECT_EQ(FieldOf(payload, "label"), "SL");
  EXPECT_EQ(FieldOf(payload, "owner"), "");
  EXPECT_EQ(std::get<VolumePayload>(payload).label.volser, "ABC123");
  // A longer block is no label, whatever it begins with.
  bytes[0x11] = std::byte{0x51};
  EXPECT_EQ(FieldOf(Decode(KEVENT_S390_TAPE_VOLUME, bytes), "label"), "NL");
  bytes.pop_back();
  EXPECT_TRUE(std::holds_alternative<UnknownPayload>(Decode(KEVENT_S390_TAPE_VOLUME, bytes)));
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

TEST(Payload, UnitCheckDecodes) {
  auto bytes =
      Hex("28 21 35 05 01 02 02 01 0e 40 01 00 00 00 01 02 "
          "40 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
          "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
  const Payload payload = Decode(KEVENT_S390_DEVICE_UNIT_CHECK, bytes);
  EXPECT_EQ(FieldOf(payload, "cu_type"), "2821");
  EXPECT_EQ(FieldOf(payload, "dev_type"), "3505");
  EXPECT_EQ(FieldOf(payload, "cu_model"), "01");
  EXPECT_EQ(FieldOf(payload, "dev_model"), "02");
  EXPECT_EQ(FieldOf(payload, "command_code"), "02");
  EXPECT_EQ(FieldOf(payload, "unit_status"), "0e");
  EXPECT_EQ(FieldOf(payload, "channel_status"), "40");
  EXPECT_EQ(FieldOf(payload, "sense"), "40");
  EXPECT_EQ(FieldOf(payload, "suppressed"), "258");
  // More sense bytes than there can be are not taken from behind.
  bytes[0x0a] = std::byte{0xff};
  EXPECT_EQ(FieldOf(Decode(KEVENT_S390_DEVICE_UNIT_CHECK, bytes), "sense").size(), 64u);
  bytes.pop_back();
  EXPECT_TRUE(std::holds_alternative<UnknownPayload>(Decode(KEVENT_S390_DEVICE_UNIT_CHECK, bytes)));
}

TEST(Payload, TapeErrorDecodes) {
  const auto bytes =
      Hex("34 90 34 91 # control unit, device \n"
          "10 40       # models \n"
          "01 03       # write; sensed, permanent \n"
          "0e 40       # channel end, device end, unit check; incorrect length \n"
          "30 02       # ERPA, retries \n"
          "80 4a 20 30 00 00 00 20 00 00 00 00 00 00 00 00 # sense \n"
          "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ff \n"
          "00 00 00 00");
  const Payload payload = Decode(KEVENT_S390_TAPE_PROTECTED, bytes);
  EXPECT_EQ(FieldOf(payload, "cu_type"), "3490");
  EXPECT_EQ(FieldOf(payload, "dev_type"), "3491");
  EXPECT_EQ(FieldOf(payload, "cu_model"), "10");
  EXPECT_EQ(FieldOf(payload, "dev_model"), "40");
  EXPECT_EQ(FieldOf(payload, "command"), "write");
  EXPECT_EQ(FieldOf(payload, "command_code"), "01");
  EXPECT_EQ(FieldOf(payload, "outcome"), "permanent");
  EXPECT_EQ(FieldOf(payload, "result"), "failed after 2 retries");
  EXPECT_EQ(FieldOf(payload, "retries"), "2");
  EXPECT_EQ(FieldOf(payload, "meaning"), "the tape is write-protected (ERPA 30)");
  EXPECT_EQ(FieldOf(payload, "actor"), "operator");
  EXPECT_EQ(FieldOf(payload, "erpa"), "30");
  EXPECT_EQ(FieldOf(payload, "unit_status"), "0e");
  EXPECT_EQ(FieldOf(payload, "unit_status_words"), "channel end, device end, unit check");
  EXPECT_EQ(FieldOf(payload, "channel_status"), "40");
  EXPECT_EQ(FieldOf(payload, "channel_status_words"), "incorrect length");
  EXPECT_EQ(FieldOf(payload, "sense"),
            "804a2030000000200000000000000000000000000000000000000000000000ff");
  EXPECT_EQ(FieldOf(payload, "sense_words"),
            "command reject, drive online, beginning of tape, write protect, channel adapter");
}

TEST(Payload, SenseOfAnErrorIsShownOnlyIfValid) {
  const Payload timeout = TestTapeError(S390_LOG_ERROR_TIMEOUT | S390_LOG_ERROR_PERMANENT);
  EXPECT_EQ(FieldOf(timeout, "erpa"), "");
  EXPECT_EQ(FieldOf(timeout, "sense"), "");
  EXPECT_EQ(FieldOf(timeout, "sense_words"), "");
  EXPECT_EQ(FieldOf(timeout, "outcome"), "timeout");
}

TEST(Payload, CommandWithoutANameIsItsCode) {
  TapeErrorPayload error = TestTapeError();
  error.command = 0x99;
  EXPECT_EQ(FieldOf(error, "command"), "command 99");
}

TEST(Payload, ChannelReportDecodes) {
  const Payload payload = Decode(KEVENT_S390_CRW, Hex("0e 04 06 00 00 2a 00 00"));
  EXPECT_EQ(FieldOf(payload, "source"), "channel path");
  EXPECT_EQ(FieldOf(payload, "source_code"), "04");
  EXPECT_EQ(FieldOf(payload, "source_id"), "002a");
  EXPECT_EQ(FieldOf(payload, "recovery"), "permanent error, not initialized");
  EXPECT_EQ(FieldOf(payload, "recovery_code"), "06");
  EXPECT_EQ(FieldOf(payload, "solicited"), "no");
  EXPECT_EQ(FieldOf(payload, "overflow"), "yes");
  EXPECT_EQ(FieldOf(payload, "chained"), "yes");
  EXPECT_EQ(FieldOf(payload, "ancillary"), "yes");
}

TEST(Payload, EveryDeviceEventDecodes) {
  const std::vector<std::byte> device(16);
  for (const uint32_t event : {KEVENT_S390_DEVICE_ONLINE, KEVENT_S390_DEVICE_OFFLINE,
                               KEVENT_S390_DEVICE_GONE, KEVENT_S390_DEVICE_NO_PATH}) {
    EXPECT_TRUE(std::holds_alternative<CcwdevPayload>(Decode(event, device)));
  }
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
