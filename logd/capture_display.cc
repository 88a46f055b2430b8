// SPDX-License-Identifier: MIT
#include "logd/capture_display.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t kTerminalMs = 200;
constexpr uint64_t kFileMs = 1000;
constexpr size_t kDefaultWidth = 80;

uint64_t NowMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(now).count());
}

CaptureReport SumOf(const std::vector<CaptureReport>& cpus) {
  CaptureReport sum{};
  for (const CaptureReport& cpu : cpus) {
    sum.records += cpu.records;
    sum.bytes += cpu.bytes;
    sum.missed += cpu.missed;
    sum.dropped += cpu.dropped;
  }
  return sum;
}

std::string Counters(const CaptureReport& report) {
  std::string text = fmt::format("{} records, {}, {} missed", report.records,
                                 SizeText(report.bytes), report.missed);
  if (report.dropped > 0) text += fmt::format(", {} dropped", report.dropped);
  return text;
}

Json CountersJson(const CaptureReport& report) {
  return {{"records", report.records},
          {"bytes", report.bytes},
          {"missed", report.missed},
          {"dropped", report.dropped}};
}

std::string Row(const std::string& name, const CaptureReport& report) {
  return fmt::format("{:<5}{:>14}{:>16}{:>12}{:>12}\n", name, report.records, report.bytes,
                     report.missed, report.dropped);
}

}  // namespace

std::string SizeText(uint64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  auto amount = static_cast<double>(bytes);
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string CaptureLine(const std::vector<CaptureReport>& cpus, size_t width) {
  constexpr std::string_view kMore = " | ...";
  std::string line = Counters(SumOf(cpus));
  for (size_t i = 0; i < cpus.size(); ++i) {
    const std::string part = fmt::format(" | cpu{} {}", cpus[i].cpu, Counters(cpus[i]));
    const size_t reserve = i + 1 < cpus.size() ? kMore.size() : 0;
    if (width > 0 && line.size() + part.size() + reserve > width) {
      if (line.size() + kMore.size() <= width) line += kMore;
      break;
    }
    line += part;
  }
  return width > 0 ? line.substr(0, width) : line;
}

std::string CaptureSummary(const std::vector<CaptureReport>& cpus) {
  std::string table = fmt::format("{:<5}{:>14}{:>16}{:>12}{:>12}\n", "CPU", "records", "bytes",
                                  "missed", "dropped");
  for (const CaptureReport& cpu : cpus) table += Row(std::to_string(cpu.cpu), cpu);
  return table + Row("all", SumOf(cpus));
}

// A folder's name can be any bytes.
std::string CaptureSummaryJson(const std::vector<CaptureReport>& cpus, const std::string& folder) {
  Json line;
  line["event"] = "capture_summary";
  line["folder"] = folder;
  line["all"] = CountersJson(SumOf(cpus));
  line["cpus"] = Json::array();
  for (const CaptureReport& cpu : cpus) {
    Json counters = {{"cpu", cpu.cpu}};
    counters.update(CountersJson(cpu));
    line["cpus"].push_back(std::move(counters));
  }
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

CaptureDisplay::CaptureDisplay(int fd, bool quiet)
    : fd_(fd), quiet_(quiet), terminal_(::isatty(fd) == 1) {}

void CaptureDisplay::Show(const std::vector<CaptureReport>& cpus, bool at_once) {
  if (quiet_) return;
  const uint64_t now = NowMs();
  if (!at_once && now < shown_ms_ + (terminal_ ? kTerminalMs : kFileMs)) return;
  shown_ms_ = now;
  line_open_ = terminal_;
  // The cursor goes back, and what is left of a longer line is erased.
  Write(terminal_ ? "\r" + CaptureLine(cpus, Width()) + "\033[K" : CaptureLine(cpus, 0) + "\n");
}

void CaptureDisplay::End() {
  if (line_open_) Write("\n");
  line_open_ = false;
}

// One column less: in the last one some terminals begin the next line.
size_t CaptureDisplay::Width() const {
  winsize size{};
  const bool known = ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return (known ? size.ws_col : kDefaultWidth) - 1;
}

// Nobody may be looking any more; the capture goes on.
void CaptureDisplay::Write(const std::string& text) const {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(fd_, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    done += static_cast<size_t>(count);
  }
}

}  // namespace s390log
