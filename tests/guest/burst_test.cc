// SPDX-License-Identifier: MIT
// Mounts, unmounts and swaps on eight drives, as fast as Hercules and the drives allow: each
// transition arrives once, in the order of its drive, and none is invented.
//
// A drive gets its next command once Hercules's trace of the channel shows that the guest has asked
// it what the last one brought: what nobody could see is nobody's event. The tapes of a drive are
// write-protected or not as chance has it, so that a load that is missing can be told from the
// next.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "hercules/fixture/ccw_trace.h"
#include "hercules/fixture/guest_test.h"
#include "hercules/src/deadline.h"
#include "hercules/src/process.h"

namespace lab {
namespace {

constexpr int kCommands = 1000;  // $BURST takes its place
constexpr unsigned kSeed = 580;
constexpr int kSwapsIn = 4;  // one of so many commands to a loaded drive is a swap
// The driver takes a second device end within 40 ms for an echo. The rest is for the guest, which
// may be late to take the first.
constexpr milliseconds kEcho(60);
constexpr seconds kSettleLimit(5);
constexpr seconds kStall(15);  // TCP over the emulated channel may lose a segment
constexpr useconds_t kPollUs = 1000;
constexpr char kDone[] = "HHCPN098I";  // Hercules: initialized
constexpr char kBusy[] = "HHCPN096E";  // Hercules: the drive's interruption is still pending

enum class Change { kLoaded, kLoadedProtected, kUnloaded, kOther };

struct Transition {
  Change change;
  std::string what;  // for people: the command, or the event
};

Change ChangeOf(const Event& event) {
  if (event.message_id == "TAP002I") return Change::kUnloaded;
  if (event.message_id != "TAP001I") return Change::kOther;
  return event.text.ends_with("read-only") ? Change::kLoadedProtected : Change::kLoaded;
}

// One drive: what the operator did to it, and whether the guest has seen that.
class Station {
 public:
  Station(const Drive& drive, unsigned seed) : drive_(drive.number), chance_(seed) {}

  const std::string& drive() const { return drive_; }
  const std::vector<Transition>& transitions() const { return transitions_; }
  bool Settled() const { return settled_; }
  bool Late() const { return !settled_ && given_.Passed(); }
  const std::string& command() const { return command_; }
  // For its next command.
  bool Ready() { return settled_ && (!NextIsSwap() || echo_.Passed()); }
  std::string Volume(int tape) const { return fmt::format("BST{}{}", drive_.substr(3), tape); }

  // The next command, the same one until Given().
  const std::string& Next() {
    if (!next_.empty()) return next_;
    next_tape_ = tape_ == 0 ? 1 : chance_() % kSwapsIn == 0 ? 3 - tape_ : 0;
    next_protected_ = next_tape_ != 0 && chance_() % 2 == 0;
    next_ = next_tape_ == 0 ? fmt::format("devinit {} *", drive_)
                            : fmt::format("devinit {} ../tapes/{}.aws{}", drive_,
                                          Volume(next_tape_), next_protected_ ? " ro" : "");
    return next_;
  }

  // Hercules has done it.
  void Given(int number) {
    command_ = fmt::format("command {}: {}", number, next_);
    if (tape_ != 0) transitions_.push_back({Change::kUnloaded, command_});
    if (next_tape_ != 0) {
      transitions_.push_back(
          {next_protected_ ? Change::kLoadedProtected : Change::kLoaded, command_});
    }
    tape_ = next_tape_;
    protected_ = next_protected_;
    next_.clear();
    settled_ = announced_ = false;
    given_ = Deadline(kSettleLimit);
  }

  void See(const TraceEntry& entry) {
    if (entry.kind == TraceEntry::Kind::kDeviceEnd) {
      announced_ = true;
      echo_ = Deadline(kEcho);
    } else if (entry.kind == TraceEntry::Kind::kSense && announced_) {
      settled_ |= tape_ == 0 ? entry.SaysEmpty()
                             : entry.SaysLoaded() && entry.SaysProtected() == protected_;
    }
  }

 private:
  bool NextIsSwap() {
    Next();
    return tape_ != 0 && next_tape_ != 0;
  }

