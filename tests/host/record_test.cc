// SPDX-License-Identifier: MIT
#include "s390log/record.h"

#include <gtest/gtest.h>

#include "s390log/device_number.h"
#include "s390log/payload.h"
#include "s390log/subbuf_header.h"
#include "tests/host/bytes.h"

namespace s390log {
namespace {

// A sub-buffer of 4096 bytes, the first of CPU 1, with a tape and a text, as s390x writes it.
constexpr char kBig[] = R"(
73 39 30 4c                                      # 00 magic "s90L"
00 01                                            # 04 version
00 60                                            # 06 header size
00 00 00 00 00 00 00 07                          # 08 number
00 00 00 00 00 00 01 02                          # 10 first sequence
00 00 00 00 00 00 00 03                          # 18 lost
00 00 00 d0                                      # 20 used
00 00 10 00                                      # 24 subbuf size
00 00 00 04                                      # 28 n_subbufs
00 00 00 01                                      # 2c cpu
10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  # 30 boot id
00 00 00 00 00 00 00 09                          # 40 records
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 48                                      # 60 length
00 00 00 01                                      # 64 KEVENT_S390_TAPE_LOADED
00 00 00 00 00 00 01 02                          # 68 sequence 258
17 97 9c fe 36 2a 00 05                          # 70 time
00 80 05 80                                      # 78 device 0.0.0580
00 01                                            # 7c cpu
00 01                                            # 7e inferred
34 90 34 91 10 40                                # 80 types and models
02 03                                            # 86 device end; sensed, write-protected
00 4a 20 30 00 00 00 22                          # 88 sense
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ee
00 00 00 25                                      # a8 length
80 00 00 00                                      # ac KEVENT_S390_TEXT
00 00 00 00 00 00 01 04                          # b0 sequence 260
17 97 9c fe 36 2a 00 06                          # b8 time
00 00 00 00                                      # c0 no device
00 01 00 00                                      # c4 cpu, flags
68 65 6c 6c 6f 00 00 00                          # c8 "hello", padding
)";

// The same from a little-endian machine.
constexpr char kLittle[] = R"(
4c 30 39 73                                      # 00 magic
01 00                                            # 04 version
60 00                                            # 06 header size
07 00 00 00 00 00 00 00                          # 08 number
02 01 00 00 00 00 00 00                          # 10 first sequence
03 00 00 00 00 00 00 00                          # 18 lost
d0 00 00 00                                      # 20 used
00 10 00 00                                      # 24 subbuf size
04 00 00 00                                      # 28 n_subbufs
01 00 00 00                                      # 2c cpu
10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  # 30 boot id
09 00 00 00 00 00 00 00                          # 40 records
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
48 00 00 00                                      # 60 length
01 00 00 00                                      # 64 event
02 01 00 00 00 00 00 00                          # 68 sequence
05 00 2a 36 fe 9c 97 17                          # 70 time
80 05 80 00                                      # 78 device
01 00                                            # 7c cpu
01 00                                            # 7e flags
90 34 91 34 10 40                                # 80 types and models
02 03                                            # 86 origin, flags
00 4a 20 30 00 00 00 22                          # 88 sense
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ee
25 00 00 00                                      # a8 length
00 00 00 80                                      # ac event
04 01 00 00 00 00 00 00                          # b0 sequence
06 00 2a 36 fe 9c 97 17                          # b8 time
00 00 00 00                                      # c0 no device
01 00 00 00                                      # c4 cpu, flags
68 65 6c 6c 6f 00 00 00                          # c8 "hello", padding
)";

constexpr size_t kFirstRecord = 0x60;
constexpr size_t kSecondRecord = 0xa8;

ParseFault HeaderFault(const std::vector<std::byte>& bytes) {
  return std::get<ParseFault>(ParseSubbufHeader(bytes));
}

