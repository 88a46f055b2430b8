// SPDX-License-Identifier: MIT
#include "logd/replay_format.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "logd/syslog_format.h"
#include "s390log/message.h"
#include "s390log/time_text.h"

namespace s390log {
namespace {

constexpr int kTimeDigits = 6;
using Json = nlohmann::ordered_json;

}  // namespace

std::string HumanLine(const Event& event) {
  return fmt::format("{} {:>10}  {:<8}  {:<8}  {}\n", Rfc3339(event.time_ns, kTimeDigits),
                     event.first.Value(), event.device ? event.device->ToString() : "-",
                     MessageOf(event).message_id, EscapeControl(TextOf(event)));
}

std::string HumanLine(const CaptureFault& fault) {
  return fmt::format("unreadable: {}\n", EscapeControl(ToString(fault)));
}

// A file's name can be any bytes.
std::string JsonLine(const CaptureFault& fault) {
  Json line;
  line["event"] = "unreadable";
  line["file"] = fault.file;
  line["offset"] = fault.offset;
  line["skipped"] = fault.skipped;
  line["text"] = ToString(fault);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace s390log
