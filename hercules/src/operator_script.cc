// SPDX-License-Identifier: MIT
#include "hercules/src/operator_script.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "hercules/src/deadline.h"
#include "hercules/src/error.h"
#include "hercules/src/interrupt.h"

namespace lab {

namespace {

constexpr char kLoaded[] = "TAP001I";
constexpr char kUnloaded[] = "TAP002I";
constexpr char kProtected[] = "TAP005W";
constexpr char kVolume[] = "TAP013I";
constexpr char kAdded[] = "DEV001I";
constexpr char kRemoved[] = "DEV002I";
constexpr char kOnline[] = "DEV003I";
constexpr char kGone[] = "DEV005E";
constexpr char kReport[] = "CHN001I";
constexpr char kNoDevice[] = "";  // what a channel report is about

constexpr milliseconds kEventLimit(10'000);
// An operator is promised this; longer is told, as a fault.
constexpr milliseconds kPromised(1000);
// So long an event that nobody expects has time to show up.
constexpr milliseconds kQuiet(700);
constexpr milliseconds kBalanceLimit(15'000);
constexpr milliseconds kGuestLimit(60'000);
constexpr useconds_t kPollUs = 10'000;

std::string Bus(const std::string& drive) { return "0.0." + drive; }

}  // namespace

std::string Balance::Line() const {
  return fmt::format("balance: emitted {}, delivered {}, lost {}, received {}", emitted, delivered,
                     lost, received);
}

OperatorScript::OperatorScript(Lab& lab, Print print)
    : lab_(lab),
      print_(std::move(print)),
      feed_(lab.Events()),
      volumes_(lab.Status().at("volumes").get<bool>()) {
  // That the drives are online was told before the script began.
  feed_.Settle(kQuiet);
}

std::vector<std::string> OperatorScript::Play() {
  const std::string a = "0580";
  const std::string b = "0581";

  Step("1: mount VOL001 on 0580, write and read it, unmount");
  MountOn(a, "VOL001", false, {{Bus(a), kLoaded}});
  WriteAndRead(a);
  Do("unmount 0580", a, [&] { lab_.Unmount(a); }, {{Bus(a), kUnloaded}});

  Step("2: mount VOL002 read-only, and let the guest write to it nevertheless");
  MountOn(a, "VOL002", true, {{Bus(a), kLoaded}});
  WriteInVain(a);

  Step("3: swap it for VOL003");
  MountOn(a, "VOL003", false, {{Bus(a), kUnloaded}, {Bus(a), kLoaded}});

  Step("4: mount a file that does not exist: VOL003 leaves, and nothing is loaded");
  MountMissing(a);

  Step("5: mount on 0581, detach 0581, attach it again and set it online");
  MountOn(b, "VOL004", false, {{Bus(b), kLoaded}});
  Do("detach 0581", b, [&] { lab_.Detach(b); },
     {{kNoDevice, kReport}, {Bus(b), kGone}, {Bus(b), kRemoved}});
  Do("attach 0581 3480", b, [&] { lab_.Attach(b, "3480"); },
     {{kNoDevice, kReport}, {Bus(b), kAdded}});
  Do("set 0581 online", b, [&] { SetOnline(b); }, {{Bus(b), kOnline}});
  return faults_;
}

void OperatorScript::Step(const std::string& title) { print_("\nstep " + title); }

void OperatorScript::MountOn(const std::string& drive, const std::string& volume, bool read_only,
                             std::vector<Expected> expected) {
  if (volumes_) expected.push_back({Bus(drive), kVolume, "Volume " + volume + " "});
  Do(
      fmt::format("mount {} {}{}", drive, volume, read_only ? " --read-only" : ""), drive,
      [&] { lab_.Mount(drive, volume, read_only); }, expected);
}

void OperatorScript::MountMissing(const std::string& drive) {
  const auto act = [&] {
    try {
      lab_.Mount(drive, "no-such-tape.aws");
      Fault("Hercules mounted a file that does not exist");
    } catch (const LabError& error) {
      if (error.code() != ExitCode::kRefused) throw;
      print_(std::string("  Hercules  ") + error.what());
    }
  };
  Do("mount 0580 no-such-tape.aws", drive, act, {{Bus(drive), kUnloaded}});
}

void OperatorScript::Do(const std::string& command, const std::string& drive,
                        const std::function<void()>& act, const std::vector<Expected>& expected) {
  const std::string before = Holding(drive);
  print_("  operator  " + command);
  act();
  Watch(expected, command);
  print_(fmt::format("  drive     {}: {} -> {}", drive, before, Holding(drive)));
}

void OperatorScript::Watch(std::vector<Expected> expected, const std::string& command) {
  const Clock::time_point start = Clock::now();
  const Deadline limit(kEventLimit);
  Deadline quiet(kQuiet);
  while (!limit.Passed() && !(expected.empty() && quiet.Passed())) {
    for (const Event& event : feed_.Read()) {
      Take(event, expected, command, std::chrono::ceil<milliseconds>(Clock::now() - start));
      quiet = Deadline(kQuiet);
    }
    ThrowIfInterrupted();
    usleep(kPollUs);
  }
  for (const Expected& missing : expected) {
    Fault(fmt::format("after '{}', {} of {} did not come within {} s", command, missing.message_id,
                      missing.device, kEventLimit.count() / 1000));
  }
}

void OperatorScript::Take(const Event& event, std::vector<Expected>& expected,
                          const std::string& command, milliseconds after) {
  print_(fmt::format("  {}  (+{:.2f} s)", ForTerminal(event),
                     static_cast<double>(after.count()) / 1000));
  const auto match = std::find_if(expected.begin(), expected.end(), [&](const Expected& wanted) {
    return wanted.device == event.device && wanted.message_id == event.message_id &&
           event.text.starts_with(wanted.text);
  });
  if (match == expected.end()) {
    Fault(fmt::format("after '{}', {} of {} came and was not expected", command, event.message_id,
                      event.device.empty() ? "no device" : event.device));
    return;
  }
  expected.erase(match);
  if (after > kPromised) {
    Fault(fmt::format("{} of {} came {:.2f} s after '{}'", event.message_id, event.device,
                      static_cast<double>(after.count()) / 1000, command));
  }
}

void OperatorScript::WriteAndRead(const std::string& drive) {
  const Output output = lab_.Run("/usr/lib/s390-log/write-and-read " + drive, "", kGuestLimit);
  std::string said = output.text;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  print_("  guest     " + said);
  if (output.status != 0) Fault("the guest could not write and read the tape: " + said);
}

void OperatorScript::WriteInVain(const std::string& drive) {
  const Output output = lab_.Run("/usr/lib/s390-log/write-and-read " + drive, "", kGuestLimit);
  print_("  guest     wants to write");
  if (output.status == 0) Fault("the guest could write to a tape that is read-only");
  Watch({{Bus(drive), kProtected}}, "write");
}

void OperatorScript::SetOnline(const std::string& drive) {
  const std::string file = "/sys/bus/ccw/devices/" + Bus(drive) + "/online";
  const Output output = lab_.Run("echo 1 >" + file, "", kGuestLimit);
  if (output.status != 0) Fault("the guest could not set the drive online: " + output.text);
}

std::string OperatorScript::Holding(const std::string& drive) {
  const Json status = lab_.Status().at("drives").at(drive);
  if (!status.at("attached").get<bool>()) return "detached";
  if (status.at("tape").is_null()) return "empty";
  return status.at("tape").get<std::string>() +
         (status.at("read_only").get<bool>() ? " read-only" : "");
}

void OperatorScript::Fault(const std::string& what) {
  print_("  FAULT     " + what);
  faults_.push_back(what);
}

Balance OperatorScript::CloseBooks() {
  Balance balance;
  EventFeed all = lab_.Events();
  std::set<uint64_t> received;
  const Deadline deadline(kBalanceLimit);
  do {
    const Output output = lab_.Run("logctl stats --json", "", kGuestLimit);
    const Json stats = Json::parse(output.text, nullptr, false);
    if (!stats.is_object()) throw LabError(ExitCode::kFailed, "logctl stats: " + output.text);
    balance.emitted = stats.at("emitted");
    balance.delivered = stats.at("delivered");
    balance.lost = stats.at("lost");
    for (const Event& event : all.Read()) {
      if (event.sequence != 0) received.insert(event.sequence);
    }
    balance.received = received.size();
  } while (!balance.Agrees() && !deadline.Passed());
  return balance;
}

}  // namespace lab
