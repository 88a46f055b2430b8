// SPDX-License-Identifier: MIT
// What the channel subsystem says, in words: commands, status bytes, channel reports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace s390log {

// The command code of a tape CCW: "read". "command xx" if it has no name.
std::string CommandName(uint8_t command);

// "channel end, device end, unit check"; empty if no bit is set.
std::string UnitStatusWords(uint8_t status);
std::string ChannelStatusWords(uint8_t status);

// Of sense byte 0 of any device: "intervention required".
std::string BasicSenseWords(uint8_t sense);

// Of a channel report word: "subchannel", "installed parameters initialized".
std::string ReportSourceName(uint8_t source);
std::string RecoveryCodeName(uint8_t recovery);

}  // namespace s390log
