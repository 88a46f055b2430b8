// SPDX-License-Identifier: MIT
// What each tape drive holds, as the events tell it. It is fed the stream that the sinks get, in
// order, and tells each event of the tape that it is about.
//
// It says nothing that it does not know: after a loss each drive's state is unknown until an event
// tells it anew. What Linux itself knows then (DriveView) is asked for when somebody wants to see
// the table, and is marked as such.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "s390log/event.h"

namespace s390log {

enum class DriveState {
  kUnknown,
  kEmpty,
  kLoaded,
  kOffline,
  kGone,  // detached, or without a path
};

std::string_view NameOf(DriveState state);

// A drive as Linux sees it now.
struct DriveView {
  std::string device;
  std::string type;  // "3490"
  DriveState state = DriveState::kUnknown;
};

class DriveTable {
 public:
  // A drive that is in nobody's hand any more is forgotten when there are so many.
  static constexpr size_t kMaxDrives = 4096;

  // Adds to the event which tape it is about, if that is known.
  void See(Event& event);

  // By device number. Keys as in logctl(1).
  nlohmann::ordered_json ToJson(const std::vector<DriveView>& views) const;

 private:
  struct Drive {
    uint16_t type = 0;
    DriveState state = DriveState::kUnknown;
    std::optional<uint64_t> since_ns;  // of that state
    uint64_t load = 0;                 // number of the event that told of the tape in it
    std::optional<VolumePayload> volume;
    std::string access;
    uint64_t mounts = 0;
    uint64_t errors = 0;
    std::optional<std::string> last_volser;
  };

  void Apply(const Event& event, Drive& drive);
  void Load(const Event& event, Drive& drive);
  void Leave(const Event& event, Drive& drive, DriveState state);
  Drive* Find(const Event& event);
  void ForgetAll();
  static nlohmann::ordered_json DriveJson(const std::string& device, const Drive& drive,
                                          const DriveView* view);

  std::map<std::string, Drive> drives_;
};

}  // namespace s390log
