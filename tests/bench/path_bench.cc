// SPDX-License-Identifier: MIT
//
// path_bench EVENTS ROUNDS LOGD-FILE RSYSLOGD-FILE [goal]: the way of the same texts from the
// kernel into a file, in this guest: through s390_log and logd, which is running and writes JSON
// lines, and through printk and rsyslogd, which is running and reads the kernel's log by imkmsg.
//
// The module s390_log_source makes the texts, as fast as it can. The clock runs until the last one
// is in the file, or the last that comes at all; then it is counted which ones are not there. The
// two ways take turns. With "goal" it is said whether the goal is met: it is not meant for a burst
// that is more than the buffers hold.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kBefore = "(3490), read-write ";  // each number, as the module writes it
constexpr size_t kDigits = 10;
constexpr useconds_t kLookUs = 5000;
constexpr std::chrono::seconds kQuiet{5};  // nothing comes any more
constexpr size_t kTail = 4096;

class Path {
 public:
  Path(std::string name, std::string parameter, std::string file)
      : name_(std::move(name)), parameter_(std::move(parameter)), file_(std::move(file)) {}

  void Run(uint64_t first, uint64_t count) {
    const uint64_t start_size = Size();
    const auto start = Clock::now();
    Emit(fmt::format("{} {}", count, first));
    emitted_.push_back(Since(start, Clock::now()));
    const auto end = AwaitLast(first + count - 1);
    const uint64_t there = CountThere(start_size, first, count);
    rates_.push_back(static_cast<double>(there) / Since(start, end));
    total_ += count;
    lost_ += count - there;
  }

  double Print(double first) const {
    const double rate = Median(rates_);
    const double count = static_cast<double>(total_) / static_cast<double>(rates_.size());
    fmt::print("{:<36} {:>10.0f} {:>7.2f} {:>14.0f} {:>9} of {}\n", name_, rate,
               first == 0 ? 1.0 : rate / first, count / Median(emitted_), lost_, total_);
    return rate;
  }

  uint64_t Lost() const { return lost_; }

 private:
  static double Since(Clock::time_point start, Clock::time_point end) {
    return std::chrono::duration<double>(end - start).count();
  }

  static double Median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }

  uint64_t Size() const {
    struct stat status {};
    return ::stat(file_.c_str(), &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
  }

  void Emit(const std::string& what) const {
    std::ofstream parameter("/sys/module/s390_log_source/parameters/" + parameter_);
    parameter << what << std::flush;
    if (!parameter) throw std::runtime_error("s390_log_source does not take " + what);
  }

  std::string From(uint64_t offset) const {
    std::ifstream file(file_, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // When the last one came.
  Clock::time_point AwaitLast(uint64_t last) const {
    const std::string text = fmt::format("{}{:010}", kBefore, last);
    uint64_t size = 0;
    auto grown = Clock::now();
    while (Clock::now() - grown < kQuiet) {
      const uint64_t now = Size();
      if (now != size) {
        grown = Clock::now();
        size = now;
        if (From(size - std::min<uint64_t>(size, kTail)).find(text) != std::string::npos) break;
      }
      ::usleep(kLookUs);
    }
    return grown;
  }

  // A JSON line has its text twice.
  uint64_t CountThere(uint64_t offset, uint64_t first, uint64_t count) const {
    std::vector<bool> there(count);
    const std::string text = From(offset);
    for (size_t at = 0; (at = text.find(kBefore, at)) != std::string::npos;) {
      at += kBefore.size();
      const uint64_t number = std::strtoull(text.substr(at, kDigits).c_str(), nullptr, 10);
      if (number - first < count) there[number - first] = true;
    }
    return static_cast<uint64_t>(std::count(there.begin(), there.end(), true));
  }

  std::string name_;
  std::string parameter_;
  std::string file_;
  std::vector<double> rates_;
  std::vector<double> emitted_;
  uint64_t total_ = 0;
  uint64_t lost_ = 0;
};

void Run(uint64_t count, int rounds, const std::string& ours, const std::string& theirs,
         bool judge) {
  Path logd("s390_log, logd, JSON lines", "texts", ours);
  Path rsyslogd("printk, rsyslogd's imkmsg, omfile", "printk", theirs);
  uint64_t first = 1;
  for (int round = 0; round < rounds; ++round, first += count) {
    fmt::print(stderr, "  BENCH     round {} of {}\n", round + 1, rounds);
    logd.Run(first, count);
    rsyslogd.Run(first, count);
  }
  fmt::print("{:<36} {:>10} {:>7} {:>14} {:>9}\n", "", "events/s", "", "emitted/s", "lost");
  const double rate = logd.Print(0);
  const bool as_fast = rate >= rsyslogd.Print(rate);
  if (!judge) return;
  fmt::print("{} the goal: as many as rsyslogd, none lost\n",
             as_fast && logd.Lost() == 0 ? "meets" : "MISSES");
}

}  // namespace

int main(int argc, char** argv) {
  const bool judge = argc == 6 && std::string_view(argv[5]) == "goal";
  if (argc != 5 && !judge) {
    fmt::print(stderr, "usage: path_bench EVENTS ROUNDS LOGD-FILE RSYSLOGD-FILE [goal]\n");
    return EXIT_FAILURE;
  }
  try {
    Run(std::stoull(argv[1]), std::stoi(argv[2]), argv[3], argv[4], judge);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "path_bench: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
