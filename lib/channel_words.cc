// SPDX-License-Identifier: MIT
#include "s390log/channel_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace s390log {
namespace {

struct Name {
  uint8_t code;
  std::string_view name;
};

constexpr Name kCommands[] = {{0x01, "write"},
                              {0x02, "read"},
                              {0x03, "no-operation"},
                              {0x04, "sense"},
                              {0x07, "rewind"},
                              {0x0c, "read backward"},
                              {0x0f, "rewind and unload"},
                              {0x12, "read buffer"},
                              {0x17, "erase gap"},
                              {0x1f, "write tape mark"},
                              {0x22, "read block id"},
                              {0x24, "read buffered log"},
                              {0x27, "backspace block"},
                              {0x2f, "backspace file"},
                              {0x34, "sense path group id"},
                              {0x37, "forward space block"},
                              {0x3e, "read subsystem data"},
                              {0x3f, "forward space file"},
                              {0x43, "synchronize"},
                              {0x4e, "read message id"},
                              {0x4f, "locate block"},
                              {0x5b, "suspend multipath reconnection"},
                              {0x64, "read device characteristics"},
                              {0x73, "set interface identifier"},
                              {0x77, "perform subsystem function"},
                              {0x97, "data security erase"},
                              {0x9f, "load display"},
                              {0xaf, "set path group id"},
                              {0xb7, "assign"},
                              {0xc3, "set tape-write-immediate"},
                              {0xc7, "unassign"},
                              {0xdb, "mode set"},
                              {0xe3, "control access"},
                              {0xe4, "sense id"},
                              {0xfa, "read configuration data"}};

constexpr std::array<std::string_view, 8> kUnitStatus = {
    "attention",   "status modifier", "control unit end", "busy",
    "channel end", "device end",      "unit check",       "unit exception"};

constexpr std::array<std::string_view, 8> kChannelStatus = {"program-controlled interruption",
                                                            "incorrect length",
                                                            "program check",
                                                            "protection check",
                                                            "channel data check",
                                                            "channel control check",
                                                            "interface control check",
                                                            "chaining check"};

// What sense byte 0 means to devices of each kind; the last two bits are the device's own.
constexpr std::array<std::string_view, 8> kBasicSense = {"command reject",
                                                         "intervention required",
                                                         "bus-out check",
                                                         "equipment check",
                                                         "data check",
                                                         "overrun",
                                                         "device-dependent bit 6",
                                                         "device-dependent bit 7"};

constexpr Name kReportSources[] = {{0x2, "monitoring facility"},
                                   {0x3, "subchannel"},
                                   {0x4, "channel path"},
                                   {0x9, "configuration-alert facility"},
                                   {0xb, "channel subsystem"}};

constexpr Name kRecoveryCodes[] = {{0x00, "event information pending"},
                                   {0x01, "available"},
                                   {0x02, "initialized"},
                                   {0x03, "temporary error"},
                                   {0x04, "installed parameters initialized"},
                                   {0x05, "terminal state"},
                                   {0x06, "permanent error, not initialized"},
                                   {0x07, "permanent error, initialized"},
                                   {0x08, "installed parameters modified"}};

std::string NameIn(std::span<const Name> names, uint8_t code, std::string_view otherwise) {
  const auto at =
      std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.code == code; });
  if (at != names.end()) return std::string(at->name);
  return fmt::format("{} {:02x}", otherwise, code);
}

// names[0] is that of the highest bit.
std::string BitNames(const std::array<std::string_view, 8>& names, uint8_t bits) {
  std::string words;
  for (size_t i = 0; i < names.size(); ++i) {
    if ((bits & 0x80U >> i) == 0) continue;
    if (!words.empty()) words += ", ";
    words += names[i];
  }
  return words;
}

}  // namespace

std::string CommandName(uint8_t command) {
  // A drive takes it from no program; the driver says so when it does not know.
  if (command == 0) return "an operation";
  return NameIn(kCommands, command, "command");
}

std::string UnitStatusWords(uint8_t status) { return BitNames(kUnitStatus, status); }
std::string ChannelStatusWords(uint8_t status) { return BitNames(kChannelStatus, status); }

std::string BasicSenseWords(uint8_t sense) { return BitNames(kBasicSense, sense); }

std::string ReportSourceName(uint8_t source) {
  return NameIn(kReportSources, source, "reporting source");
}

std::string RecoveryCodeName(uint8_t recovery) {
  return NameIn(kRecoveryCodes, recovery, "recovery code");
}

}  // namespace s390log
