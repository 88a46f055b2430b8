// SPDX-License-Identifier: MIT
#include "s390log/matcher.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace s390log {
namespace {

constexpr uint32_t kText = 0x80000000;
constexpr uint32_t kLoaded = 1;

class FakeItems : public ItemSource {
 public:
  void AddRecord(uint64_t sequence, uint32_t event = kText) {
    Record record;
    record.sequence = SequenceNumber(sequence);
    record.event = event;
    items_.push_back(record);
  }
  void AddMissing(uint64_t first, uint64_t last) {
    items_.push_back(Missing{SequenceNumber(first), SequenceNumber(last), {}});
  }

  std::optional<Item> Next() override {
    if (items_.empty()) return std::nullopt;
    const Item item = items_.front();
    items_.pop_front();
    return item;
  }

 private:
  std::deque<Item> items_;
};

// "complete 1, gap 2..4"
std::string MatchAll(Matcher& matcher, FakeItems& items) {
  static constexpr const char* kNames[] = {"complete", "coalesced", "payload_lost", "gap"};
  std::string text;
  while (const auto outcome = matcher.Next(items)) {
    if (!text.empty()) text += ", ";
    text += kNames[static_cast<int>(outcome->match)];
    text += " " + std::to_string(outcome->first.Value());
    if (outcome->last != outcome->first) text += ".." + std::to_string(outcome->last.Value());
  }
  return text;
}

void NoteText(Matcher& matcher, uint64_t sequence) {
  matcher.Note({SequenceNumber(sequence), kText});
}

TEST(Matcher, MissingWithoutKeventIsAGap) {
  Matcher matcher;
  FakeItems items;
  items.AddMissing(1, 3);
  EXPECT_EQ(MatchAll(matcher, items), "gap 1..3");
  EXPECT_EQ(matcher.Counts().lost, 3u);
  EXPECT_EQ(matcher.Counts().gaps, 1u);
}

TEST(Matcher, MissingWithKeventIsAnEventWhosePayloadIsLost) {
  Matcher matcher;
  FakeItems items;
  matcher.Note({SequenceNumber(1), kLoaded});
  items.AddMissing(1, 1);
  const auto outcome = matcher.Next(items);
  EXPECT_EQ(outcome->match, Match::kPayloadLost);
  EXPECT_EQ(outcome->event, kLoaded);
}

TEST(Matcher, KeventsSplitAGap) {
  Matcher matcher;
  FakeItems items;
  for (const uint64_t sequence : {7, 3, 1, 10}) NoteText(matcher, sequence);
  items.AddMissing(1, 9);
  items.AddRecord(10);
  EXPECT_EQ(MatchAll(matcher, items),
            "payload_lost 1, gap 2, payload_lost 3, gap 4..6, payload_lost 7, gap 8..9, "
            "complete 10");
  EXPECT_EQ(matcher.Counts().lost, 6u);
  EXPECT_EQ(matcher.Counts().Delivered(), 4u);
}

TEST(Matcher, RecordWithoutKeventIsCoalesced) {
  Matcher matcher;
  FakeItems items;
  items.AddRecord(1);
  EXPECT_EQ(MatchAll(matcher, items), "coalesced 1");
}

TEST(Matcher, KeventBeforeItsRecordIsHeldUntilBothArrive) {
  Matcher matcher;
  FakeItems items;
  NoteText(matcher, 2);
  items.AddRecord(1);
  EXPECT_EQ(MatchAll(matcher, items), "coalesced 1");
  EXPECT_EQ(MatchAll(matcher, items), "");
  items.AddRecord(2);
  EXPECT_EQ(MatchAll(matcher, items), "complete 2");
}

TEST(Matcher, KeventsInAnyOrderMatch) {
  Matcher matcher;
  FakeItems items;
  for (const uint64_t sequence : {3, 1, 2}) NoteText(matcher, sequence);
  for (const uint64_t sequence : {1, 2, 3}) items.AddRecord(sequence);
  EXPECT_EQ(MatchAll(matcher, items), "complete 1, complete 2, complete 3");
}

TEST(Matcher, KeventOfASettledNumberIsCountedAndChangesNothing) {
  Matcher matcher;
  FakeItems items;
  items.AddRecord(1);
  EXPECT_EQ(MatchAll(matcher, items), "coalesced 1");
  NoteText(matcher, 1);
  items.AddRecord(2);
  EXPECT_EQ(MatchAll(matcher, items), "coalesced 2");
  EXPECT_EQ(matcher.Counts().late_notices, 1u);
}

TEST(Matcher, KeventsOfNumbersBeforeOursAreDropped) {
  Matcher matcher;
  FakeItems items;
  NoteText(matcher, 3);
  items.AddRecord(9);
  EXPECT_EQ(MatchAll(matcher, items), "coalesced 9");
  EXPECT_EQ(matcher.Room(), Matcher::kMaxHeld);
}

TEST(Matcher, RepeatedKeventMatchesOnce) {
  Matcher matcher;
  FakeItems items;
  NoteText(matcher, 1);
  NoteText(matcher, 1);
  items.AddRecord(1);
  items.AddRecord(2);
  EXPECT_EQ(MatchAll(matcher, items), "complete 1, coalesced 2");
}

TEST(Matcher, RoomShrinksAndComesBack) {
  Matcher matcher;
  FakeItems items;
  for (uint64_t i = 1; i <= Matcher::kMaxHeld; ++i) NoteText(matcher, i);
  EXPECT_EQ(matcher.Room(), 0u);
  items.AddRecord(1);
  EXPECT_EQ(MatchAll(matcher, items), "complete 1");
  EXPECT_EQ(matcher.Room(), 1u);
}

}  // namespace
}  // namespace s390log
