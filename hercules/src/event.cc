// SPDX-License-Identifier: MIT
#include "hercules/src/event.h"

#include <fmt/core.h>
#include <unistd.h>

#include <fstream>
#include <regex>

#include "hercules/src/deadline.h"

namespace lab {

namespace {

constexpr milliseconds kSettleLimit(10'000);
constexpr useconds_t kPollUs = 10'000;

// The value of a parameter in the structured data, with its escapes undone.
std::string Parameter(const std::string& data, const std::string& name) {
  const std::string start = " " + name + "=\"";
  const size_t at = data.find(start);
  std::string value;
  if (at == std::string::npos) return value;
  for (size_t i = at + start.size(); i < data.size() && data[i] != '"'; ++i) {
    if (data[i] == '\\' && i + 1 < data.size()) ++i;
    value += data[i];
  }
  return value;
}

// Where the structured data that begin at `from` end: behind the last element.
size_t EndOfData(const std::string& line, size_t from) {
  if (line.compare(from, 1, "-") == 0) return from + 1;
  bool quoted = false;
  for (size_t i = from; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && line[i] == ']' && line.compare(i + 1, 1, "[") != 0) {
      return i + 1;
    }
  }
  return line.size();
}

std::string WithoutByteOrderMark(const std::string& text) {
  return text.rfind("\xEF\xBB\xBF", 0) == 0 ? text.substr(3) : text;
}

}  // namespace

std::optional<Event> ParseEvent(const std::string& line) {
  // <PRI>1 TIME HOST APP PROCID MSGID
  static const std::regex header(R"(^<\d{1,3}>1 (\S+) \S+ \S+ \S+ (\S+) )");
  std::smatch match;
  if (!std::regex_search(line, match, header)) return std::nullopt;

  Event event;
  event.time = match[1];
  event.message_id = match[2];
  const size_t data_start = static_cast<size_t>(match.length(0));
  const size_t data_end = EndOfData(line, data_start);
  const std::string data = line.substr(data_start, data_end - data_start);
  const std::string sequence = Parameter(data, "sequence");
  if (!sequence.empty()) event.sequence = std::strtoull(sequence.c_str(), nullptr, 10);
  const std::string gap_first = Parameter(data, "first");
  const std::string gap_last = Parameter(data, "last");
  if (!gap_first.empty()) event.gap_first = std::strtoull(gap_first.c_str(), nullptr, 10);
  if (!gap_last.empty()) event.gap_last = std::strtoull(gap_last.c_str(), nullptr, 10);
  event.device = Parameter(data, "device");
  event.boot_id = Parameter(data, "bootId");
  if (data_end + 1 < line.size()) event.text = WithoutByteOrderMark(line.substr(data_end + 1));
  return event;
}

std::string ForTerminal(const Event& event) {
  // "2026-07-01T12:34:56.123456789Z": milliseconds are enough for eyes.
  const std::string clock = event.time.size() >= 23 ? event.time.substr(11, 12) : event.time;
  return fmt::format("{}  {:>5}  {:<8}  {:<8}  {}", clock, event.sequence,
                     event.device.empty() ? "-" : event.device, event.message_id, event.text);
}

std::vector<Event> EventFeed::Read() {
  std::vector<Event> events;
  std::ifstream in(file_, std::ios::binary);
  in.seekg(offset_);
  std::string line;
  // A line without its end is still being written.
  while (std::getline(in, line) && !in.eof()) {
    offset_ += static_cast<std::streamoff>(line.size() + 1);
    if (const std::optional<Event> event = ParseEvent(line)) events.push_back(*event);
  }
  return events;
}

void EventFeed::Settle(milliseconds quiet) {
  const Deadline limit(kSettleLimit);
  for (Deadline silence(quiet); !silence.Passed() && !limit.Passed(); usleep(kPollUs)) {
    if (!Read().empty()) silence = Deadline(quiet);
  }
}

}  // namespace lab
