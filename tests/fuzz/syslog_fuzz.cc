// SPDX-License-Identifier: MIT
// An event as a syslog message: a strict parser that shares no code with the encoder reads the same
// event from it, whatever is in the event; and a limit is kept.
#include <algorithm>

#include "logd/syslog_format.h"
#include "s390log/message.h"
#include "tests/fuzz/event_input.h"
#include "tests/host/syslog_parser.h"

namespace s390log {
namespace {

constexpr const char* kBootId = "01234567-89ab-cdef-0123-456789abcdef";

ParsedMessage Parse(const std::string& message) {
  const auto parsed = ParseMessage(message);
  Require(parsed.has_value(), "the message is RFC 5424: " + message);
  Require(message.find('\n') == std::string::npos, "it is one line");
  return *parsed;
}

void RequireParam(const ParsedMessage& parsed, const std::string& name, const std::string& value) {
  const auto param = parsed.params.find(name);
  Require(param != parsed.params.end() && param->second == value, name + " is " + value);
}

// What no limit takes away.
void CheckName(const ParsedMessage& parsed, const Event& event, const SyslogOrigin& origin) {
  const CatalogEntry& entry = MessageOf(event);
  Require(parsed.priority == origin.facility * 8 + entry.severity, "the priority");
  Require(parsed.msg_id == entry.message_id, "the message id");
  Require(parsed.sd_id == "s390log@" + std::to_string(origin.enterprise_id), "the element");
  RequireParam(parsed, "bootId", kBootId);
  RequireParam(parsed, "event", std::string(NameOf(event)));
  const bool gap = event.match == Match::kGap;
  RequireParam(parsed, gap ? "first" : "sequence", std::to_string(event.first.Value()));
  if (gap) RequireParam(parsed, "last", std::to_string(event.last.Value()));
  if (event.device) RequireParam(parsed, "device", event.device->ToString());
}

void CheckWhole(const ParsedMessage& parsed, const Event& event) {
  const std::string text = EscapeControl(TextOf(event));
  Require(parsed.text == text, "the text is " + text);
  const bool ascii =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
  Require(parsed.has_mark == !ascii, "a mark before what is not ASCII");
  Require(!parsed.params.contains("cut"), "nothing is cut");
  const bool lost = event.match == Match::kGap || event.match == Match::kPayloadLost;
  if (lost) return RequireParam(parsed, "cause", EscapeControl(ToString(event.cause)));
  if (std::holds_alternative<TextPayload>(event.payload)) return;
  for (const Field& field : FieldsOf(event.payload)) {
    const std::string value = EscapeControl(ToString(field.value));
    if (!value.empty()) RequireParam(parsed, std::string(field.name), value);
  }
}

void CheckCut(const ParsedMessage& parsed, const ParsedMessage& whole) {
  RequireParam(parsed, "cut", "yes");
  for (const auto& [name, value] : parsed.params) {
    if (name != "cut") RequireParam(whole, name, value);
  }
  const bool shortened = parsed.text.ends_with("...");
  const std::string front = parsed.text.substr(0, parsed.text.size() - (shortened ? 3 : 0));
  Require(parsed.text == whole.text || (shortened && whole.text.starts_with(front)),
          "the text is the beginning of the text");
}

}  // namespace
}  // namespace s390log

FUZZ_TARGET(syslog)(s390log::FuzzInput input) {
  using namespace s390log;
  InputReader reader(input);
  const size_t limit = SyslogEncoder::kMinLimit + reader.Take<uint16_t>() % 4096;
  SyslogOrigin origin{reader.Take<uint8_t>() % 24, reader.Take<uint32_t>(), {}, "logd", "1"};
  origin.hostname = reader.Text(reader.Take<uint8_t>());
  const Event event = TakeEvent(reader);

  const ParsedMessage whole = Parse(SyslogMessage(event, kBootId, origin));
  CheckName(whole, event, origin);
  CheckWhole(whole, event);

  SyslogEncoder encoder(origin);
  const std::string& message = encoder.Encode(event, kBootId, limit);
  Require(message.size() <= limit, "the limit of " + std::to_string(limit) + " is kept by " +
                                       std::to_string(message.size()));
  const ParsedMessage parsed = Parse(message);
  CheckName(parsed, event, origin);
  encoder.Cut() ? CheckCut(parsed, whole) : CheckWhole(parsed, event);
}
