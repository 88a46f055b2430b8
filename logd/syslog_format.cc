// SPDX-License-Identifier: MIT
#include "logd/syslog_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "s390log/message.h"
#include "s390log/time_text.h"

namespace s390log {
namespace {

constexpr int kTimeDigits = 6;  // RFC 5424 allows no more
constexpr size_t kMaxHostname = 255;
constexpr size_t kMaxAppName = 48;
constexpr size_t kMaxProcId = 128;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool IsControl(char c) { return (static_cast<unsigned char>(c) < 0x20) || c == 0x7f; }

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void AddParam(std::string& element, std::string_view name, std::string_view value) {
  element += fmt::format(" {}=\"{}\"", name, EscapeParam(value));
}

std::string Element(const Event& event, const std::string& boot_id, const SyslogOrigin& origin) {
  std::string element = fmt::format("[s390log@{}", origin.enterprise_id);
  AddParam(element, "bootId", boot_id);
  AddParam(element, "event", NameOf(event));
  AddParam(element, "match", NameOf(event.match));
  if (event.match == Match::kGap) {
    AddParam(element, "first", std::to_string(event.first.Value()));
    AddParam(element, "last", std::to_string(event.last.Value()));
    AddParam(element, "count", std::to_string(event.Count()));
    AddParam(element, "cause", ToString(event.cause));
    return element + ']';
  }
  AddParam(element, "sequence", std::to_string(event.first.Value()));
  if (event.device) AddParam(element, "device", event.device->ToString());
  if (event.volser) AddParam(element, "volser", *event.volser);
  if (event.cpu) AddParam(element, "cpu", std::to_string(*event.cpu));
  if (event.inferred) AddParam(element, "inferred", "yes");
  if (event.truncated) AddParam(element, "truncated", "yes");
  if (event.match == Match::kPayloadLost) AddParam(element, "cause", ToString(event.cause));
  return element + ']';
}

}  // namespace

std::string EscapeParam(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == ']') escaped += '\\';
    escaped += c;
  }
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
  for (const char c : text) {
    if (IsControl(c)) {
      escaped += fmt::format("#{:03o}", static_cast<unsigned>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string SyslogMessage(const Event& event, const std::string& boot_id,
                          const SyslogOrigin& origin) {
  const CatalogEntry& entry = MessageOf(event);
  const std::string text = EscapeControl(TextOf(event));
  return fmt::format(
      "<{}>1 {} {} {} {} {} {} {}{}", origin.facility * 8 + entry.severity,
      Rfc3339(event.time_ns, kTimeDigits), HeaderField(origin.hostname, kMaxHostname),
      HeaderField(origin.app_name, kMaxAppName), HeaderField(origin.proc_id, kMaxProcId),
      entry.message_id, Element(event, boot_id, origin), IsAscii(text) ? "" : kByteOrderMark, text);
}

}  // namespace s390log
