// SPDX-License-Identifier: MIT
#include "tests/host/syslog_parser.h"

#include <regex>

namespace s390log {
namespace {

// PARAM-VALUE from after the opening quote to before the closing one.
std::optional<std::string> ParseValue(const std::string& text, size_t& at) {
  std::string value;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') return value;
    if (c == ']') return std::nullopt;
    if (c == '\\') {
      if (++at == text.size()) return std::nullopt;
      const bool escape = text[at] == '"' || text[at] == '\\' || text[at] == ']';
      if (!escape) value += '\\';
    }
    value += text[at];
  }
  return std::nullopt;
}

bool ParseElement(const std::string& text, size_t& at, ParsedMessage& parsed) {
  if (text.compare(at, 2, "- ") == 0) {
    ++at;
    return true;
  }
  if (text.at(at) != '[') return false;
  const size_t id_end = text.find_first_of(" ]", at);
  if (id_end == std::string::npos) return false;
  parsed.sd_id = text.substr(at + 1, id_end - at - 1);
  at = id_end;
  while (at < text.size() && text[at] == ' ') {
    const size_t equals = text.find("=\"", at);
    if (equals == std::string::npos) return false;
    const std::string name = text.substr(at + 1, equals - at - 1);
    at = equals + 2;
    const auto value = ParseValue(text, at);
    if (!value || name.empty() || name.size() > 32 || parsed.params.contains(name)) return false;
    parsed.params[name] = *value;
    ++at;
  }
  if (at >= text.size() || text[at] != ']') return false;
  ++at;
  return true;
}

}  // namespace

std::optional<ParsedMessage> ParseMessage(const std::string& message) {
  static const std::regex kHeader(
      R"(^<([0-9]{1,3})>1 ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,6}Z) )"
      R"(([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) )");
  std::smatch match;
  if (!std::regex_search(message, match, kHeader)) return std::nullopt;
  ParsedMessage parsed{
      std::stoi(match[1]), match[2], match[3], match[4], match[5], match[6], {}, {}, {}, false};
  if (parsed.priority > 191) return std::nullopt;
  auto at = static_cast<size_t>(match.length(0));
  if (at >= message.size() || !ParseElement(message, at, parsed)) return std::nullopt;
  if (at == message.size()) return parsed;
  if (message[at] != ' ') return std::nullopt;
  parsed.text = message.substr(at + 1);
  parsed.has_mark = parsed.text.starts_with("\xef\xbb\xbf");
  if (parsed.has_mark) parsed.text.erase(0, 3);
  return parsed;
}

std::optional<std::vector<std::string>> TakeFrames(std::string& stream) {
  std::vector<std::string> frames;
  while (true) {
    const size_t space = stream.find(' ');
    if (space == std::string::npos) {
      if (stream.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
      return frames;
    }
    const std::string digits = stream.substr(0, space);
    const bool number = !digits.empty() && digits[0] != '0' && digits.size() <= 6 &&
                        digits.find_first_not_of("0123456789") == std::string::npos;
    if (!number) return std::nullopt;
    const size_t length = std::stoul(digits);
    if (stream.size() - space - 1 < length) return frames;
    frames.push_back(stream.substr(space + 1, length));
    stream.erase(0, space + 1 + length);
  }
}

}  // namespace s390log
