// SPDX-License-Identifier: MIT
#include "logd/syslog_format.h"

#include <gtest/gtest.h>

#include "tests/host/fake_channel.h"
#include "tests/host/syslog_parser.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

SyslogOrigin TestOrigin() { return {16, 32473, "guest", "logd", "42"}; }

ParsedMessage Parsed(const Event& event, const SyslogOrigin& origin = TestOrigin()) {
  const std::string message = SyslogMessage(event, TestBootId().ToString(), origin);
  const auto parsed = ParseMessage(message);
  EXPECT_TRUE(parsed) << message;
  return parsed.value_or(ParsedMessage{});
}

TEST(SyslogMessage, OfATapeIsExactlyThis) {
  EXPECT_EQ(SyslogMessage(TapeEvent(12), TestBootId().ToString(), TestOrigin()),
            "<134>1 2026-11-23T02:20:01.000000Z guest logd 42 TAP001I [s390log@32473 "
            "bootId=\"10111213-1415-1617-1819-1a1b1c1d1e1f\" event=\"tape_loaded\" "
            "match=\"complete\" sequence=\"12\" device=\"0.0.0580\" cpu=\"1\"] "
            "Tape mounted on drive 0.0.0580 (3490), read-write");
}

TEST(SyslogMessage, TapeIsNamedIfItIsKnown) {
  const std::string message =
      SyslogMessage(VolumeEvent(7, 6, R"(A"])"), TestBootId().ToString(), TestOrigin());
  EXPECT_NE(message.find(R"( device="0.0.0580" volser="A\"\]" cpu="1"])"), std::string::npos)
      << message;
}

TEST(SyslogMessage, EmptyHeaderFieldsAreNil) {
  const ParsedMessage parsed = Parsed(TextEvent(1), {3, 1, "", "", ""});
  EXPECT_EQ(parsed.hostname, "-");
  EXPECT_EQ(parsed.app_name, "-");
  EXPECT_EQ(parsed.proc_id, "-");
}

TEST(SyslogMessage, HeaderFieldsAreCutAndCleaned) {
  EXPECT_EQ(HeaderField("a b\tc\xc3\xa4"
                        "d",
                        48),
            "abcd");
  EXPECT_EQ(HeaderField(std::string(300, 'x'), 255).size(), 255u);
  EXPECT_EQ(HeaderField(" \n", 10), "-");
}

TEST(SyslogMessage, ParamValuesAreEscaped) {
  EXPECT_EQ(EscapeParam(R"(a"b\c]d[e)"), R"(a\"b\\c\]d[e)");
}

TEST(SyslogMessage, ControlCharactersCannotForgeALine) {
  EXPECT_EQ(Parsed(TextEvent(1, "one\n<0>1 two\x7f")).text, "one#012<0>1 two#177");
}

TEST(SyslogMessage, ByteOrderMarkOnlyIfTheTextNeedsIt) {
  EXPECT_FALSE(Parsed(TextEvent(1, "plain")).has_mark);
  const ParsedMessage parsed = Parsed(TextEvent(1, "5 \u20ac"));
  EXPECT_TRUE(parsed.has_mark);
  EXPECT_EQ(parsed.text, "5 \u20ac");
}

TEST(SyslogMessage, OfAGapNamesTheRange) {
  const ParsedMessage parsed = Parsed(GapEvent(3, 9));
  EXPECT_EQ(parsed.priority, 16 * 8 + 4);
  EXPECT_EQ(parsed.msg_id, "LOG002W");
  EXPECT_EQ(parsed.params.at("first"), "3");
  EXPECT_EQ(parsed.params.at("last"), "9");
  EXPECT_EQ(parsed.params.at("count"), "7");
  EXPECT_EQ(parsed.params.at("cause"), "buffer full on CPU 1");
  EXPECT_FALSE(parsed.params.contains("sequence"));
}

TEST(SyslogMessage, OfALostPayloadHasNumberEventAndCause) {
  const ParsedMessage parsed = Parsed(PayloadLostEvent(3));
  EXPECT_EQ(parsed.params.at("sequence"), "3");
  EXPECT_EQ(parsed.params.at("event"), "tape_loaded");
  EXPECT_EQ(parsed.params.at("match"), "payload_lost");
  EXPECT_EQ(parsed.params.at("cause"), "buffer full on CPU 1");
  EXPECT_FALSE(parsed.params.contains("device"));
}

TEST(SyslogMessage, EnterpriseNumberIsInTheElement) {
  SyslogOrigin origin = TestOrigin();
  origin.enterprise_id = 4711;
  EXPECT_EQ(Parsed(TextEvent(1), origin).sd_id, "s390log@4711");
}

}  // namespace
}  // namespace s390log
