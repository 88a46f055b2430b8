// SPDX-License-Identifier: MIT
// The guest of a soak: modules, logd and load are started and ended here, one by one, so that each
// of them can have its troubles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hercules/src/control.h"
#include "hercules/src/lab.h"
#include "tests/soak/books.h"

namespace lab {

// What the guest emits: bursts of text events with a pause between them.
struct Load {
  int events = 0;  // of a burst
  int words = 1;   // of 8 bytes, in each
  int pause_ms = 100;
};

class Site {
 public:
  // `lab` outlives this.
  Site(Lab& lab, bool tapes) : lab_(lab), tapes_(tapes) {}

  Lab& lab() { return lab_; }
  bool HasTapes() const { return tapes_; }

  // The folder of the store has a file system of its own, of this size.
  static constexpr int kStoreMegabytes = 512;

  void Prepare();
  // s390_log with a random geometry as `parameters` has it, the source of load, and the tapes.
  void LoadModules(const std::string& parameters);
  // Load, tapes and all they bring end; logd drains and ends; then s390_log goes.
  Epoch UnloadModules();

  void StartLogd();
  // In order.
  void EndLogd();
  bool LogdRuns();
  void SignalLogd(const std::string& signal);

  void SetLoad(const Load& load);
  void StopLoad();

  Json ChannelState();
  // Nothing if logd does not answer.
  std::optional<Json> Stats();
  void SetMode(const std::string& mode);
  // Until nothing is buffered, and, if `sinks`, the sinks have taken all.
  void AwaitTaken(bool sinks, seconds limit);

  // Runs a line that has to succeed.
  std::string In(const std::string& line);

 private:
  void StartLoad();
  void StartTapes();
  void StopTapes();

  Lab& lab_;
  bool tapes_;
};

}  // namespace lab
