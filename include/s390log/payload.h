// SPDX-License-Identifier: MIT
// The payloads of records, decoded into values of their own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "s390log/record.h"
#include "s390log/volume_label.h"

namespace s390log {

// KEVENT_S390_TAPE_LOADED and _UNLOADED
struct TapePayload {
  uint16_t cu_type;
  uint16_t dev_type;
  uint8_t cu_model;
  uint8_t dev_model;
  uint8_t origin;
  uint8_t flags;
  std::array<uint8_t, 32> sense;
};

// KEVENT_S390_TAPE_IO_ERROR and what else an operation on a drive can come to
struct TapeErrorPayload {
  uint16_t cu_type;
  uint16_t dev_type;
  uint8_t cu_model;
  uint8_t dev_model;
  uint8_t command;
  uint8_t flags;
  uint8_t unit_status;
  uint8_t channel_status;
  uint8_t erpa;
  uint8_t retries;
  std::array<uint8_t, 32> sense;
};

// KEVENT_S390_TAPE_VOLUME: how a tape that was loaded begins
struct VolumePayload {
  uint16_t cu_type;
  uint16_t dev_type;
  uint8_t cu_model;
  uint8_t dev_model;
  uint8_t outcome;
  uint8_t flags;
  uint64_t load;  // number of the event that told of the load
  uint16_t length;
  VolumeLabel label;
  std::array<uint8_t, 32> sense;

  // That it has a label, or has none; otherwise it is not known what it is.
  bool Identified() const;
  bool Labelled() const { return label.type != LabelType::kNone; }
};

// KEVENT_S390_CRW: a channel report word
struct CrwPayload {
  uint8_t flags;
  uint8_t source;
  uint8_t recovery;
  uint16_t source_id;
};

// KEVENT_S390_DEVICE_*, but for the next
struct CcwdevPayload {
  uint16_t cu_type;
  uint16_t dev_type;
  uint8_t cu_model;
  uint8_t dev_model;
  uint8_t flags;
  uint8_t subch_ssid;
  uint16_t subch_no;
};

// KEVENT_S390_DEVICE_UNIT_CHECK
struct UnitCheckPayload {
  uint16_t cu_type;
  uint16_t dev_type;
  uint8_t cu_model;
  uint8_t dev_model;
  uint8_t command;
  uint8_t flags;
  uint8_t unit_status;
  uint8_t channel_status;
  uint8_t sense_length;  // at most that of sense
  uint32_t suppressed;
  std::array<uint8_t, 32> sense;
};

// KEVENT_S390_TEXT: valid UTF-8; what was not is replaced by U+FFFD.
struct TextPayload {
  std::string text;
};

// An event, or a payload, that is newer than this program or malformed.
struct UnknownPayload {
  size_t length;
};

using Payload =
    std::variant<std::monostate, TapePayload, TapeErrorPayload, VolumePayload, CrwPayload,
                 CcwdevPayload, UnitCheckPayload, TextPayload, UnknownPayload>;

// A longer payload than we know is taken, and its end ignored: structs grow at their end.
Payload DecodePayload(const Record& record);

// A payload as named values, for texts, JSON and structured data alike.
using FieldValue = std::variant<bool, uint64_t, std::string>;
struct Field {
  std::string_view name;
  FieldValue value;
};
std::vector<Field> FieldsOf(const Payload& payload);
std::string ToString(const FieldValue& value);

}  // namespace s390log
