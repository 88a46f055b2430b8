// SPDX-License-Identifier: MIT
#include "tests/soak/soak.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "hercules/src/error.h"
#include "hercules/src/interrupt.h"
#include "tests/soak/drive_fault.h"

namespace lab {

namespace {

constexpr useconds_t kTurnUs = 300'000;
constexpr int kReloadEvery = 80;  // turns, on average
constexpr seconds kMinute(60);
constexpr seconds kCatchUpLimit(300);
constexpr milliseconds kReceiverQuiet(1500);
// A turn of logd with a full backlog has taken more than a minute on Hercules on a busy machine.
constexpr seconds kAnswerLimit(180);

// logd's backlog is bounded by the number of its entries: 8192 of the longest texts are 20 MiB
// (kB).
constexpr uint64_t kMostMemory = 40 * 1024;
// How much of that a life of logd has needed depends on its bursts.
constexpr uint64_t kMemoryAllowance = 16 * 1024;
constexpr uint64_t kMostDescriptors = 40;
constexpr uint64_t kMostSlab = 200 * 1024;
constexpr uint64_t kSlabAllowance = 4 * 1024;
constexpr uint64_t kMostChannel = 4 << 20;

}  // namespace

GuestSpec SoakGuest(const SoakOptions& options) {
  GuestSpec spec;
  spec.name = std::string("soak-") + NameOf(options.machine);
  spec.machine = options.machine;
  spec.kernel = options.kernel;
  spec.services = false;
  spec.memory_mb = 1536;
  spec.drives.clear();
  for (const char* drive : kSoakDrives) spec.drives.push_back({drive, "3490"});
  spec.drives.push_back({kSoakLooseDrive, "3490"});
  return spec;
}

Soak::Soak(Lab& lab, const SoakOptions& options, Print print)
    : options_(options),
      print_(std::move(print)),
      random_(options.seed),
      site_(lab, options.machine == MachineKind::kHercules),
      feed_(lab.Events()),
      faults_(AllFaults(site_)),
      memory_("logd's memory (kB)", kMostMemory, kMemoryAllowance),
      descriptors_("logd's descriptors", kMostDescriptors, 2),
      threads_("logd's threads", 16, 0),
      slab_("slab that cannot be reclaimed (kB)", kMostSlab, kSlabAllowance),
      channel_("memory of the channel (bytes)", kMostChannel, kMostChannel) {}

std::vector<std::string> Soak::Run() {
  site_.Prepare();
  OpenEpoch();
  const Deadline end(options_.duration);
  Deadline minute(kMinute);
  while (!end.Passed() && failures_.empty()) {
    ThrowIfInterrupted();
    Turn();
    if (!minute.Passed()) continue;
    TellMinute();
    minute = Deadline(kMinute);
  }
  Finish();
  return failures_;
}

void Soak::Turn() {
  EndFaults(false);
  const int chance = Between(random_, 0, 99);
  if (chance < 25) ChangeLoad();
  if (chance >= 20 && chance < 32) BeginFault();
  if (chance >= 32 && chance < 60 && site_.HasTapes()) Operate();
  if (chance == 60) ChangeMode();
  if (Between(random_, 1, kReloadEvery) == 1) Reload();
  Receive();
  usleep(kTurnUs);
}

bool Soak::Lasts(const Fault& fault) const {
  return std::any_of(lasting_.begin(), lasting_.end(),
                     [&](const Lasting& lasting) { return lasting.fault == &fault; });
}

bool Soak::LogdIsHeld() const {
  return std::any_of(lasting_.begin(), lasting_.end(),
                     [](const Lasting& lasting) { return lasting.fault->HoldsLogd(); });
}

void Soak::EndFaults(bool all) {
  for (auto lasting = lasting_.begin(); lasting != lasting_.end();) {
    if (!all && !lasting->until.Passed()) {
      ++lasting;
      continue;
    }
    lasting->fault->End(site_, random_);
    lasting = lasting_.erase(lasting);
  }
}

// Of those that hold logd there is one at a time: one that is stopped cannot be ended.
void Soak::BeginFault() {
  std::vector<int> weights;
  for (const auto& fault : faults_) {
    const bool possible = !Lasts(*fault) && !(LogdIsHeld() && fault->HoldsLogd());
    weights.push_back(possible ? fault->weight() : 0);
  }
  std::discrete_distribution<size_t> choose(weights.begin(), weights.end());
  Fault& fault = *faults_[choose(random_)];
  if (Lasts(fault) || (fault.name() == "hangup" && LogdIsHeld())) return;
  fault.Begin(site_, random_);
  const auto longest = static_cast<int>(fault.longest().count()) * 1000;
  lasting_.push_back({&fault, Deadline(milliseconds(Between(random_, longest / 8, longest)))});
  Did(fault.name());
}

// Mostly quiet; now and then more than a buffer holds.
void Soak::ChangeLoad() {
  const int kind = Between(random_, 0, 9);
  const bool burst = kind == 9;
  Load load{Between(random_, 0, 12), Between(random_, 1, 30), Between(random_, 50, 300)};
  if (burst) load = {Between(random_, 500, 1500), Between(random_, 1, 100), 500};
  site_.SetLoad(load);
  if (!burst) return Did("load");
  usleep(kTurnUs);
  site_.SetLoad({1, 1, 100});
  Did("burst");
}

void Soak::ChangeMode() {
  if (LogdIsHeld()) return;
  const bool overwrite = Between(random_, 0, 1) == 1;
  site_.SetMode(overwrite ? "overwrite" : "no-overwrite");
  overwrote_ |= overwrite;
  Did("mode");
}

void Soak::Operate() {
  const int number = Between(random_, 0, 1);
  const std::string drive = kSoakDrives[number];
  try {
    if (mounted_[drive] && Between(random_, 0, 2) != 0) {
      site_.lab().Unmount(drive);
      mounted_[drive] = false;
      return Did("unmount");
    }
    site_.lab().Mount(drive, fmt::format("SOAK{}{}", number, Between(random_, 1, 4)),
                      Between(random_, 0, 1) == 1);
    mounted_[drive] = true;
    Did("mount");
  } catch (const LabError& error) {
    if (error.code() != ExitCode::kRefused) throw;
    Did("mount refused");
  }
}

void Soak::OpenEpoch() {
  const bool small = Between(random_, 0, 1) == 1;
  overwrote_ = Between(random_, 0, 3) == 0;
  site_.LoadModules(fmt::format("{} mode={}", small ? "subbuf_size=4096 n_subbufs=16" : "",
                                overwrote_ ? "overwrite" : "no-overwrite"));
}

void Soak::CloseEpoch() {
  Epoch epoch = site_.UnloadModules();
  epoch.overwrote = overwrote_;
  emitted_before_ += epoch.emitted;
  books_.Close(epoch);
}

void Soak::Reload() {
  EndFaults(true);
  CloseEpoch();
  OpenEpoch();
  Did("modules reloaded");
}

void Soak::Receive() {
  for (const Event& event : feed_.Read()) books_.Receive(event);
}

std::string Soak::BooksLine() {
  const Json state = site_.ChannelState();
  const uint64_t emitted = emitted_before_ + state.at("emitted").get<uint64_t>();
  std::string line =
      fmt::format("emitted {} in {} loads, dropped by the kernel {}, received {} (+{})", emitted,
                  books_.Epochs().size() + 1, state.at("dropped").get<uint64_t>(),
                  books_.Received(), books_.Repeated());
  if (LogdIsHeld()) return line + "; logd is held";
  const Deadline patience(kAnswerLimit);
  std::optional<Json> stats;
  while (!stats && !patience.Passed()) stats = site_.Stats();
  if (!stats) {
    failures_.push_back("logd does not answer, and nothing was done to it");
    return line;
  }
  longest_answer_ = std::max(longest_answer_, patience.Elapsed());
  if (!stats->at("balanced").get<bool>()) failures_.push_back("logd: no balance: " + stats->dump());
  const auto number = [&](const char* key) { return stats->at(key).get<uint64_t>(); };
  return line + fmt::format("; logd: emitted {} delivered {} lost {} before {} buffered {}",
                            number("emitted"), number("delivered"), number("lost"),
                            number("before"), number("buffered"));
}

void Soak::MeasureGuest() {
  channel_.Measure(site_.ChannelState().at("memory"));
  std::istringstream words(site_.In(
      "pid=$(pidof logd) || pid=self; awk '/^VmRSS/ {print $2} /^Threads/ {print $2}' "
      "/proc/$pid/status; ls /proc/$pid/fd | wc -l; awk '/^SUnreclaim/ {print $2}' /proc/meminfo"));
  uint64_t memory = 0, threads = 0, descriptors = 0, slab = 0;
  words >> memory >> threads >> descriptors >> slab;
  slab_.Measure(slab);
  if (LogdIsHeld()) return;
  memory_.Measure(memory);
  threads_.Measure(threads);
  descriptors_.Measure(descriptors);
}

void Soak::TellMinute() {
  ++minute_;
  MeasureGuest();
  std::string done;
  for (const auto& [what, count] : done_) {
    done += fmt::format("{}{} {}", done.empty() ? "" : ", ", what, count);
    done_in_all_[what] += count;
  }
  done_.clear();
  std::string lasting;
  for (const Lasting& now : lasting_) lasting += (lasting.empty() ? "" : ", ") + now.fault->name();
  print_(fmt::format("minute {}: {} | now: {} | {} | {}, {}, {}", minute_, done,
                     lasting.empty() ? "nothing" : lasting, BooksLine(), memory_.Last(),
                     descriptors_.Last(), slab_.Last()));
}

void Soak::Finish() {
  EndFaults(true);
  site_.StopLoad();
  MeasureGuest();
  site_.AwaitTaken(true, kCatchUpLimit);
  CloseEpoch();
  for (Deadline quiet(kReceiverQuiet); !quiet.Passed(); usleep(kTurnUs)) {
    const uint64_t before = books_.Received();
    Receive();
    if (books_.Received() != before) quiet = Deadline(kReceiverQuiet);
  }
  CheckBooks();
  print_(fmt::format("the longest wait for an answer of logd was {} s", longest_answer_.count()));
  for (const Growth* growth : {&memory_, &descriptors_, &threads_, &slab_, &channel_}) {
    print_(growth->Line());
    if (const auto fault = growth->Fault()) failures_.push_back(*fault);
  }
}

void Soak::CheckBooks() {
  const fs::path file = site_.lab().layout().State() / "events.db";
  std::ofstream(file, std::ios::binary) << site_.In("cat /var/lib/s390-log/events.db");
  Totals totals;
  for (const std::string& fault : books_.Check(ReadStore(file), totals)) {
    failures_.push_back(fault);
  }
  std::string done;
  for (const auto& [what, count] : done_) done_in_all_[what] += count;
  for (const auto& [what, count] : done_in_all_) {
    done += fmt::format("{}{} {}", done.empty() ? "" : ", ", what, count);
  }
  print_("done: " + done);
  print_(fmt::format("books: {} ({} repetitions), {} loads of the modules", totals.Line(),
                     books_.Repeated(), books_.Epochs().size()));
}

}  // namespace lab
