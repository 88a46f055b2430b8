// SPDX-License-Identifier: MIT
#include "tests/soak/books.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>

#include "s390log/matcher.h"

namespace lab {

std::string Totals::Line() const {
  return fmt::format("emitted {}, delivered {}, lost {}, in the store {} entries, received {}",
                     emitted, delivered, lost, entries, received);
}

uint64_t Books::Repeated() const {
  uint64_t repeated = 0;
  for (const auto& [key, arrival] : received_) repeated += arrival.times - 1;
  return repeated;
}

void Books::Receive(const EntryKey& key, bool record) {
  Arrival& arrival = received_[key];
  ++arrival.times;
  arrival.record = arrival.record || record;
}

void Books::Receive(const Event& event) {
  const uint64_t first = event.sequence != 0 ? event.sequence : event.gap_first;
  const bool loss = event.message_id == "LOG002W" || event.message_id == "LOG003W";
  if (first != 0) Receive({event.boot_id, first}, !loss);
}

// A logd that could not write its store told of a number, and was killed: the next one may know
// less of it, that it is one of many that were lost. It may lose what was told, too, if the kernel
// has overwritten it since.
bool Books::IsTold(const EntryKey& key, const Arrival& arrival,
                   const std::vector<StoredEntry>& stored) const {
  const auto of_boot = [&](const Epoch& epoch) { return epoch.boot_id == key.first; };
  const auto epoch = std::find_if(epochs_.begin(), epochs_.end(), of_boot);
  if (epoch == epochs_.end() || (arrival.record && !epoch->overwrote)) return false;
  return std::any_of(stored.begin(), stored.end(), [&](const StoredEntry& entry) {
    return entry.gap && entry.boot_id == key.first && entry.first <= key.second &&
           key.second <= entry.last;
  });
}

// Each number once, and in order.
void Books::CheckEpoch(const Epoch& epoch, const std::vector<StoredEntry>& stored, Totals& totals,
                       std::vector<std::string>& faults) const {
  uint64_t next = 1;
  uint64_t lost = 0;
  uint64_t without_record = 0;
  for (const StoredEntry& entry : stored) {
    if (entry.boot_id != epoch.boot_id) continue;
    if (entry.first != next) {
      faults.push_back(fmt::format("store, boot {}: after number {} comes {}", epoch.boot_id,
                                   next - 1, entry.first));
    }
    next = entry.last + 1;
    const uint64_t count = entry.last - entry.first + 1;
    (entry.gap ? lost : totals.delivered) += count;
    if (!entry.record) without_record += count;
  }
  if (next - 1 != epoch.emitted) {
    faults.push_back(fmt::format("store, boot {}: ends with {}, but {} were emitted", epoch.boot_id,
                                 next - 1, epoch.emitted));
  }
  if (epoch.taken != epoch.emitted) {
    faults.push_back(fmt::format("boot {}: {} were emitted, and logd answers for {}", epoch.boot_id,
                                 epoch.emitted, epoch.taken));
  }
  if (epoch.overwrote ? without_record < epoch.dropped : without_record != epoch.dropped) {
    faults.push_back(fmt::format("boot {}: the kernel dropped {} records, the store misses {}",
                                 epoch.boot_id, epoch.dropped, without_record));
  }
  totals.emitted += epoch.emitted;
  totals.lost += lost;
}

void Books::CheckReceiver(const std::vector<StoredEntry>& stored,
                          std::vector<std::string>& faults) const {
  std::set<EntryKey> keys;
  for (const StoredEntry& entry : stored) {
    const EntryKey key{entry.boot_id, entry.first};
    if (!keys.insert(key).second) {
      faults.push_back(
          fmt::format("store: number {} of boot {} is there twice", key.second, key.first));
    }
    if (received_.count(key) == 0) {
      faults.push_back(
          fmt::format("number {} of boot {} is in the store and never came to the "
                      "receiver",
                      key.second, key.first));
    }
  }
  for (const auto& [key, arrival] : received_) {
    if (keys.count(key) != 0 || IsTold(key, arrival, stored)) continue;
    faults.push_back(
        fmt::format("number {} of boot {} came to the receiver and is not in the store", key.second,
                    key.first));
  }
}

std::vector<std::string> Books::Check(const std::vector<StoredEntry>& stored,
                                      Totals& totals) const {
  std::vector<std::string> faults;
  std::set<std::string> known;
  totals = {};
  totals.entries = stored.size();
  totals.received = received_.size();
  for (const Epoch& epoch : epochs_) {
    CheckEpoch(epoch, stored, totals, faults);
    known.insert(epoch.boot_id);
  }
  for (const StoredEntry& entry : stored) {
    if (!known.insert(entry.boot_id).second) continue;
    faults.push_back("store: nobody knows of boot " + entry.boot_id);
  }
  CheckReceiver(stored, faults);
  if (totals.emitted != totals.delivered + totals.lost) {
    faults.push_back("emitted is not delivered and lost: " + totals.Line());
  }
  if (faults.size() > kMaxFaults) {
    const size_t more = faults.size() - kMaxFaults;
    faults.resize(kMaxFaults);
    faults.push_back(fmt::format("and {} more", more));
  }
  return faults;
}

std::vector<StoredEntry> ReadStore(const std::string& path) {
  SQLite::Database database(path);
  SQLite::Statement select(database,
                           "SELECT boot_id, sequence, last, match FROM entry "
                           "JOIN boot ON boot.id = entry.boot ORDER BY entry.id");
  std::vector<StoredEntry> entries;
  while (select.executeStep()) {
    const auto match = static_cast<s390log::Match>(select.getColumn(3).getInt());
    const bool gap = match == s390log::Match::kGap;
    entries.push_back({select.getColumn(0).getString(),
                       static_cast<uint64_t>(select.getColumn(1).getInt64()),
                       static_cast<uint64_t>(select.getColumn(2).getInt64()),
                       !gap && match != s390log::Match::kPayloadLost, gap});
  }
  return entries;
}

}  // namespace lab
