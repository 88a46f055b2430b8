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
            "match=\"complete\" sequence=\"12\" device=\"0.0.0580\" cpu=\"1\" cu_type=\"3490\" "
            "dev_type=\"3490\" cu_model=\"10\" dev_model=\"40\" origin=\"device_end\" "
            "access=\"read-write\" "
            "sense=\"0048000000000000000000000000000000000000000000000000000000000000\"] "
            "Tape mounted on drive 0.0.0580 (3490), read-write");
}

TEST(SyslogMessage, TapeIsNamedIfItIsKnown) {
  const std::string message =
      SyslogMessage(VolumeEvent(7, 6, R"(A"])"), TestBootId().ToString(), TestOrigin());
  EXPECT_NE(message.find(R"( device="0.0.0580" volser="A\"\]" cpu="1" cu_type=)"),
            std::string::npos)
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

TEST(SyslogMessage, ControlCharactersOfUtf8AreShownToo) {
  EXPECT_EQ(EscapeControl("a\u0085b\u009bc\u00a0"), "a#302#205b#302#233c\u00a0");
  EXPECT_EQ(EscapeParam("a\nb"), "a#012b");
}

TEST(SyslogMessage, EveryFieldOfAPayloadIsAParameterOfItsOwn) {
  for (const Event& event : {TapeEvent(1), DeviceEvent(1), TapeErrorEvent(1), VolumeEvent(2, 1),
                             UnitCheckEvent(1), CrwEvent(1)}) {
    const ParsedMessage parsed = Parsed(event);  // and refuses a name that comes twice
    for (const Field& field : FieldsOf(event.payload)) {
      const std::string value = ToString(field.value);
      if (value.empty()) continue;
      ASSERT_TRUE(parsed.params.contains(std::string(field.name))) << field.name;
      EXPECT_EQ(parsed.params.at(std::string(field.name)), value);
    }
  }
  EXPECT_FALSE(Parsed(TextEvent(1)).params.contains("text"));  // it is MSG
}

TEST(SyslogMessage, TimeIsThatOfTheEventAlsoAfterOthers) {
  SyslogEncoder encoder(TestOrigin());
  Event event = TextEvent(1);
  for (const uint64_t time : {kTestTime, kTestTime + 999'999'000, kTestTime}) {
    event.time_ns = time;
    const std::string message = encoder.Encode(event, "boot", 8192);
    EXPECT_EQ(message, SyslogMessage(event, "boot", TestOrigin()));
  }
  event.time_ns = 1'000'000'007'000'001'999;
  EXPECT_EQ(ParseMessage(encoder.Encode(event, "boot", 8192)).value().timestamp,
            "2001-09-09T01:46:47.000001Z");
}

TEST(SyslogMessage, CutTextEndsWithAWholeCharacterAndIsMarked) {
  SyslogEncoder encoder(TestOrigin());
  std::string text;
  while (text.size() < 1000) text += "\u20ac";
  for (size_t limit = 700; limit < 706; ++limit) {
    const std::string message = encoder.Encode(TextEvent(7, text), TestBootId().ToString(), limit);
    EXPECT_TRUE(encoder.Cut());
    EXPECT_LE(message.size(), limit);
    EXPECT_GT(message.size(), limit - 3);
    const ParsedMessage parsed = ParseMessage(message).value();
    EXPECT_EQ(parsed.params.at("sequence"), "7");
    EXPECT_EQ(parsed.params.at("cut"), "yes");
    ASSERT_TRUE(parsed.text.ends_with("\u20ac..."));
    EXPECT_EQ((parsed.text.size() - 3) % 3, 0u);
  }
}

TEST(SyslogMessage, FieldsAreLeftOutBeforeTheTextIsCut) {
  SyslogEncoder encoder(TestOrigin());
  const Event event = TapeErrorEvent(3);
  const std::string whole = encoder.Encode(event, TestBootId().ToString(), 8192);
  ASSERT_FALSE(encoder.Cut());
  const ParsedMessage cut =
      ParseMessage(encoder.Encode(event, TestBootId().ToString(), 640)).value();
  EXPECT_TRUE(encoder.Cut());
  EXPECT_EQ(cut.text, ParseMessage(whole).value().text);
  EXPECT_EQ(cut.params.at("device"), "0.0.0580");
  EXPECT_LT(cut.params.size(), ParseMessage(whole).value().params.size());
}

TEST(SyslogMessage, LongestThatNamesAnEventIsNotAboveTheLeastLimit) {
  SyslogEncoder encoder({23, UINT32_MAX, std::string(300, 'h'), std::string(60, 'a'), "4194304"});
  Event gap = GapEvent(UINT64_MAX - 1, UINT64_MAX);
  gap.cause.cpus.assign(200, 65535);
  Event event = VolumeEvent(UINT64_MAX, 1, R"(\\x00\\x00\\x00\\x00\\x00\\x00)");
  event.inferred = event.truncated = true;
  event.cpu = 65535;
  for (const Event& each : {gap, event, TextEvent(UINT64_MAX, std::string(1024, '\1'))}) {
    const std::string message =
        encoder.Encode(each, TestBootId().ToString(), SyslogEncoder::kMinLimit);
    EXPECT_LE(message.size(), SyslogEncoder::kMinLimit) << message;
    EXPECT_TRUE(ParseMessage(message)) << message;
  }
}

TEST(SyslogMessage, EnterpriseNumberIsInTheElement) {
  SyslogOrigin origin = TestOrigin();
  origin.enterprise_id = 4711;
  EXPECT_EQ(Parsed(TextEvent(1), origin).sd_id, "s390log@4711");
}

}  // namespace
}  // namespace s390log
