// SPDX-License-Identifier: MIT
// Which events are for a sink. The store has all of them.
//
// A gap is for every sink: nobody knows what was lost. So is, whatever the device is, an event
// whose payload and with it the device is lost.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "logd/device_pattern.h"
#include "s390log/catalog.h"
#include "s390log/event.h"

namespace s390log {

// As configured. Each that is set must hold.
struct SelectionConfig {
  int severity = 7;                       // this one, or worse (a lower number)
  std::vector<std::string> events = {};   // message ids, names, or patterns of them; empty: all
  std::vector<std::string> devices = {};  // as of DevicePattern; empty: all
  uint32_t max_per_second = 0;            // 0: no limit
  uint32_t burst = 0;  // at once, before the limit holds; 0: as many as in a second

  bool operator==(const SelectionConfig&) const = default;
  bool TakesAll() const { return *this == SelectionConfig(); }
};

class Selection {
 public:
  // The patterns are good, as IsEventPattern() and DevicePattern::Parse() say.
  explicit Selection(const SelectionConfig& config);

  bool Wants(const Event& event) const;

  // Whether any message has it: "TAP001I", "tape_loaded", "TAP*".
  static bool IsEventPattern(const std::string& text);

 private:
  bool WantsKind(const Event& event, const CatalogEntry& entry) const;
  bool WantsDevice(const Event& event) const;

  int severity_;
  bool all_events_;
  std::set<std::string_view> message_ids_;
  std::vector<DevicePattern> devices_;
};

}  // namespace s390log
