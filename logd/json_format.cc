// SPDX-License-Identifier: MIT
#include "logd/json_format.h"

#include "logd/json_writer.h"
#include "s390log/message.h"
#include "s390log/time_text.h"

namespace s390log {
namespace {

constexpr int kTimeDigits = 9;

void PutField(JsonWriter& line, const Field& field) {
  if (const std::string* text = std::get_if<std::string>(&field.value)) {
    line.Text(field.name, *text);
  } else if (const uint64_t* number = std::get_if<uint64_t>(&field.value)) {
    line.Number(field.name, *number);
  } else {
    line.Flag(field.name, std::get<bool>(field.value));
  }
}

void PutGap(JsonWriter& line, const Event& event) {
  const CatalogEntry& entry = MessageOf(event);
  line.Text("time", Rfc3339(event.time_ns, kTimeDigits));
  line.Text("event", NameOf(event));
  line.Number("first", event.first.Value());
  line.Number("last", event.last.Value());
  line.Number("count", event.Count());
  line.Text("cause", ToString(event.cause));
  line.Text("message_id", entry.message_id);
  line.Text("severity", SeverityName(entry.severity));
  line.Text("text", TextOf(event));
}

void PutEvent(JsonWriter& line, const Event& event) {
  const CatalogEntry& entry = MessageOf(event);
  const std::vector<Field> fields = FieldsOf(event.payload);
  line.Number("sequence", event.first.Value());
  line.Text("time", Rfc3339(event.time_ns, kTimeDigits));
  event.device ? line.Text("device", event.device->ToString()) : line.Null("device");
  if (event.volser) line.Text("volser", *event.volser);
  event.cpu ? line.Number("cpu", *event.cpu) : line.Null("cpu");
  line.Text("event", NameOf(event));
  line.Text("message_id", entry.message_id);
  line.Text("severity", SeverityName(entry.severity));
  line.Text("match", NameOf(event.match));
  if (event.inferred) line.Flag("inferred", true);
  if (event.truncated) line.Flag("truncated", true);
  line.TextFrom("text", [&](std::string& text) { AppendText(text, event, entry, fields); });
  line.Object("payload");
  for (const Field& field : fields) PutField(line, field);
  line.End();
}

}  // namespace

void AppendJsonLine(std::string& out, const Event& event, const std::string& boot_id) {
  JsonWriter line(out);
  line.Text("boot_id", boot_id);
  event.match == Match::kGap ? PutGap(line, event) : PutEvent(line, event);
  line.End();
  out += '\n';
}

std::string JsonLine(const Event& event, const std::string& boot_id) {
  std::string line;
  AppendJsonLine(line, event, boot_id);
  return line;
}

}  // namespace s390log
