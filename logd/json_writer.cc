// SPDX-License-Identifier: MIT
#include "logd/json_writer.h"

#include <array>
#include <charconv>
#include <cstring>

namespace s390log {
namespace {

// The high bit of each byte of `word` that is less than `limit` (at most 0x80) itself, or before
// such a one: good for "is there any", which is all that is asked.
constexpr uint64_t kOnes = 0x0101010101010101;
constexpr uint64_t AnyBelow(uint64_t word, uint8_t limit) {
  return (word - kOnes * limit) & ~word & (kOnes << 7);
}

bool NeedsEscape(uint64_t word) {
  return (AnyBelow(word, 0x20) | AnyBelow(word ^ (kOnes * '"'), 1) |
          AnyBelow(word ^ (kOnes * '\\'), 1)) != 0;
}

bool NeedsEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// How many of the first bytes stand for themselves. Eight at a time: most texts are all plain.
size_t PlainLength(std::string_view text) {
  size_t length = 0;
  for (uint64_t word = 0; length + sizeof(word) <= text.size(); length += sizeof(word)) {
    std::memcpy(&word, text.data() + length, sizeof(word));
    if (NeedsEscape(word)) break;
  }
  while (length < text.size() && !NeedsEscape(text[length])) ++length;
  return length;
}

// The letter behind the backslash; 0: there is none.
char ShortEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

}  // namespace

void JsonWriter::Key(std::string_view key) {
  const bool first = out_.back() == '{';
  out_ += first ? "\"" : ",\"";
  out_ += key;
  out_ += "\":";
}

void JsonWriter::Text(std::string_view key, std::string_view value) {
  Key(key);
  out_ += '"';
  Escape(value);
  out_ += '"';
}

void JsonWriter::Escape(std::string_view text) {
  while (true) {
    const size_t plain = PlainLength(text);
    out_.append(text.data(), plain);
    if (plain == text.size()) return;
    const char special = text[plain];
    out_ += '\\';
    if (const char letter = ShortEscape(special)) {
      out_ += letter;
    } else {
      out_ += special < 0x10 ? "u000" : "u001";
      out_ += "0123456789abcdef"[special & 0xf];
    }
    text.remove_prefix(plain + 1);
  }
}

void JsonWriter::EscapeFrom(size_t begin) {
  const size_t plain = begin + PlainLength(std::string_view(out_).substr(begin));
  if (plain == out_.size()) return;
  const std::string rest = out_.substr(plain);
  out_.resize(plain);
  Escape(rest);
}

void JsonWriter::Number(std::string_view key, uint64_t value) {
  Key(key);
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), static_cast<size_t>(end - digits.data()));
}

void JsonWriter::Flag(std::string_view key, bool value) {
  Key(key);
  out_ += value ? "true" : "false";
}

void JsonWriter::Null(std::string_view key) {
  Key(key);
  out_ += "null";
}

void JsonWriter::Object(std::string_view key) {
  Key(key);
  out_ += '{';
}

}  // namespace s390log