std::vector<std::byte> BigWith(size_t offset, const std::string& hex) {
  std::vector<std::byte> bytes = Hex(kBig);
  const std::vector<std::byte> change = Hex(hex);
  std::copy(change.begin(), change.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  return bytes;
}

ParseFault RecordFault(std::vector<std::byte> bytes, size_t end = 0xd0) {
  bytes.resize(end);
  RecordParser parser(bytes, kFirstRecord, ByteOrder::kBig);
  while (parser.Next()) {
  }
  return parser.Fault().value_or(ParseFault{FaultKind::kBadMagic, 0xffff});
}

TEST(SubbufHeader, MalformedOnesAreNamed) {
  EXPECT_EQ(HeaderFault(Hex("73 39 30 4c 00 01")), (ParseFault{FaultKind::kHeaderTruncated, 0}));
  EXPECT_EQ(HeaderFault(BigWith(0, "00")), (ParseFault{FaultKind::kBadMagic, 0}));
  EXPECT_EQ(HeaderFault(BigWith(4, "00 02")), (ParseFault{FaultKind::kBadVersion, 4}));
  EXPECT_EQ(HeaderFault(BigWith(6, "00 38")), (ParseFault{FaultKind::kBadHeaderSize, 6}));
  EXPECT_EQ(HeaderFault(BigWith(6, "00 64")), (ParseFault{FaultKind::kBadHeaderSize, 6}));
  EXPECT_EQ(HeaderFault(BigWith(6, "10 08")), (ParseFault{FaultKind::kBadHeaderSize, 6}));
}

TEST(RecordParser, MalformedRecordsAreNamedWithTheirOffset) {
  EXPECT_EQ(RecordFault(BigWith(0x60, "00 00 00 1f")),
            (ParseFault{FaultKind::kLengthTooSmall, kFirstRecord}));
  EXPECT_EQ(RecordFault(BigWith(0x60, "00 00 0f a1")),
            (ParseFault{FaultKind::kLengthTooLarge, kFirstRecord}));
  EXPECT_EQ(RecordFault(BigWith(0x60, "ff ff ff ff")),
            (ParseFault{FaultKind::kLengthTooLarge, kFirstRecord}));
  EXPECT_EQ(RecordFault(BigWith(0xa8, "00 00 00 29")),
            (ParseFault{FaultKind::kLengthPastEnd, kSecondRecord}));
  EXPECT_EQ(RecordFault(Hex(kBig), 0xbf), (ParseFault{FaultKind::kRecordTruncated, kSecondRecord}));
  EXPECT_EQ(RecordFault(BigWith(0xb7, "02")),
            (ParseFault{FaultKind::kSequenceNotRising, kSecondRecord}));
}

TEST(RecordParser, FaultIsFinal) {
  const auto bytes = BigWith(0x60, "00 00 00 00");
  RecordParser parser(bytes, kFirstRecord, ByteOrder::kBig);
  EXPECT_EQ(parser.Next(), std::nullopt);
  EXPECT_EQ(parser.Next(), std::nullopt);
  EXPECT_EQ(ToString(*parser.Fault()), "record shorter than its header at offset 0x60");
}

TEST(RecordParser, EmptySubbufferHasNoRecordAndNoFault) {
  const auto bytes = Hex(kBig);
  RecordParser parser(std::span<const std::byte>(bytes).first(0x60), kFirstRecord, ByteOrder::kBig);
  EXPECT_EQ(parser.Next(), std::nullopt);
  EXPECT_EQ(parser.Fault(), std::nullopt);
}

class GoldenBytes : public testing::TestWithParam<const char*> {};

TEST_P(GoldenBytes, HeaderDecodes) {
  const auto bytes = Hex(GetParam());
  const auto header = std::get<SubbufHeader>(ParseSubbufHeader(bytes));
  EXPECT_EQ(header.header_size, 0x60);
  EXPECT_EQ(header.number, 7u);
  EXPECT_EQ(header.first_sequence, SequenceNumber(258));
  EXPECT_EQ(header.lost, 3u);
  EXPECT_EQ(header.records, 9u);
  EXPECT_EQ(SubbufUsed(bytes, header.order), 0xd0u);
  EXPECT_EQ(header.subbuf_size, 4096u);
  EXPECT_EQ(header.n_subbufs, 4u);
  EXPECT_EQ(header.cpu, 1u);
  EXPECT_EQ(header.boot_id.ToString(), "10111213-1415-1617-1819-1a1b1c1d1e1f");
}

TEST_P(GoldenBytes, TapeRecordDecodes) {
  const auto bytes = Hex(GetParam());
  RecordParser parser(bytes, kFirstRecord, *OrderOfMagic(bytes, 0x7339304c));
  const Record record = parser.Next().value();
  EXPECT_EQ(record.event, 1u);
  EXPECT_EQ(record.sequence, SequenceNumber(258));
  EXPECT_EQ(record.time_ns, 0x17979cfe362a0005u);
  EXPECT_EQ(DeviceNumber::FromWord(record.device_word)->ToString(), "0.0.0580");
  EXPECT_EQ(record.cpu, 1);
  EXPECT_EQ(record.flags, 1);
  const auto tape = std::get<TapePayload>(DecodePayload(record));
  EXPECT_EQ(tape.cu_type, 0x3490);
  EXPECT_EQ(tape.dev_type, 0x3491);
  EXPECT_EQ(tape.cu_model, 0x10);
  EXPECT_EQ(tape.dev_model, 0x40);
  EXPECT_EQ(tape.origin, 2);
  EXPECT_EQ(tape.flags, 3);
  EXPECT_EQ(tape.sense[1], 0x4a);
  EXPECT_EQ(tape.sense[31], 0xee);
}

TEST_P(GoldenBytes, TextRecordDecodesWithoutItsPadding) {
  const auto bytes = Hex(GetParam());
  RecordParser parser(bytes, kFirstRecord, *OrderOfMagic(bytes, 0x7339304c));
  parser.Next();
  const Record record = parser.Next().value();
  EXPECT_EQ(record.sequence, SequenceNumber(260));
  EXPECT_EQ(DeviceNumber::FromWord(record.device_word), std::nullopt);
  EXPECT_EQ(std::get<TextPayload>(DecodePayload(record)).text, "hello");
  EXPECT_EQ(parser.Next(), std::nullopt);
  EXPECT_EQ(parser.Fault(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(BothOrders, GoldenBytes, testing::Values(kBig, kLittle));

}  // namespace
}  // namespace s390log