  std::string drive_;
  std::minstd_rand chance_;
  std::vector<Transition> transitions_;
  int tape_ = 0;  // 1 or 2; 0: none
  bool protected_ = false;
  int next_tape_ = 0;
  bool next_protected_ = false;
  std::string next_;
  std::string command_;  // the last that was given
  bool settled_ = true;
  bool announced_ = false;
  Deadline given_{kSettleLimit};
  Deadline echo_{milliseconds(0)};
};

// What has to be left out of one and added from the other: the longest common subsequence stays.
std::vector<std::string> Differences(const std::vector<Transition>& done,
                                     const std::vector<Transition>& told) {
  std::vector<std::vector<int>> common(done.size() + 1, std::vector<int>(told.size() + 1));
  for (size_t i = done.size(); i-- > 0;) {
    for (size_t j = told.size(); j-- > 0;) {
      common[i][j] = done[i].change == told[j].change
                         ? common[i + 1][j + 1] + 1
                         : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<std::string> found;
  size_t i = 0;
  size_t j = 0;
  while (i < done.size() || j < told.size()) {
    if (i < done.size() && j < told.size() && done[i].change == told[j].change) {
      ++i;
      ++j;
    } else if (j == told.size() || (i < done.size() && common[i + 1][j] >= common[i][j + 1])) {
      const char* const change = done[i].change == Change::kUnloaded ? "unload" : "load";
      found.push_back(fmt::format("missing: the {} of {}", change, done[i++].what));
    } else {
      found.push_back("invented: " + told[j++].what);
    }
  }
  return found;
}

int CommandsWanted() {
  const char* const wanted = getenv("BURST");
  return wanted ? std::atoi(wanted) : kCommands;
}

class Burst : public GuestTest {
 protected:
  Burst() : GuestTest(EightTracedDrives()) {}

  void SetUp() override {
    GuestTest::SetUp();
    if (!GuestLives()) return;
    trace_.emplace(guest().layout().ConsoleLog());
    for (const Drive& drive : spec().drives) {
      stations_.emplace_back(drive, kSeed + static_cast<unsigned>(stations_.size()));
      for (const int tape : {1, 2}) MakeTape(stations_.back().Volume(tape));
    }
  }

  // Gives commands until so many are given, and all drives have settled.
  void Play(int commands) {
    for (int given = 0; given < commands || !AllSettled();) {
      const int before = given;
      for (Station& station : stations_) {
        Look();
        if (given < commands && station.Ready() && Give(station, given + 1)) ++given;
      }
      for (const Station& station : stations_) {
        if (!station.Late()) continue;
        FAIL() << "after " << station.command() << ", the guest did not ask the drive within "
               << kSettleLimit.count() << " s, or it did not answer so";
      }
      if (given == before) usleep(kPollUs);
    }
  }

  // What arrived at the receiver, by drive: so many events and what comes besides.
  std::map<std::string, std::vector<Transition>> Told(size_t expected) {
    std::vector<Event> events;
    for (Deadline stall(kStall); events.size() < expected && !stall.Passed();) {
      const std::vector<Event> more = EventsUntilQuiet();
      if (!more.empty()) stall = Deadline(kStall);
      events.insert(events.end(), more.begin(), more.end());
    }
    const std::vector<Event> besides = EventsUntilQuiet();
    events.insert(events.end(), besides.begin(), besides.end());

    std::map<std::string, std::vector<Transition>> told;
    uint64_t last = 0;
    for (const Event& event : events) {
      EXPECT_GT(event.sequence, last) << "out of order: " << ForTerminal(event);
      last = event.sequence;
      told[event.device].push_back({ChangeOf(event), ForTerminal(event)});
    }
    return told;
  }

  std::vector<Station>& stations() { return stations_; }
  int refusals() const { return refusals_; }

 private:
  void MakeTape(const std::string& volume) {
    const fs::path file = guest().layout().Tapes() / (volume + ".aws");
    if (fs::exists(file)) return;
    const Output made = Capture({.argv = {"hetinit", "-d", file, volume, "S390LOG"}});
    ASSERT_EQ(made.status, 0) << made.text;
  }

  bool AllSettled() const {
    return std::all_of(stations_.begin(), stations_.end(),
                       [](const Station& station) { return station.Settled(); });
  }

  bool Give(Station& station, int number) {
    std::vector<std::string> replies;
    try {
      replies = guest().Panel(station.Next());
    } catch (const LabError& error) {
      if (!std::string(error.what()).starts_with(kBusy)) throw;
      ++refusals_;
      return false;
    }
    const auto acknowledges = [](const std::string& reply) { return reply.starts_with(kDone); };
    EXPECT_TRUE(std::any_of(replies.begin(), replies.end(), acknowledges))
        << "Hercules did not say that it did '" << station.Next() << "'";
    station.Given(number);
    return true;
  }

  void Look() {
    for (const TraceEntry& entry : trace_->Read()) {
      for (Station& station : stations_) {
        if (station.drive() == entry.drive) station.See(entry);
      }
    }
  }

  std::optional<CcwTrace> trace_;
  std::vector<Station> stations_;
  int refusals_ = 0;
};

TEST_F(Burst, EachTransitionOfEightDrivesArrivesOnceAndInOrder) {
  const auto start = Clock::now();
  ASSERT_NO_FATAL_FAILURE(Play(CommandsWanted()));
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
  size_t transitions = 0;
  for (const Station& station : stations()) transitions += station.transitions().size();
  auto told = Told(transitions);

  for (const Station& station : stations()) {
    const std::string bus = "0.0." + station.drive();
    for (const std::string& difference : Differences(station.transitions(), told[bus]))
      ADD_FAILURE() << bus << ": " << difference;
    told.erase(bus);
  }
  for (const auto& [device, events] : told) {
    for (const Transition& event : events) ADD_FAILURE() << "invented: " << event.what;
  }
  fmt::print("{} commands and {} transitions in {} ms; Hercules was busy {} times\n",
             CommandsWanted(), transitions, took.count(), refusals());
  for (const Station& station : stations()) Unmount(station.drive());
  EventsUntilQuiet();
}

}  // namespace
}  // namespace lab
