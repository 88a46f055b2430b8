// SPDX-License-Identifier: MIT
// The soak: a random operator, random load and random faults for as long as it is told, and then
// the books.
//
// Its decisions come from a seed alone; what they meet in the guest is a matter of time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hercules/src/event.h"
#include "tests/soak/books.h"
#include "tests/soak/fault.h"
#include "tests/soak/growth.h"
#include "tests/soak/site.h"

namespace lab {

struct SoakOptions {
  MachineKind machine = MachineKind::kQemu;
  std::string kernel = "6.1";
  seconds duration{60};
  uint64_t seed = 1;
};

// The guest that a soak needs.
GuestSpec SoakGuest(const SoakOptions& options);

class Soak {
 public:
  using Print = std::function<void(const std::string&)>;

  // `lab` is one of SoakGuest(), and outlives this.
  Soak(Lab& lab, const SoakOptions& options, Print print);

  // Returns what was not as it should be, one sentence each.
  std::vector<std::string> Run();

 private:
  struct Lasting {
    Fault* fault;
    Deadline until;
  };

  void Turn();
  void EndFaults(bool all);
  void BeginFault();
  bool Lasts(const Fault& fault) const;
  bool LogdIsHeld() const;
  void ChangeLoad();
  void ChangeMode();
  void Operate();
  void Reload();
  void OpenEpoch();
  void CloseEpoch();
  void Receive();
  void TellMinute();
  std::string BooksLine();
  void MeasureGuest();
  void Finish();
  void CheckBooks();
  void Did(const std::string& what) { ++done_[what]; }

  SoakOptions options_;
  Print print_;
  Random random_;
  Site site_;
  EventFeed feed_;
  std::vector<std::unique_ptr<Fault>> faults_;
  std::vector<Lasting> lasting_;
  std::map<std::string, bool> mounted_;
  Books books_;
  bool overwrote_ = false;
  uint64_t emitted_before_ = 0;  // in the epochs that are closed
  int minute_ = 0;
  seconds longest_answer_{0};
  std::map<std::string, int> done_;  // since the last line
  std::map<std::string, int> done_in_all_;
  Growth memory_;
  Growth descriptors_;
  Growth threads_;
  Growth slab_;
  Growth channel_;
  std::vector<std::string> failures_;
};

}  // namespace lab
