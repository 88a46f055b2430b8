// SPDX-License-Identifier: MIT
//
// How fast a capture is read on this machine: parsed, ordered and matched, by one core.
//
// The records are of 64 bytes each and in the byte order of a mainframe. They are generated, and in
// the page cache: this measures the reader, not the disk. Each number is the median of five rounds,
// in records per second of processor time.
#include <fmt/core.h>
#include <linux/s390_log.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "s390log/capture_reader.h"
#include "s390log/matcher.h"

namespace {

using namespace s390log;

constexpr int kRounds = 5;
constexpr double kGoal = 5e6;  // records per second
constexpr uint32_t kSubbuf = 65536;
constexpr uint32_t kRecord = 64;
constexpr uint64_t kRecords = 4'000'000;

class BigEndian {
 public:
  void Put(uint64_t value, int bytes) {
    for (int shift = 8 * bytes - 8; shift >= 0; shift -= 8)
      bytes_ += static_cast<char>(value >> shift);
  }
  void Fill(size_t size) { bytes_.resize(size); }
  size_t Size() const { return bytes_.size(); }
  const std::string& Bytes() const { return bytes_; }
  void Clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

// The file of one CPU.
class CpuFile {
 public:
  CpuFile(const std::string& folder, uint32_t cpu)
      : cpu_(cpu), file_(folder + "/cpu" + std::to_string(cpu), std::ios::binary) {}

  void Add(uint64_t number) {
    if (subbuf_.Size() + kRecord > kSubbuf) Close();
    if (subbuf_.Size() == 0) Begin(number);
    subbuf_.Put(kRecord, 4);
    subbuf_.Put(KEVENT_S390_TEXT, 4);
    subbuf_.Put(number, 8);
    subbuf_.Put(1'700'000'000'000'000'000 + number, 8);
    subbuf_.Put(0, 4);
    subbuf_.Put(cpu_, 2);
    subbuf_.Put(0, 2);
    for (int i = 0; i < 4; ++i) subbuf_.Put(number, 8);
    ++records_;
  }

  void Close() {
    subbuf_.Fill(kSubbuf);
    file_ << subbuf_.Bytes();
    subbuf_.Clear();
    ++number_;
  }

 private:
  void Begin(uint64_t first) {
    constexpr uint32_t kUsed =
        sizeof(s390_log_subbuf) + (kSubbuf - sizeof(s390_log_subbuf)) / kRecord * kRecord;
    subbuf_.Put(S390_LOG_SUBBUF_MAGIC, 4);
    subbuf_.Put(S390_LOG_ABI_VERSION, 2);
    subbuf_.Put(sizeof(s390_log_subbuf), 2);
    subbuf_.Put(number_, 8);
    subbuf_.Put(first, 8);
    subbuf_.Put(0, 8);
    subbuf_.Put(kUsed, 4);
    subbuf_.Put(kSubbuf, 4);
    subbuf_.Put(16, 4);
    subbuf_.Put(cpu_, 4);
    subbuf_.Put(1, 8);
    subbuf_.Put(2, 8);
    subbuf_.Put(records_, 8);
    subbuf_.Fill(sizeof(s390_log_subbuf));
  }

  uint32_t cpu_;
  std::ofstream file_;
  BigEndian subbuf_;
  uint64_t number_ = 0;
  uint64_t records_ = 0;
};

// Each CPU has `run` numbers, then the next.
void Generate(const std::string& folder, uint32_t cpus, uint64_t run) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  std::vector<std::unique_ptr<CpuFile>> files;
  for (uint32_t cpu = 0; cpu < cpus; ++cpu) files.push_back(std::make_unique<CpuFile>(folder, cpu));
  const uint64_t per_subbuf = (kSubbuf - sizeof(s390_log_subbuf)) / kRecord;
  const uint64_t records = kRecords / (per_subbuf * cpus * run) * (per_subbuf * cpus * run);
  for (uint64_t i = 0; i < records; ++i) files[i / run % cpus]->Add(i + 1);
  for (const auto& file : files) file->Close();
}

// Of this process, in user space and in the kernel: whoever shares the machine does not count.
double CpuSeconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

struct Result {
  uint64_t records = 0;
  double seconds = 0;
};

Result ReadAll(const std::string& folder) {
  Result result;
  const double start = CpuSeconds();
  CaptureReader reader(folder, [](const CaptureFault& fault) {
    fmt::print(stderr, "{}\n", ToString(fault));
    std::exit(EXIT_FAILURE);
  });
  Matcher matcher;
  while (matcher.Next(reader)) {
  }
  result.seconds = CpuSeconds() - start;
  result.records = matcher.Counts().coalesced;
  if (matcher.Counts().lost != 0 || result.records != reader.Emitted().Value()) {
    fmt::print(stderr, "the books do not balance\n");
    std::exit(EXIT_FAILURE);
  }
  return result;
}

void Measure(const std::string& what, const std::string& folder) {
  ReadAll(folder);  // the caches
  std::vector<double> rates;
  for (int i = 0; i < kRounds; ++i) {
    const Result result = ReadAll(folder);
    rates.push_back(static_cast<double>(result.records) / result.seconds);
  }
  std::sort(rates.begin(), rates.end());
  const double rate = rates[kRounds / 2];
  fmt::print("{:<58} {:>10.2f} million/s  ({} the goal of {:.0f})\n", what, rate / 1e6,
             rate >= kGoal ? "meets" : "MISSES", kGoal / 1e6);
}

}  // namespace

int main() {
  std::string name = (std::filesystem::temp_directory_path() / "replay-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return EXIT_FAILURE;
  const std::string folder = name + "/cap";
  Generate(folder, 2, 1);
  Measure("replay, 2 CPUs, every other number", folder);
  Generate(folder, 2, 16);
  Measure("replay, 2 CPUs, runs of 16 numbers", folder);
  Generate(folder, 16, 1);
  Measure("replay, 16 CPUs in turn", folder);
  Generate(folder, 1, 1);
  Measure("replay, 1 CPU", folder);
  std::filesystem::remove_all(name);
}
