// SPDX-License-Identifier: MIT
#include "logd/json_format.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

}  // namespace
}  // namespace s390log
