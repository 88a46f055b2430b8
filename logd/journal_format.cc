// SPDX-License-Identifier: MIT
#include "logd/journal_format.h"

#include <array>
#include <cstdint>

#include "s390log/message.h"
#include "s390log/time_text.h"

namespace s390log {
namespace {

constexpr int kTimeDigits = 9;
// Drawn once, for good; 8 and 9 are the version and the variant.
constexpr std::string_view kIdPrefix = "edc6176ae6f58a68bd";
constexpr size_t kIdDigits = 32;

void PutValue(std::string& out, std::string_view value) {
  if (value.find('\n') == std::string_view::npos) {
    out += '=';
  } else {
    out += '\n';
    for (size_t i = 0; i < 8; ++i)
      out += static_cast<char>(uint64_t{value.size()} >> (8 * i) & 0xff);
  }
  out += value;
  out += '\n';
}

void Put(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  PutValue(out, value);
}

void Put(std::string& out, std::string_view name, uint64_t value) {
  Put(out, name, std::to_string(value));
}

// S390_DEV_TYPE for dev_type.
void PutField(std::string& out, const Field& field) {
  out += "S390_";
  for (const char c : field.name)
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  PutValue(out, ToString(field.value));
}

void PutNumbers(std::string& out, const Event& event) {
  if (event.match == Match::kGap) {
    Put(out, "S390_FIRST", event.first.Value());
    Put(out, "S390_LAST", event.last.Value());
    Put(out, "S390_COUNT", event.Count());
  } else {
    Put(out, "S390_SEQUENCE", event.first.Value());
  }
  const bool lost = event.match == Match::kGap || event.match == Match::kPayloadLost;
  if (lost) Put(out, "S390_CAUSE", ToString(event.cause));
}

}  // namespace

std::string JournalMessageId(std::string_view message_id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(kIdPrefix);
  for (const char c : message_id) {
    id += kDigits[static_cast<unsigned char>(c) >> 4];
    id += kDigits[static_cast<unsigned char>(c) & 0xf];
  }
  id.resize(kIdDigits, '0');
  return id;
}

void AppendJournalEntry(std::string& out, const Event& event, const std::string& boot_id,
                        const JournalOrigin& origin) {
  const CatalogEntry& entry = MessageOf(event);
  const std::vector<Field> fields = FieldsOf(event.payload);
  std::string text;
  AppendText(text, event, entry, fields);
  Put(out, "MESSAGE", text);
  Put(out, "MESSAGE_ID", JournalMessageId(entry.message_id));
  Put(out, "PRIORITY", static_cast<uint64_t>(entry.severity));
  Put(out, "SYSLOG_IDENTIFIER", origin.identifier);
  Put(out, "SYSLOG_FACILITY", static_cast<uint64_t>(origin.facility));
  Put(out, "S390_BOOT_ID", boot_id);
  PutNumbers(out, event);
  Put(out, "S390_TIME", Rfc3339(event.time_ns, kTimeDigits));
  Put(out, "S390_EVENT", NameOf(event));
  Put(out, "S390_MESSAGE_ID", entry.message_id);
  Put(out, "S390_MATCH", NameOf(event.match));
  if (event.device) Put(out, "S390_DEVICE", event.device->ToString());
  if (event.volser) Put(out, "S390_VOLSER", *event.volser);
  if (event.cpu) Put(out, "S390_CPU", *event.cpu);
  if (event.inferred) Put(out, "S390_INFERRED", "yes");
  if (event.truncated) Put(out, "S390_TRUNCATED", "yes");
  for (const Field& field : fields) PutField(out, field);
  out += '\n';
}

}  // namespace s390log
