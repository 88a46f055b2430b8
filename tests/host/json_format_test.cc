// SPDX-License-Identifier: MIT
#include "logd/json_format.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "s390log/message.h"
#include "s390log/time_text.h"
#include "tests/host/fake_channel.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

TEST(JsonLine, OfATapeIsExactlyThis) {
  EXPECT_EQ(JsonLine(TapeEvent(12), TestBootId().ToString()),
            R"({"boot_id":"10111213-1415-1617-1819-1a1b1c1d1e1f","sequence":12,)"
            R"("time":"2026-11-23T02:20:01.000000789Z","device":"0.0.0580","cpu":1,)"
            R"("event":"tape_loaded","message_id":"TAP001I","severity":"info",)"
            R"("match":"complete","text":"Tape mounted on drive 0.0.0580 (3490), read-write",)"
            R"("payload":{"cu_type":"3490","dev_type":"3490","cu_model":"10","dev_model":"40",)"
            R"("origin":"device_end","access":"read-write","sense":"00480000000000000000000000)"
            R"(00000000000000000000000000000000000000"}})"
            "\n");
}

TEST(JsonLine, OfAGapIsExactlyThis) {
  EXPECT_EQ(JsonLine(GapEvent(3, 5), TestBootId().ToString()),
            R"({"boot_id":"10111213-1415-1617-1819-1a1b1c1d1e1f",)"
            R"("time":"2026-11-23T02:20:01.000000789Z","event":"gap","first":3,"last":5,)"
            R"("count":3,"cause":"buffer full on CPU 1","message_id":"LOG002W",)"
            R"("severity":"warning",)"
            R"("text":"Events 3 to 5 (3 in number) lost: buffer full on CPU 1"})"
            "\n");
}

TEST(JsonLine, TapeIsNamedIfItIsKnown) {
  Event event = TapeEvent(7, KEVENT_S390_TAPE_UNLOADED);
  const auto json = [&] { return nlohmann::json::parse(JsonLine(event, TestBootId().ToString())); };
  EXPECT_FALSE(json().contains("volser"));
  event.volser = "VOL001";
  EXPECT_EQ(json().at("volser"), "VOL001");
  EXPECT_EQ(json().at("text"), "Tape VOL001 unmounted from drive 0.0.0580 (3490)");
}

TEST(JsonLine, VolumeNamesTheLoadThatItBelongsTo) {
  const auto json = nlohmann::json::parse(JsonLine(VolumeEvent(7, 6), TestBootId().ToString()));
  EXPECT_EQ(json.at("volser"), "VOL001");
  EXPECT_EQ(json.at("payload").at("load"), 6);
  EXPECT_EQ(json.at("payload").at("label"), "SL");
}

TEST(JsonLine, IsOneLineWhateverTheTextHolds) {
  const std::string text = "a\nb\"c\\d\te\x01 \u20ac {}";
  const std::string line = JsonLine(TextEvent(1, text), TestBootId().ToString());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json.at("text"), text);
  EXPECT_EQ(json.at("payload").at("text"), text);
  EXPECT_TRUE(json.at("device").is_null());
}

TEST(JsonLine, OfALostPayloadKeepsTheEventAndHasNoDevice) {
  const auto json = nlohmann::json::parse(JsonLine(PayloadLostEvent(4), TestBootId().ToString()));
  EXPECT_EQ(json.at("event"), "tape_loaded");
  EXPECT_EQ(json.at("match"), "payload_lost");
  EXPECT_TRUE(json.at("device").is_null());
  EXPECT_TRUE(json.at("cpu").is_null());
  EXPECT_TRUE(json.at("payload").empty());
}

TEST(JsonLine, WhatWasInferredIsMarked) {
  Event event = TapeEvent(1);
  event.inferred = true;
  EXPECT_EQ(nlohmann::json::parse(JsonLine(event, TestBootId().ToString())).at("inferred"), true);
  EXPECT_FALSE(
      nlohmann::json::parse(JsonLine(TapeEvent(1), TestBootId().ToString())).contains("inferred"));
}

