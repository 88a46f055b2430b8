// SPDX-License-Identifier: MIT
#include "s390log/payload.h"

#include <fmt/format.h>
#include <linux/s390_log.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace s390log {
namespace {

constexpr size_t kTapeSize = 0x28;
constexpr size_t kCcwdevSize = 0x10;
static_assert(kTapeSize == sizeof(s390_log_tape));
static_assert(kCcwdevSize == sizeof(s390_log_ccwdev));

Payload DecodeTape(const Record& record) {
  if (record.payload.size() < kTapeSize) return UnknownPayload{record.payload.size()};
  const Decoder decoder(record.payload, record.order);
  TapePayload tape;
  tape.cu_type = decoder.U16(0x00);
  tape.dev_type = decoder.U16(0x02);
  tape.cu_model = decoder.U8(0x04);
  tape.dev_model = decoder.U8(0x05);
  tape.origin = decoder.U8(0x06);
  tape.flags = decoder.U8(0x07);
  for (size_t i = 0; i < tape.sense.size(); ++i) tape.sense[i] = decoder.U8(0x08 + i);
  return tape;
}

Payload DecodeCcwdev(const Record& record) {
  if (record.payload.size() < kCcwdevSize) return UnknownPayload{record.payload.size()};
  const Decoder decoder(record.payload, record.order);
  CcwdevPayload device;
  device.cu_type = decoder.U16(0x00);
  device.dev_type = decoder.U16(0x02);
  device.cu_model = decoder.U8(0x04);
  device.dev_model = decoder.U8(0x05);
  device.flags = decoder.U8(0x06);
  device.subch_ssid = decoder.U8(0x07);
  device.subch_no = decoder.U16(0x08);
  return device;
}

// The JSON library knows how to replace what is not UTF-8.
std::string ValidUtf8(std::string text) {
  const auto ascii = [](unsigned char c) { return c < 0x80; };
  if (std::all_of(text.begin(), text.end(), ascii)) return text;
  const nlohmann::json raw(text);
  const std::string dumped = raw.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(dumped).get<std::string>();
}

Payload DecodeText(const Record& record) {
  const auto* first = reinterpret_cast<const char*>(record.payload.data());
  return TextPayload{ValidUtf8(std::string(first, record.payload.size()))};
}

std::string_view OriginName(uint8_t origin) {
  switch (origin) {
    case S390_LOG_ORIGIN_READY:
      return "ready";
    case S390_LOG_ORIGIN_END:
      return "device_end";
    case S390_LOG_ORIGIN_SENSE:
      return "sense";
    case S390_LOG_ORIGIN_DRIVER:
      return "driver";
  }
  return "unknown";
}

std::string Hex4(uint16_t value) { return fmt::format("{:04x}", value); }
std::string Hex2(uint8_t value) { return fmt::format("{:02x}", value); }

std::string_view Access(const TapePayload& tape) {
  if ((tape.flags & S390_LOG_TAPE_SENSED) == 0) return "write protection not known";
  return (tape.flags & S390_LOG_TAPE_WRITE_PROTECTED) != 0 ? "read-only" : "read-write";
}

struct FieldLister {
  std::vector<Field> operator()(std::monostate) const { return {}; }

  std::vector<Field> operator()(const TapePayload& tape) const {
    std::string sense;
    const bool sensed = (tape.flags & S390_LOG_TAPE_SENSED) != 0;
    for (uint8_t byte : tape.sense) sense += sensed ? Hex2(byte) : "";
    return {{"cu_type", Hex4(tape.cu_type)},
            {"dev_type", Hex4(tape.dev_type)},
            {"cu_model", Hex2(tape.cu_model)},
            {"dev_model", Hex2(tape.dev_model)},
            {"origin", std::string(OriginName(tape.origin))},
            {"access", std::string(Access(tape))},
            {"sense", sense}};
  }

  std::vector<Field> operator()(const CcwdevPayload& device) const {
    return {{"cu_type", Hex4(device.cu_type)},
            {"dev_type", Hex4(device.dev_type)},
            {"cu_model", Hex2(device.cu_model)},
            {"dev_model", Hex2(device.dev_model)},
            {"online", (device.flags & S390_LOG_CCWDEV_ONLINE) != 0},
            {"subchannel", fmt::format("0.{:x}.{:04x}", device.subch_ssid, device.subch_no)}};
  }

  std::vector<Field> operator()(const TextPayload& text) const { return {{"text", text.text}}; }

  std::vector<Field> operator()(const UnknownPayload& unknown) const {
    return {{"length", uint64_t{unknown.length}}};
  }
};

}  // namespace

Payload DecodePayload(const Record& record) {
  switch (record.event) {
    case KEVENT_S390_TAPE_LOADED:
    case KEVENT_S390_TAPE_UNLOADED:
      return DecodeTape(record);
    case KEVENT_S390_DEVICE_ADDED:
    case KEVENT_S390_DEVICE_REMOVED:
      return DecodeCcwdev(record);
    case KEVENT_S390_TEXT:
      return DecodeText(record);
    default:
      return UnknownPayload{record.payload.size()};
  }
}

std::vector<Field> FieldsOf(const Payload& payload) { return std::visit(FieldLister(), payload); }

std::string ToString(const FieldValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const uint64_t* number = std::get_if<uint64_t>(&value)) return std::to_string(*number);
  return std::get<std::string>(value);
}

}  // namespace s390log
