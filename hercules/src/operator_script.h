// SPDX-License-Identifier: MIT
// The operator's script on two drives, 0580 and 0581: what is done, what must be seen of it, and
// whether the books balance. `make run` plays it, and so does a test.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "hercules/src/event.h"
#include "hercules/src/lab.h"

namespace lab {

struct Balance {
  uint64_t emitted = 0;
  uint64_t delivered = 0;
  uint64_t lost = 0;
  uint64_t received = 0;  // distinct events in rsyslogd's file

  bool Agrees() const { return lost == 0 && emitted == delivered && emitted == received; }
  std::string Line() const;
};

class OperatorScript {
 public:
  using Print = std::function<void(const std::string&)>;

  OperatorScript(Lab& lab, Print print);

  // Plays all steps; returns what was not as it should be, one sentence each.
  std::vector<std::string> Play();
  // The books, once nothing is under way any more.
  Balance CloseBooks();

 private:
  // An event that a command must bring, exactly once.
  struct Expected {
    std::string device;
    std::string message_id;
    std::string text = {};  // how it begins
  };

  void Step(const std::string& title);
  void MountOn(const std::string& drive, const std::string& volume, bool read_only,
               std::vector<Expected> expected);
  void MountMissing(const std::string& drive);
  // Does something as the operator, and watches what comes of it.
  void Do(const std::string& command, const std::string& drive, const std::function<void()>& act,
          const std::vector<Expected>& expected);
  void Watch(std::vector<Expected> expected, const std::string& command);
  void Take(const Event& event, std::vector<Expected>& expected, const std::string& command,
            milliseconds after);
  void WriteAndRead(const std::string& drive);
  void WriteInVain(const std::string& drive);
  void SetOnline(const std::string& drive);
  std::string Holding(const std::string& drive);
  void Fault(const std::string& what);

  Lab& lab_;
  Print print_;
  EventFeed feed_;
  bool volumes_;
  std::vector<std::string> faults_;
};

}  // namespace lab
