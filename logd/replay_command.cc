// SPDX-License-Identifier: MIT
#include "logd/replay_command.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "logd/event_printer.h"
#include "logd/replay_format.h"
#include "logd/replay_summary.h"
#include "s390log/capture_reader.h"
#include "s390log/event.h"
#include "s390log/matcher.h"

namespace s390log {
namespace {

class Printer {
 public:
  Printer(const ReplayOptions& options, std::FILE* to)
      : options_(options), to_(to), events_(to, options.json, options.style) {}

  // A gap has no time of its own: it gets that of the record before it.
  void Print(const Outcome& outcome, const std::string& boot_id) {
    if (options_.summary_only) return;
    const Event event = MakeEvent(outcome, time_ns_);
    time_ns_ = event.time_ns;
    events_.Print(event, boot_id);
  }

  void Print(const CaptureFault& fault) {
    if (!options_.summary_only) Put(options_.json ? JsonLine(fault) : HumanLine(fault));
  }

  void Print(const ReplaySummary& summary) {
    Put(options_.json ? SummaryJson(summary) : SummaryText(summary));
    if (std::fflush(to_) != 0) Throw();
  }

 private:
  void Put(const std::string& line) {
    if (std::fwrite(line.data(), 1, line.size(), to_) != line.size()) Throw();
  }

  [[noreturn]] static void Throw() {
    throw std::system_error(errno, std::system_category(), "cannot print");
  }

  const ReplayOptions& options_;
  std::FILE* to_;
  EventPrinter events_;
  uint64_t time_ns_ = 0;
};

}  // namespace

int RunReplay(const ReplayOptions& options, std::FILE* to) {
  Printer printer(options, to);
  ReplaySummary summary;
  CaptureReader reader(options.folder, [&](const CaptureFault& fault) {
    summary.AddFault(fault);
    printer.Print(fault);
  });
  summary.boot_id = reader.Boot().ToString();
  Matcher matcher;
  while (const auto outcome = matcher.Next(reader)) {
    if (outcome->match == Match::kGap) {
      summary.missing[outcome->cause.kind] += CountOf(outcome->first, outcome->last);
    }
    printer.Print(*outcome, summary.boot_id);
  }
  summary.emitted = reader.Emitted().Value();
  summary.end_is_known = reader.EndIsKnown();
  summary.before = reader.Before();
  summary.delivered = matcher.Counts().Delivered();
  printer.Print(summary);
  return ExitCodeOf(summary);
}

}  // namespace s390log
