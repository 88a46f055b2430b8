// SPDX-License-Identifier: MIT
//
// Random interleavings of writers (step by step), a recorder, a consumer that gives back, and
// changes of the mode; the capture is replayed against what FakeChannel knows. $FUZZ_SEEDS and
// $FUZZ_FIRST set how many seeds and from which on.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "s390log/capture_reader.h"
#include "s390log/capture_recorder.h"
#include "tests/host/fake_channel.h"
#include "tests/host/item_text.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

constexpr uint32_t kSubbuf = 4096;

enum class Ending { kKilled, kKilledAfterARound, kWithoutPositions, kOrderly };

class CaptureFuzz {
 public:
  explicit CaptureFuzz(unsigned seed)
      : random_(seed),
        cpus_(1 + Random(3)),
        channel_(cpus_, kSubbuf, 2 + Random(3)),
        positions_(channel_.Positions()),
        steps_(cpus_),
        numbers_(cpus_),
        online_(cpus_, true) {
    if (Random(2) == 0) channel_.SetMode(ChannelMode::kOverwrite);
    if (Random(3) == 0) limits_ = {kSubbuf * (1 + Random(3)), Random(2) == 0 ? 0 : 1 + Random(3)};
    ending_ = static_cast<Ending>(Random(4));
    if (cpus_ > 1 && Random(3) == 0) {
      channel_.SetOffline(cpus_ - 1);
      online_.back() = false;
    }
  }

  // Nothing, or what was wrong.
  std::string Run() {
    for (uint32_t i = Random(300); i > 0; --i) Step();
    CaptureRecorder recorder(channel_, folder_, limits_);
    recorder.Round();
    recorder.SavePositions();
    for (uint32_t i = Random(600); i > 0; --i) {
      Step();
      if (Random(20) == 0) recorder.Round();
      if (Random(100) == 0) recorder.SavePositions();
    }
    if (ending_ == Ending::kKilledAfterARound) recorder.Round();
    if (ending_ >= Ending::kWithoutPositions) recorder.Finish();
    if (ending_ == Ending::kWithoutPositions) {
      std::filesystem::remove(folder_ + "/positions");
      if (std::filesystem::is_empty(folder_)) return "";
    }
    Check();
    return error_;
  }

 private:
  uint32_t Random(uint32_t below) { return static_cast<uint32_t>(random_() % below); }

  void Fail(const std::string& what) {
    if (error_.empty()) error_ = what;
  }

  void Step() {
    const uint32_t cpu = Random(cpus_);
    if (!online_[cpu] && Random(20) == 0) {
      channel_.SetOnline(cpu);
      online_[cpu] = true;
    }
    if (Random(100) == 0) {
      channel_.SetMode(Random(2) == 0 ? ChannelMode::kOverwrite : ChannelMode::kNoOverwrite);
    }
    const uint64_t complete = positions_.Counters(cpu).position / kSubbuf;
    const uint64_t consumed = channel_.Consumed(cpu);
    if (Random(20) == 0 && complete > consumed) {
      channel_.GiveBack(cpu, consumed + Random(static_cast<uint32_t>(complete - consumed) + 1));
    }
    if (online_[cpu]) StepWriter(cpu);
  }

  void StepWriter(uint32_t cpu) {
    switch (steps_[cpu]) {
      case 0:
        channel_.Pend(cpu);
        break;
      case 1:
        numbers_[cpu] = channel_.TakeNumber(cpu);
        unsettled_.insert(numbers_[cpu].Value());
        break;
      case 2:
        Write(cpu);
        break;
      default:
        channel_.Clear(cpu);
        break;
    }
    steps_[cpu] = (steps_[cpu] + 1) % 4;
  }

  void Write(uint32_t cpu) {
    const size_t size = 1 + Random(Random(3) == 0 ? 3900 : 700);
    channel_.Write(cpu, numbers_[cpu], Text(std::string(size, LetterOf(numbers_[cpu]))));
    unsettled_.erase(numbers_[cpu].Value());
  }

  static char LetterOf(SequenceNumber number) {
    return static_cast<char>('a' + number.Value() % 26);
  }

