// SPDX-License-Identifier: MIT
// Bytes that somebody else has chosen (a text, the label of a tape) on their way to everything that
// shows them: they forge no line, no field and no command to a terminal.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "logd/journal_format.h"
#include "logd/json_format.h"
#include "logd/replay_format.h"
#include "logd/syslog_format.h"
#include "s390log/volume_label.h"
#include "tests/host/fake_channel.h"
#include "tests/host/syslog_parser.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

constexpr int kRounds = 3000;
constexpr size_t kSyslogLimit = 8192;

// Of what is special somewhere, more than chance would bring.
std::string HostileBytes(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"\n",
                                                   "\r\n",
                                                   "\033[2J",
                                                   "\xc2\x9b"
                                                   "31m",
                                                   "\"",
                                                   "\\",
                                                   "]",
                                                   "[x@1 a=\"b\"]",
                                                   "\xff",
                                                   "\xc2",
                                                   "\xe2\x82",
                                                   "\xed\xa0\x80",
                                                   "\x7f",
                                                   "{}",
                                                   "%s%n",
                                                   "<0>1 - - - -",
                                                   "MESSAGE=",
                                                   "\u20ac",
                                                   "plain ",
                                                   "\b\b"};
  std::string text;
  const size_t pieces = random() % 12;
  for (size_t i = 0; i < pieces; ++i) text += kPieces[random() % kPieces.size()];
  if (random() % 3 == 0) text += static_cast<char>(random());
  if (random() % 3 == 0) text += '\0';
  return text;
}

// As it comes from the kernel.
Event TextFromKernel(const std::string& bytes) {
  Outcome outcome{};
  const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
  const std::vector<std::byte> payload(data, data + bytes.size());
  outcome.match = Match::kComplete;
  outcome.first = outcome.last = SequenceNumber(7);
  outcome.event = outcome.record.event = KEVENT_S390_TEXT;
  outcome.record.sequence = outcome.first;
  outcome.record.time_ns = kTestTime;
  outcome.record.payload = payload;
  return MakeEvent(outcome, 0);
}

bool IsControlFree(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool wide =
        c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c < 0x20 || c == 0x7f || wide) return false;
  }
  return true;
}

class HostileText : public testing::Test {
 protected:
  void Each(const std::function<void(const Event&, const std::string&)>& check) {
    std::mt19937 random(390);
    for (int i = 0; i < kRounds && !HasFailure(); ++i) {
      const std::string bytes = HostileBytes(random);
      SCOPED_TRACE(
          nlohmann::json(bytes).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
      check(TextFromKernel(bytes), bytes);
    }
  }

  const std::string boot_ = TestBootId().ToString();
};

TEST_F(HostileText, ForgesNothingInSyslog) {
  SyslogEncoder encoder({});
  Each([&](const Event& event, const std::string&) {
    const std::string message = encoder.Encode(event, boot_, kSyslogLimit);
    EXPECT_TRUE(IsControlFree(message));
    const auto parsed = ParseMessage(message);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->msg_id, "LOG001I");
    EXPECT_EQ(parsed->params.at("sequence"), "7");
    EXPECT_EQ(parsed->params.at("bootId"), boot_);
  });
}

TEST_F(HostileText, IsOneLineOfJsonWithAllOfTheText) {
  Each([&](const Event& event, const std::string&) {
    const std::string line = JsonLine(event, boot_);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_TRUE(std::none_of(line.begin(), line.end() - 1,
                             [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json.at("sequence"), 7);
    EXPECT_EQ(json.at("text"), std::get<TextPayload>(event.payload).text);
  });
}

TEST_F(HostileText, CommandsNoTerminal) {
  Each([&](const Event& event, const std::string&) {
    const std::string line = HumanLine(event);
    EXPECT_TRUE(IsControlFree(std::string_view(line).substr(0, line.size() - 1)));
    EXPECT_EQ(line.back(), '\n');
  });
}

// The fields of an entry, as the journal takes it apart.
std::vector<std::string> FieldNames(const std::string& entry) {
  std::vector<std::string> names;
  for (size_t at = 0; at < entry.size() && entry[at] != '\n';) {
    const size_t end = entry.find_first_of("=\n", at);
    names.push_back(entry.substr(at, end - at));
    if (entry[end] == '=') {
      at = entry.find('\n', end) + 1;
      continue;
    }
    uint64_t length = 0;
    for (int i = 7; i >= 0; --i) {
      length = length << 8 | static_cast<unsigned char>(entry[end + 1 + static_cast<size_t>(i)]);
    }
    at = end + 9 + length + 1;
  }
  return names;
}

TEST_F(HostileText, ForgesNoFieldInTheJournal) {
  std::string plain;
  AppendJournalEntry(plain, TextFromKernel("plain"), boot_, {});
  const std::vector<std::string> expected = FieldNames(plain);
  Each([&](const Event& event, const std::string&) {
    std::string entry;
    AppendJournalEntry(entry, event, boot_, {});
    EXPECT_EQ(FieldNames(entry), expected);
  });
}

// Whoever writes a tape writes its label.
TEST_F(HostileText, OfALabelIsPrintableInAllOfThem) {
  std::mt19937 random(1);
  SyslogEncoder encoder({});
  for (int i = 0; i < kRounds && !HasFailure(); ++i) {
    std::vector<std::byte> block(80);
    for (std::byte& byte : block) byte = static_cast<std::byte>(random());
    const std::string_view kMark = i % 2 == 0 ? "VOL1" : "\xe5\xd6\xd3\xf1";
    for (size_t at = 0; at < kMark.size(); ++at) block[at] = static_cast<std::byte>(kMark[at]);
    Event event = TapeEvent(7);
    event.volser = ParseVolumeLabel(block).volser;
    EXPECT_TRUE(IsControlFree(HumanLine(event).substr(0, HumanLine(event).size() - 1)));
    EXPECT_TRUE(ParseMessage(encoder.Encode(event, boot_, kSyslogLimit)));
    EXPECT_EQ(nlohmann::json::parse(JsonLine(event, boot_)).at("volser"), *event.volser);
  }
}

}  // namespace
}  // namespace s390log
