// SPDX-License-Identifier: MIT
// One lab, seen from outside: bring it up, be its operator, run things in its guest.
//
//   lab::Lab lab = lab::Lab::Up(spec, lab::Lifetime::kOwned, print);
//   lab.Mount("0580", "VOL001");
//   lab.Run("mt -f /dev/ntibm0 rewind");
//
// Failures are LabError. Not safe for threads.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hercules/src/control.h"
#include "hercules/src/event.h"
#include "hercules/src/layout.h"
#include "hercules/src/process.h"
#include "hercules/src/spec.h"
#include "hercules/src/unique_fd.h"

namespace lab {

enum class Lifetime {
  kOwned,     // ends with the Lab object, or with the process that holds it, however that ends
  kDetached,  // ends by Down()
};

class Lab {
 public:
  using Progress = std::function<void(const std::string&)>;

  static Lab Up(const GuestSpec& spec, Lifetime lifetime, const Progress& progress);
  // A lab that is up.
  static Lab Find(const std::string& name);

  Lab(Lab&&) = default;
  Lab& operator=(Lab&&) = delete;
  ~Lab();

  const Layout& layout() const { return layout_; }

  // The operator. volume is a volser, made on demand, or a file.
  void Mount(const std::string& drive, const std::string& volume, bool read_only = false);
  void Unmount(const std::string& drive);
  void Attach(const std::string& drive, const std::string& type);
  void Detach(const std::string& drive);
  // A command of Hercules's own.
  std::vector<std::string> Panel(const std::string& command);
  // Ends the syslog receiver, or starts it again.
  void Receiver(bool on);
  void TypeOnConsole(const std::string& line);

  // A line for the guest's shell.
  Output Run(const std::string& line, const std::string& input = {},
             milliseconds limit = kCaptureLimit);
  // The same with our own standard input and output; returns its status.
  ExitStatus RunHere(const std::string& line, bool tty = false);

  Json Status();
  // No supervisor, or a guest that has died.
  bool Dead() const;
  EventFeed Events() const { return EventFeed(layout_.SyslogFile()); }
  // What the guest's kernel complained of so far.
  std::vector<std::string> Complaints() const;

  // Stops the services in order and then the lab.
  void Down();
  // Ends the lab at once.
  void Kill();

 private:
  Lab(const Layout& layout, UniqueFd owner) : layout_(layout), owner_(std::move(owner)) {}

  void AwaitEnd();
  // ssh says 255 for a lost connection: then tell why.
  void ExplainLostConnection(ExitStatus status);

  Layout layout_;
  UniqueFd owner_;
};

}  // namespace lab
