// SPDX-License-Identifier: MIT
// The books of a soak: what the kernel emitted, by epoch, against what the store has and what came
// to the receiver.
//
// An epoch is one load of s390_log: it has a boot id of its own, and numbers from 1.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hercules/src/event.h"

namespace lab {

// What the kernel said when the epoch ended.
struct Epoch {
  std::string boot_id;
  uint64_t emitted = 0;
  uint64_t taken = 0;      // for how many logd answers
  uint64_t dropped = 0;    // records for which there was no room
  bool overwrote = false;  // in part of it the channel was in overwrite mode
};

// One entry of the store.
struct StoredEntry {
  std::string boot_id;
  uint64_t first = 0;
  uint64_t last = 0;
  bool record = true;  // false: its record was dropped, and only the event is known
  bool gap = false;    // neither
};

struct Totals {
  uint64_t emitted = 0;
  uint64_t delivered = 0;
  uint64_t lost = 0;
  uint64_t entries = 0;
  uint64_t received = 0;  // different entries

  std::string Line() const;
};

// (boot id, first number): what tells entries apart.
using EntryKey = std::pair<std::string, uint64_t>;

class Books {
 public:
  void Close(const Epoch& epoch) { epochs_.push_back(epoch); }
  // `record`: what came has the event's record, and is no notice of a loss.
  void Receive(const EntryKey& key, bool record);
  void Receive(const Event& event);

  const std::vector<Epoch>& Epochs() const { return epochs_; }
  // Different entries.
  uint64_t Received() const { return received_.size(); }
  uint64_t Repeated() const;

  // `stored` in the order of the store. Returns what does not balance, one sentence each, at most
  // kMaxFaults of them; and the totals.
  static constexpr size_t kMaxFaults = 50;
  std::vector<std::string> Check(const std::vector<StoredEntry>& stored, Totals& totals) const;

 private:
  void CheckEpoch(const Epoch& epoch, const std::vector<StoredEntry>& stored, Totals& totals,
                  std::vector<std::string>& faults) const;
  void CheckReceiver(const std::vector<StoredEntry>& stored,
                     std::vector<std::string>& faults) const;

  struct Arrival {
    uint64_t times = 0;
    bool record = false;
  };

  bool IsTold(const EntryKey& key, const Arrival& arrival,
              const std::vector<StoredEntry>& stored) const;

  std::vector<Epoch> epochs_;
  std::map<EntryKey, Arrival> received_;
};

// The entries of a store's file, in its order.
std::vector<StoredEntry> ReadStore(const std::string& path);

}  // namespace lab