  void Check() {
    CaptureReader reader(folder_, [this](const CaptureFault& fault) { Fail(ToString(fault)); });
    SequenceNumber next(1);
    uint64_t sum = 0;
    while (const auto item = reader.Next()) {
      const Record* record = std::get_if<Record>(&*item);
      const SequenceNumber first = record ? record->sequence : std::get<Missing>(*item).first;
      if (first < next) Fail("out of order: " + ToText(*item));
      next = (record ? first : std::get<Missing>(*item).last).Next();
      sum += CountOf(first, next.Previous());
      record ? CheckRecord(*record) : CheckMissing(std::get<Missing>(*item));
    }
    if (reader.Before() + sum != reader.Emitted().Value()) Fail("the books do not balance");
    if (ending_ != Ending::kOrderly) return;
    if (!reader.EndIsKnown() || reader.Emitted() != positions_.Sequence()) Fail("not the end");
    CheckCauses(reader.Before() == 0);
  }

  void CheckRecord(const Record& record) {
    if (unsettled_.contains(record.sequence.Value())) Fail("a record that was not written");
    const auto letter = static_cast<std::byte>(LetterOf(record.sequence));
    for (const std::byte byte : record.payload) {
      if (byte != letter) Fail("torn: " + std::to_string(record.sequence.Value()));
    }
  }

  void CheckMissing(const Missing& missing) {
    const LossKind kind = missing.cause.kind;
    const bool known = kind == LossKind::kBufferFull || kind == LossKind::kOverwritten;
    if (!known && kind != LossKind::kNotCaptured) Fail(ToText(missing) + ToString(missing.cause));
    for (uint64_t n = missing.first.Value(); n <= missing.last.Value(); ++n) {
      missing_.insert(n);
      ++counts_[kind];
    }
  }

  // Which of several losses took which number is not known, but how many of each kind there are is,
  // unless some are from before the capture.
  void CheckCauses(bool exactly) {
    std::map<LossKind, uint64_t> expected;
    for (uint32_t cpu = 0; cpu < cpus_; ++cpu) {
      for (const auto number : channel_.Dropped(cpu)) {
        expected[LossKind::kBufferFull] += missing_.erase(number.Value());
      }
      for (const auto number : channel_.Overwritten(cpu)) {
        expected[LossKind::kOverwritten] += missing_.erase(number.Value());
      }
    }
    for (const uint64_t number : unsettled_) {
      expected[LossKind::kNotCaptured] += missing_.erase(number);
    }
    if (!missing_.empty()) Fail("not lost: " + std::to_string(*missing_.begin()));
    for (const auto kind :
         {LossKind::kBufferFull, LossKind::kOverwritten, LossKind::kNotCaptured}) {
      if (!exactly || expected[kind] == counts_[kind]) continue;
      Fail(ToString(LossCause{kind, {}}) + ": " + std::to_string(counts_[kind]) + ", not " +
           std::to_string(expected[kind]));
    }
  }

  std::mt19937 random_;
  uint32_t cpus_;
  FakeChannel channel_;
  PositionArea positions_;
  CaptureLimits limits_;
  Ending ending_;
  std::vector<int> steps_;
  std::vector<SequenceNumber> numbers_;
  std::vector<bool> online_;
  TempDir dir_;
  const std::string folder_ = dir_.File("cap");

  std::set<uint64_t> unsettled_;  // taken, and not yet written or dropped
  std::set<uint64_t> missing_;
  std::map<LossKind, uint64_t> counts_;
  std::string error_;
};

unsigned FromEnvironment(const char* name, unsigned otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::stoul(value));
}

TEST(CaptureFuzz, EveryNumberComesOnceWholeAndWithItsCauseInAnyInterleaving) {
  const unsigned first = FromEnvironment("FUZZ_FIRST", 1);
  const unsigned seeds = FromEnvironment("FUZZ_SEEDS", 300);
  for (unsigned seed = first; seed < first + seeds; ++seed) {
    ASSERT_EQ("", CaptureFuzz(seed).Run()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace s390log