// The same line, by a library that knows JSON and nothing of ours.
std::string ReferenceLine(const Event& event, const std::string& boot_id) {
  const CatalogEntry& entry = MessageOf(event);
  nlohmann::ordered_json line{{"boot_id", boot_id}};
  if (event.match != Match::kGap) line["sequence"] = event.first.Value();
  line["time"] = Rfc3339(event.time_ns, 9);
  if (event.match == Match::kGap) {
    line["event"] = NameOf(event);
    line["first"] = event.first.Value();
    line["last"] = event.last.Value();
    line["count"] = event.Count();
    line["cause"] = ToString(event.cause);
  } else {
    line["device"] = nullptr;
    if (event.device) line["device"] = event.device->ToString();
    if (event.volser) line["volser"] = *event.volser;
    line["cpu"] = nullptr;
    if (event.cpu) line["cpu"] = *event.cpu;
    line["event"] = NameOf(event);
  }
  line["message_id"] = entry.message_id;
  line["severity"] = SeverityName(entry.severity);
  if (event.match != Match::kGap) line["match"] = NameOf(event.match);
  if (event.inferred) line["inferred"] = true;
  if (event.truncated) line["truncated"] = true;
  line["text"] = TextOf(event);
  if (event.match == Match::kGap) return line.dump() + "\n";
  line["payload"] = nlohmann::ordered_json::object();
  for (const Field& field : FieldsOf(event.payload)) {
    std::visit([&](const auto& value) { line["payload"][std::string(field.name)] = value; },
               field.value);
  }
  return line.dump() + "\n";
}

void ExpectAsReference(const Event& event) {
  const std::string boot = TestBootId().ToString();
  EXPECT_EQ(JsonLine(event, boot), ReferenceLine(event, boot));
}

TEST(JsonLine, OfEachKindIsThatOfALibrary) {
  ExpectAsReference(TextEvent(UINT64_MAX));
  ExpectAsReference(TapeEvent(1));
  ExpectAsReference(TapeErrorEvent(2));
  ExpectAsReference(VolumeEvent(3, 2));
  ExpectAsReference(VolumeEvent(3, 2, ""));
  ExpectAsReference(DeviceEvent(4));
  ExpectAsReference(UnitCheckEvent(5));
  ExpectAsReference(CrwEvent(6));
  ExpectAsReference(PayloadLostEvent(7));
  ExpectAsReference(GapEvent(8, 8));
  ExpectAsReference(GapEvent(9, 100));
  ExpectAsReference(SuppressedEvent(9, 100, 17));
  Event event = TapeEvent(10, KEVENT_S390_TAPE_UNLOADED);
  event.volser = "\\x00\"";
  event.inferred = event.truncated = true;
  event.match = Match::kCoalesced;
  ExpectAsReference(event);
  event.id = 0x800;
  event.payload = UnknownPayload{12};
  ExpectAsReference(event);
}

TEST(JsonLine, OfAnyTextIsThatOfALibrary) {
  for (int c = 0; c < 0x80; ++c) {
    const auto sign = static_cast<char>(c);
    // At each place of the eight that are looked at together, and in what is left of them.
    for (size_t before = 0; before < 18; ++before) {
      ExpectAsReference(TextEvent(1, std::string(before, 'x') + sign));
      ExpectAsReference(TextEvent(1, std::string(before, 'x') + sign + "{and 16 plain ones}"));
    }
  }
  std::mt19937 random(1);
  const std::vector<std::string> pieces = {"\"", "\\",    "\n",     "\x01",   "\x1f",       "\x7f",
                                           "{}", "plain", "\u00e4", "\u20ac", "\U0001f4fc", " "};
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (size_t n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
    ExpectAsReference(TextEvent(1, text));
  }
}

}  // namespace
}  // namespace s390log
