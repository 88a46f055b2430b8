// SPDX-License-Identifier: MIT
// Hercules: its configuration, and its operator.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hercules/src/layout.h"
#include "hercules/src/loop.h"
#include "hercules/src/machine.h"
#include "hercules/src/spec.h"

namespace lab {

// Writes the files that Hercules reads at its start into the lab's state directory.
MachinePlan PlanHercules(const GuestSpec& spec, const Layout& layout);

// What a drive holds, as Hercules says it.
struct DriveState {
  std::string type;  // "3490"
  std::string file;  // "*" when empty
  bool read_only = false;
  bool empty() const { return file == "*"; }
};

// Commands of Hercules's panel and what they reply. A reply with an error message (HHCxxnnnE)
// throws LabError kRefused with that message.
class Operator {
 public:
  Operator(Loop& loop, Machine& machine) : loop_(loop), machine_(machine) {}

  std::vector<std::string> Command(const std::string& command);

  // Starts the guest.
  void Ipl(const GuestSpec& spec);
  void Mount(const std::string& drive, const std::string& file, bool read_only);
  void Unmount(const std::string& drive);
  void Attach(const std::string& drive, const std::string& type);
  void Detach(const std::string& drive);
  // Empty if there is no such device.
  std::optional<DriveState> State(const std::string& drive);

 private:
  // The same, and again while the machine is busy.
  void Insist(const std::string& command);
  std::vector<std::string> Collect(const std::string& command);

  Loop& loop_;
  Machine& machine_;
  int commands_ = 0;
};

}  // namespace lab
