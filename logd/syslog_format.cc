// SPDX-License-Identifier: MIT
#include "logd/syslog_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "s390log/message.h"
#include "s390log/time_text.h"

namespace s390log {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr uint64_t kNsPerMicrosecond = 1000;  // RFC 5424 allows no more than 6 digits
constexpr size_t kMaxHostname = 255;
constexpr size_t kMaxAppName = 48;
constexpr size_t kMaxProcId = 128;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kCutParam = " cut=\"yes\"";
constexpr std::string_view kCutText = "...";
// Of a text that is cut, so much goes before the payload's fields.
constexpr size_t kTextShare = 256;

using Bytes = std::back_insert_iterator<std::string>;

bool IsControl(char c) { return (static_cast<unsigned char>(c) < 0x20) || c == 0x7f; }

// U+0080 to U+009F
bool IsWideControl(std::string_view text, size_t at) {
  return text[at] == '\xc2' && at + 1 < text.size() &&
         static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

void AppendOctal(std::string& out, char c) {
  fmt::format_to(Bytes(out), "#{:03o}", static_cast<unsigned char>(c));
}

// What an element's value, or a text, may hold as it is.
using Plain = std::array<bool, 256>;
constexpr Plain PlainBut(std::string_view special) {
  Plain plain{};
  for (size_t i = 0x20; i < plain.size(); ++i) plain[i] = i != 0x7f && i != 0xc2;
  for (const char c : special) plain[static_cast<unsigned char>(c)] = false;
  return plain;
}
constexpr Plain kPlainText = PlainBut("");
constexpr Plain kPlainValue = PlainBut("\"\\]");

void AppendEscaped(std::string& out, std::string_view text, const Plain& plain) {
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (plain[static_cast<unsigned char>(text[i])]) continue;
    out += text.substr(done, i - done);
    done = i;
    if (IsControl(text[i])) {
      AppendOctal(out, text[i]);
      done = i + 1;
    } else if (IsWideControl(text, i)) {
      AppendOctal(out, text[i]);
      AppendOctal(out, text[++i]);
      done = i + 1;
    } else if (text[i] != '\xc2') {
      out += '\\';
    }
  }
  out += text.substr(done);
}

void AppendParam(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "=\"";
  AppendEscaped(out, value, kPlainValue);
  out += '"';
}

void AppendParam(std::string& out, std::string_view name, uint64_t value) {
  AppendParam(out, name, fmt::format_int(value).c_str());
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// At most `size` bytes of it, and no part of a character.
std::string_view FrontOf(std::string_view text, size_t size) {
  size = std::min(size, text.size());
  while (size > 0 && size < text.size() && (text[size] & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

// What may be left out. A text is MSG.
std::vector<Field> PayloadOf(const Event& event) {
  const bool lost = event.match == Match::kGap || event.match == Match::kPayloadLost;
  if (lost) return {{"cause", ToString(event.cause)}};
  if (std::holds_alternative<TextPayload>(event.payload)) return {};
  return FieldsOf(event.payload);
}

}  // namespace

SyslogEncoder::SyslogEncoder(const SyslogOrigin& origin)
    : facility_(origin.facility),
      middle_(fmt::format(" {} {} {} ", HeaderField(origin.hostname, kMaxHostname),
                          HeaderField(origin.app_name, kMaxAppName),
                          HeaderField(origin.proc_id, kMaxProcId))),
      element_(fmt::format(" [s390log@{}", origin.enterprise_id)) {}

const std::string& SyslogEncoder::Encode(const Event& event, const std::string& boot_id,
                                         size_t limit) {
  const std::string text = EscapeControl(TextOf(event));
  const std::vector<Field> fields = PayloadOf(event);
  message_.clear();
  cut_ = false;
  AppendHeader(event);
  AppendParams(event, boot_id);
  const size_t params_end = message_.size();
  AppendPayload(fields, std::string::npos);
  AppendText(text, std::string::npos);
  if (message_.size() <= limit) return message_;

  // "] " and the mark belong to the text's share.
  message_.resize(params_end);
  message_ += kCutParam;
  cut_ = true;
  const size_t share = std::min(text.size(), kTextShare) + kByteOrderMark.size() + 2;
  const size_t room = limit - std::min(limit, message_.size());
  AppendPayload(fields, room - std::min(room, share));
  AppendText(text, limit - std::min(limit, message_.size()));
  return message_;
}

void SyslogEncoder::AppendTime(uint64_t time_ns) {
  if (time_ns / kNsPerSecond != second_) {
    second_ = time_ns / kNsPerSecond;
    second_text_ = Rfc3339(second_ * kNsPerSecond, 1);
    second_text_.resize(second_text_.size() - 2);  // "0Z"
  }
  message_ += second_text_;
  fmt::format_to(Bytes(message_), "{:06}Z", time_ns % kNsPerSecond / kNsPerMicrosecond);
}

void SyslogEncoder::AppendHeader(const Event& event) {
  const CatalogEntry& entry = MessageOf(event);
  fmt::format_to(Bytes(message_), "<{}>1 ", facility_ * 8 + entry.severity);
  AppendTime(event.time_ns);
  message_ += middle_;
  message_ += entry.message_id;
}

void SyslogEncoder::AppendParams(const Event& event, const std::string& boot_id) {
  std::string& out = message_;
  out += element_;
  AppendParam(out, "bootId", boot_id);
  AppendParam(out, "event", NameOf(event));
  AppendParam(out, "match", NameOf(event.match));
  if (event.match == Match::kGap) {
    AppendParam(out, "first", event.first.Value());
    AppendParam(out, "last", event.last.Value());
    AppendParam(out, "count", event.Count());
  } else {
    AppendParam(out, "sequence", event.first.Value());
  }
  if (event.device) AppendParam(out, "device", event.device->ToString());
  if (event.volser) AppendParam(out, "volser", *event.volser);
  if (event.cpu) AppendParam(out, "cpu", *event.cpu);
  if (event.inferred) AppendParam(out, "inferred", "yes");
  if (event.truncated) AppendParam(out, "truncated", "yes");
}

// Fields that fit, each whole; none that is empty.
void SyslogEncoder::AppendPayload(const std::vector<Field>& fields, size_t room) {
  const size_t begin = message_.size();
  for (const Field& field : fields) {
    const size_t before = message_.size();
    const auto* text = std::get_if<std::string>(&field.value);
    if (text != nullptr && text->empty()) continue;
    AppendParam(message_, field.name, text != nullptr ? *text : ToString(field.value));
    if (message_.size() - begin > room) message_.resize(before);
  }
}

void SyslogEncoder::AppendText(const std::string& text, size_t room) {
  const size_t begin = message_.size();
  message_ += "] ";
  if (!IsAscii(text)) message_ += kByteOrderMark;
  const size_t used = message_.size() - begin;
  if (used + text.size() <= room) {
    message_ += text;
    return;
  }
  const size_t left = room - std::min(room, used + kCutText.size());
  message_ += FrontOf(text, left);
  message_ += kCutText;
}

std::string SyslogMessage(const Event& event, const std::string& boot_id,
                          const SyslogOrigin& origin) {
  return SyslogEncoder(origin).Encode(event, boot_id, std::string::npos);
}

std::string EscapeParam(std::string_view value) {
  std::string escaped;
  AppendEscaped(escaped, value, kPlainValue);
  return escaped;
}

std::string HeaderField(std::string_view value, size_t max) {
  std::string field;
  for (const char c : value) {
    if (c > 0x20 && c < 0x7f && field.size() < max) field += c;
  }
  return field.empty() ? "-" : field;
}

std::string EscapeControl(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  AppendEscaped(escaped, text, kPlainText);
  return escaped;
}

}  // namespace s390log
