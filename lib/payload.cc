// SPDX-License-Identifier: MIT
#include "s390log/payload.h"

#include <fmt/format.h>
#include <linux/s390_log.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "s390log/channel_words.h"
#include "s390log/tape_sense.h"

namespace s390log {
namespace {

constexpr size_t kTapeSize = 0x28;
constexpr size_t kTapeErrorSize = 0x30;
constexpr size_t kVolumeSize = 0x88;
constexpr size_t kCrwSize = 0x08;
constexpr size_t kCcwdevSize = 0x10;
constexpr size_t kUnitCheckSize = 0x30;
static_assert(kTapeSize == sizeof(s390_log_tape));
static_assert(kTapeErrorSize == sizeof(s390_log_tape_error));
static_assert(kVolumeSize == sizeof(s390_log_volume));
static_assert(kLabelSize == S390_LOG_VOLUME_BLOCK);
static_assert(kCrwSize == sizeof(s390_log_crw));
static_assert(kCcwdevSize == sizeof(s390_log_ccwdev));
static_assert(kUnitCheckSize == sizeof(s390_log_unit_check));

// Bits of the status bytes.
constexpr uint8_t kUnitException = 0x01;
constexpr uint8_t kUnitCheck = 0x02;
constexpr uint8_t kHarmlessChannelStatus = 0xc0;  // incorrect length, program-controlled

// Actors of lib/tape_sense.toml.
constexpr std::string_view kService = "service";
constexpr std::string_view kOperator = "operator";
constexpr std::string_view kNobody = "none";

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

Payload DecodeTapeError(const Record& record) {
  if (record.payload.size() < kTapeErrorSize) return UnknownPayload{record.payload.size()};
  const Decoder decoder(record.payload, record.order);
  TapeErrorPayload error;
  error.cu_type = decoder.U16(0x00);
  error.dev_type = decoder.U16(0x02);
  error.cu_model = decoder.U8(0x04);
  error.dev_model = decoder.U8(0x05);
  error.command = decoder.U8(0x06);
  error.flags = decoder.U8(0x07);
  error.unit_status = decoder.U8(0x08);
  error.channel_status = decoder.U8(0x09);
  error.erpa = decoder.U8(0x0a);
  error.retries = decoder.U8(0x0b);
  for (size_t i = 0; i < error.sense.size(); ++i) error.sense[i] = decoder.U8(0x0c + i);
  return error;
}

Payload DecodeVolume(const Record& record) {
  if (record.payload.size() < kVolumeSize) return UnknownPayload{record.payload.size()};
  const Decoder decoder(record.payload, record.order);
  VolumePayload volume;
  volume.cu_type = decoder.U16(0x00);
  volume.dev_type = decoder.U16(0x02);
  volume.cu_model = decoder.U8(0x04);
  volume.dev_model = decoder.U8(0x05);
  volume.outcome = decoder.U8(0x06);
  volume.flags = decoder.U8(0x07);
  volume.load = decoder.U64(0x08);
  volume.length = decoder.U16(0x10);
  if (volume.outcome == S390_LOG_VOLUME_READ && volume.length == kLabelSize) {
    volume.label = ParseVolumeLabel(decoder.Bytes(0x18, kLabelSize));
  }
  for (size_t i = 0; i < volume.sense.size(); ++i) volume.sense[i] = decoder.U8(0x68 + i);
  return volume;
}

Payload DecodeCrw(const Record& record) {
  if (record.payload.size() < kCrwSize) return UnknownPayload{record.payload.size()};
  const Decoder decoder(record.payload, record.order);
  CrwPayload crw;
  crw.flags = decoder.U8(0x00);
  crw.source = decoder.U8(0x01);
  crw.recovery = decoder.U8(0x02);
  crw.source_id = decoder.U16(0x04);
  return crw;
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

Payload DecodeUnitCheck(const Record& record) {
  if (record.payload.size() < kUnitCheckSize) return UnknownPayload{record.payload.size()};
  const Decoder decoder(record.payload, record.order);
  UnitCheckPayload check;
  check.cu_type = decoder.U16(0x00);
  check.dev_type = decoder.U16(0x02);
  check.cu_model = decoder.U8(0x04);
  check.dev_model = decoder.U8(0x05);
  check.command = decoder.U8(0x06);
  check.flags = decoder.U8(0x07);
  check.unit_status = decoder.U8(0x08);
  check.channel_status = decoder.U8(0x09);
  check.sense_length =
      std::min(decoder.U8(0x0a), static_cast<uint8_t>(std::tuple_size_v<decltype(check.sense)>));
  check.suppressed = decoder.U32(0x0c);
  for (size_t i = 0; i < check.sense.size(); ++i) check.sense[i] = decoder.U8(0x10 + i);
  return check;
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

// Without fmt: sense bytes alone are 32 of these in each event.
void PutHex(char* to, uint8_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  to[0] = kDigits[value >> 4];
  to[1] = kDigits[value & 0xf];
}

std::string Hex(std::span<const uint8_t> bytes) {
  std::string hex(2 * bytes.size(), '0');
  for (size_t i = 0; i < bytes.size(); ++i) PutHex(&hex[2 * i], bytes[i]);
  return hex;
}

std::string Hex2(uint8_t value) { return Hex({&value, 1}); }

std::string Hex4(uint16_t value) {
  const std::array<uint8_t, 2> bytes = {static_cast<uint8_t>(value >> 8),
                                        static_cast<uint8_t>(value & 0xff)};
  return Hex(bytes);
}

std::string_view Access(const TapePayload& tape) {
  if ((tape.flags & S390_LOG_TAPE_SENSED) == 0) return "write protection not known";
  return (tape.flags & S390_LOG_TAPE_WRITE_PROTECTED) != 0 ? "read-only" : "read-write";
}

std::string SenseHex(const std::array<uint8_t, 32>& sense, bool valid) {
  return valid ? Hex(sense) : "";
}

// How the operation came out, as a word for programs and as the predicate of a sentence.
struct ErrorOutcome {
  std::string_view word;
  std::string result;
};

ErrorOutcome OutcomeOf(const TapeErrorPayload& error) {
  const auto retries = [&] {
    return error.retries == 1 ? std::string("1 retry") : fmt::format("{} retries", error.retries);
  };
  if ((error.flags & S390_LOG_ERROR_TIMEOUT) != 0) return {"timeout", "got no answer"};
  if ((error.flags & S390_LOG_ERROR_KILLED) != 0) return {"killed", "was given up"};
  if ((error.flags & S390_LOG_ERROR_UNSOLICITED) != 0) {
    return {"unsolicited", "reported without being asked"};
  }
  if ((error.flags & S390_LOG_ERROR_RECOVERED) != 0) {
    return {"recovered", "succeeded after " + retries()};
  }
  if ((error.flags & S390_LOG_ERROR_PERMANENT) == 0) {
    if (error.retries == 0) return {"reported", "was answered with a unit check"};
    return {"retrying", "still fails after " + retries()};
  }
  return {"permanent", error.retries == 0 ? "failed" : "failed after " + retries()};
}

// Without sense bytes the status alone must do.
SenseVerdict VerdictOfStatus(const TapeErrorPayload& error) {
  const uint8_t checks = error.channel_status & ~kHarmlessChannelStatus;
  if ((error.flags & S390_LOG_ERROR_TIMEOUT) != 0) {
    return {"no interrupt came in time", kService, {}};
  }
  if ((error.flags & S390_LOG_ERROR_KILLED) != 0) {
    return {"the channel path that it used cannot be used any more", kService, {}};
  }
  if (checks != 0) return {ChannelStatusWords(checks), kService, {}};
  if ((error.unit_status & kUnitCheck) != 0) {
    return {"unit check, but no sense bytes came", kService, {}};
  }
  if ((error.unit_status & kUnitException) != 0) {
    return {"the mark near the end of the tape is reached", kOperator, {}};
  }
  return {UnitStatusWords(error.unit_status), kNobody, {}};
}

SenseVerdict Judge(const TapeErrorPayload& error) {
  if ((error.flags & S390_LOG_ERROR_SENSED) != 0) return VerdictOf(error.sense);
  SenseVerdict verdict = VerdictOfStatus(error);
  const ActorEntry* actor = FindActor(verdict.actor);
  if (actor != nullptr) verdict.advice = actor->advice;
  return verdict;
}

std::string_view VolumeOutcomeName(uint8_t outcome) {
  switch (outcome) {
    case S390_LOG_VOLUME_READ:
      return "read";
    case S390_LOG_VOLUME_TAPE_MARK:
      return "tape_mark";
    case S390_LOG_VOLUME_BLANK:
      return "blank";
    case S390_LOG_VOLUME_UNREADABLE:
      return "unreadable";
    case S390_LOG_VOLUME_IN_USE:
      return "in_use";
    case S390_LOG_VOLUME_NO_ANSWER:
      return "no_answer";
  }
  return "unknown";
}

bool IsSensed(const VolumePayload& volume) {
  return volume.outcome == S390_LOG_VOLUME_BLANK || volume.outcome == S390_LOG_VOLUME_UNREADABLE;
}

std::string OwnerNote(const VolumeLabel& label) {
  return label.owner.empty() ? "" : ", owner " + label.owner;
}

// Why it is not known what the tape is.
std::string UnidentifiedReason(const VolumePayload& volume) {
  switch (volume.outcome) {
    case S390_LOG_VOLUME_UNREADABLE: {
      const SenseVerdict verdict = VerdictOf(volume.sense);
      return fmt::format("{}; {}", verdict.meaning, verdict.advice);
    }
    case S390_LOG_VOLUME_IN_USE:
      return "it was not at its beginning";
    case S390_LOG_VOLUME_NO_ANSWER:
      return "the drive did not answer";
  }
  return fmt::format("outcome {} is not known to this program", volume.outcome);
}

std::string RewindNote(const VolumePayload& volume) {
  const bool not_rewound = (volume.flags & S390_LOG_VOLUME_NOT_REWOUND) != 0;
  return not_rewound ? "; it could not be rewound, do that before it is used" : "";
}

std::string CommandOf(const TapeErrorPayload& error) {
  const bool unsolicited = (error.flags & S390_LOG_ERROR_UNSOLICITED) != 0;
  return unsolicited ? "the drive" : CommandName(error.command);
}

std::string ReportNotes(uint8_t flags) {
  std::string notes;
  if ((flags & S390_LOG_CRW_SOLICITED) != 0) notes += ", solicited";
  if ((flags & S390_LOG_CRW_CHAINED) != 0) notes += ", continued by the next";
  if ((flags & S390_LOG_CRW_OVERFLOW) != 0) notes += "; reports before it were lost";
  return notes;
}

// "12 before it", of unit checks that no event tells of.
std::string SuppressedNote(const UnitCheckPayload& check) {
  if (check.suppressed == 0) return "";
  return fmt::format("; {} more before it", check.suppressed);
}

std::string Occasion(const UnitCheckPayload& check) {
  if ((check.flags & S390_LOG_UNIT_CHECK_UNSOLICITED) != 0) return "reported by itself";
  if (check.command == 0) return "answered an operation with";
  return fmt::format("answered command {:02x} with", check.command);
}

// Zeroes at the end say nothing.
std::string UnitCheckMeaning(const UnitCheckPayload& check) {
  if ((check.flags & S390_LOG_UNIT_CHECK_SENSED) == 0) return "no sense bytes came";
  size_t length = check.sense_length;
  while (length > 1 && check.sense[length - 1] == 0) --length;
  const std::string hex = Hex({check.sense.data(), length});
  const std::string words = BasicSenseWords(check.sense[0]);
  return fmt::format("{}{}sense {}", words, words.empty() ? "" : ", ", hex);
}

std::string UnitCheckSense(const UnitCheckPayload& check) {
  return Hex({check.sense.data(), check.sense_length});
}

// An initializer list would copy each field once more.
template <typename... Fields>
std::vector<Field> List(Fields&&... fields) {
  std::vector<Field> list;
  list.reserve(sizeof...(fields));
  (list.push_back(std::forward<Fields>(fields)), ...);
  return list;
}

struct FieldLister {
  std::vector<Field> operator()(std::monostate) const { return {}; }

  std::vector<Field> operator()(const TapePayload& tape) const {
    const bool sensed = (tape.flags & S390_LOG_TAPE_SENSED) != 0;
    return List(Field{"cu_type", Hex4(tape.cu_type)}, Field{"dev_type", Hex4(tape.dev_type)},
                Field{"cu_model", Hex2(tape.cu_model)}, Field{"dev_model", Hex2(tape.dev_model)},
                Field{"origin", std::string(OriginName(tape.origin))},
                Field{"access", std::string(Access(tape))},
                Field{"sense", SenseHex(tape.sense, sensed)});
  }

  std::vector<Field> operator()(const TapeErrorPayload& error) const {
    const bool sensed = (error.flags & S390_LOG_ERROR_SENSED) != 0;
    const ErrorOutcome outcome = OutcomeOf(error);
    const SenseVerdict verdict = Judge(error);
    return List(Field{"cu_type", Hex4(error.cu_type)}, Field{"dev_type", Hex4(error.dev_type)},
                Field{"cu_model", Hex2(error.cu_model)}, Field{"dev_model", Hex2(error.dev_model)},
                Field{"command", CommandOf(error)}, Field{"command_code", Hex2(error.command)},
                Field{"outcome", std::string(outcome.word)}, Field{"result", outcome.result},
                Field{"retries", uint64_t{error.retries}}, Field{"meaning", verdict.meaning},
                Field{"actor", std::string(verdict.actor)},
                Field{"advice", std::string(verdict.advice)},
                Field{"erpa", sensed ? Hex2(error.erpa) : ""},
                Field{"unit_status", Hex2(error.unit_status)},
                Field{"unit_status_words", UnitStatusWords(error.unit_status)},
                Field{"channel_status", Hex2(error.channel_status)},
                Field{"channel_status_words", ChannelStatusWords(error.channel_status)},
                Field{"sense", SenseHex(error.sense, sensed)},
                Field{"sense_words", sensed ? SenseWords(error.sense) : ""});
  }

  std::vector<Field> operator()(const VolumePayload& volume) const {
    const VolumeLabel& label = volume.label;
    return List(Field{"cu_type", Hex4(volume.cu_type)}, Field{"dev_type", Hex4(volume.dev_type)},
                Field{"cu_model", Hex2(volume.cu_model)},
                Field{"dev_model", Hex2(volume.dev_model)}, Field{"load", volume.load},
                Field{"outcome", std::string(VolumeOutcomeName(volume.outcome))},
                Field{"label", volume.Identified() ? std::string(NameOf(label.type)) : ""},
                Field{"owner", label.owner}, Field{"owner_note", OwnerNote(label)},
                Field{"content", volume.outcome == S390_LOG_VOLUME_BLANK ? "Blank" : "Unlabelled"},
                Field{"reason", volume.Identified() ? "" : UnidentifiedReason(volume)},
                Field{"rewind_note", RewindNote(volume)},
                Field{"sense", SenseHex(volume.sense, IsSensed(volume))});
  }

  std::vector<Field> operator()(const CrwPayload& crw) const {
    return List(Field{"source", ReportSourceName(crw.source)},
                Field{"source_code", Hex2(crw.source)}, Field{"source_id", Hex4(crw.source_id)},
                Field{"recovery", RecoveryCodeName(crw.recovery)},
                Field{"recovery_code", Hex2(crw.recovery)},
                Field{"solicited", (crw.flags & S390_LOG_CRW_SOLICITED) != 0},
                Field{"overflow", (crw.flags & S390_LOG_CRW_OVERFLOW) != 0},
                Field{"chained", (crw.flags & S390_LOG_CRW_CHAINED) != 0},
                Field{"ancillary", (crw.flags & S390_LOG_CRW_ANCILLARY) != 0},
                Field{"notes", ReportNotes(crw.flags)});
  }

  std::vector<Field> operator()(const CcwdevPayload& device) const {
    return List(
        Field{"cu_type", Hex4(device.cu_type)}, Field{"dev_type", Hex4(device.dev_type)},
        Field{"cu_model", Hex2(device.cu_model)}, Field{"dev_model", Hex2(device.dev_model)},
        Field{"online", (device.flags & S390_LOG_CCWDEV_ONLINE) != 0},
        Field{"subchannel", fmt::format("0.{:x}.{:04x}", device.subch_ssid, device.subch_no)});
  }

  std::vector<Field> operator()(const UnitCheckPayload& check) const {
    return List(
        Field{"cu_type", Hex4(check.cu_type)}, Field{"dev_type", Hex4(check.dev_type)},
        Field{"cu_model", Hex2(check.cu_model)}, Field{"dev_model", Hex2(check.dev_model)},
        Field{"command_code", Hex2(check.command)}, Field{"occasion", Occasion(check)},
        Field{"meaning", UnitCheckMeaning(check)}, Field{"unit_status", Hex2(check.unit_status)},
        Field{"unit_status_words", UnitStatusWords(check.unit_status)},
        Field{"channel_status", Hex2(check.channel_status)},
        Field{"channel_status_words", ChannelStatusWords(check.channel_status)},
        Field{"sense", UnitCheckSense(check)}, Field{"suppressed", uint64_t{check.suppressed}},
        Field{"notes", SuppressedNote(check)});
  }

  std::vector<Field> operator()(const TextPayload& text) const {
    return List(Field{"text", text.text});
  }

  std::vector<Field> operator()(const UnknownPayload& unknown) const {
    return List(Field{"length", uint64_t{unknown.length}});
  }
};

}  // namespace

bool VolumePayload::Identified() const {
  return outcome == S390_LOG_VOLUME_READ || outcome == S390_LOG_VOLUME_TAPE_MARK ||
         outcome == S390_LOG_VOLUME_BLANK;
}

Payload DecodePayload(const Record& record) {
  switch (record.event) {
    case KEVENT_S390_TAPE_LOADED:
    case KEVENT_S390_TAPE_UNLOADED:
      return DecodeTape(record);
    case KEVENT_S390_TAPE_IO_ERROR:
    case KEVENT_S390_TAPE_PROTECTED:
    case KEVENT_S390_TAPE_END:
    case KEVENT_S390_TAPE_UNREADABLE:
    case KEVENT_S390_TAPE_CORRUPT:
    case KEVENT_S390_TAPE_INTERVENTION:
    case KEVENT_S390_TAPE_ASSIGNED:
    case KEVENT_S390_TAPE_ATTENTION:
      return DecodeTapeError(record);
    case KEVENT_S390_TAPE_VOLUME:
      return DecodeVolume(record);
    case KEVENT_S390_CRW:
      return DecodeCrw(record);
    case KEVENT_S390_DEVICE_ADDED:
    case KEVENT_S390_DEVICE_REMOVED:
    case KEVENT_S390_DEVICE_ONLINE:
    case KEVENT_S390_DEVICE_OFFLINE:
    case KEVENT_S390_DEVICE_GONE:
    case KEVENT_S390_DEVICE_NO_PATH:
      return DecodeCcwdev(record);
    case KEVENT_S390_DEVICE_UNIT_CHECK:
      return DecodeUnitCheck(record);
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
