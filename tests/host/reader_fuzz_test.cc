// SPDX-License-Identifier: MIT
//
// Random interleavings of writers (step by step), a consumer that is killed and follows itself,
// an observer, and changes of the mode, against what FakeChannel knows. $FUZZ_SEEDS and $FUZZ_FIRST
// set how many seeds and from which on; a failure prints its seed and all that happened.
#include <gtest/gtest.h>
#include <linux/s390_log.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <string>

#include "s390log/channel_reader.h"
#include "tests/host/fake_channel.h"
#include "tests/host/item_text.h"

namespace s390log {
namespace {

class View : public Channel {
 public:
  explicit View(FakeChannel& channel) : channel_(channel) {}
  const Geometry& GetGeometry() const override { return channel_.GetGeometry(); }
  std::span<const std::byte> Positions() const override { return channel_.Positions(); }
  std::span<const std::byte> Buffer(uint32_t cpu) override { return channel_.Buffer(cpu); }
  bool Consumes() const override { return false; }
  uint64_t Memory() const override { return 0; }
  ChannelMode Mode() const override { return channel_.Mode(); }
  void SetMode(ChannelMode) override { std::abort(); }
  void Take(SequenceNumber) override { std::abort(); }
  void GiveBack(uint32_t, uint64_t) override { std::abort(); }

 private:
  FakeChannel& channel_;
};

struct Follow {
  std::unique_ptr<ChannelReader> reader;
  SequenceNumber next;
  bool looked = false;
  bool observer = false;
};

class Fuzz {
 public:
  explicit Fuzz(unsigned seed)
      : random_(seed),
        seed_(seed),
        cpus_(1 + random_() % 3),
        channel_(cpus_, 4096, 2 + random_() % 3),
        view_(channel_),
        step_(cpus_),
        number_(cpus_) {
    if (random_() % 2) channel_.SetMode(ChannelMode::kOverwrite);
    kills_ = random_() % 3 != 0;
    modes_ = random_() % 3 != 0;
    for (uint32_t c = 0; c < cpus_; ++c) size_.push_back(random_() % 4 == 0 ? 968 : 0);
  }
  std::string Run() {
    Begin(consumer_, false);
    for (int i = 0; i < 400 && error_.empty(); ++i) Turn();
    for (uint32_t cpu = 0; cpu < cpus_; ++cpu)
      while (step_[cpu]) Step(cpu);
    if (error_.empty()) {
      Look(consumer_);
      Read(consumer_, 100000);
      if (error_.empty() && consumer_.next != SequenceNumber(Emitted() + 1)) Fail("not all came");
    }
    return error_;
  }

 private:
  uint64_t Emitted() const { return consumer_.reader->EmittedNow().Value(); }
  void Fail(const std::string& what) {
    if (error_.empty()) error_ = "seed " + std::to_string(seed_) + ": " + what + "\n" + trace_;
  }
  void Note(const std::string& what) { trace_ += what + "; "; }
  void Begin(Follow& f, bool observer) {
    f = Follow{};
    f.observer = observer;
    f.reader = std::make_unique<ChannelReader>(observer ? static_cast<Channel&>(view_) : channel_);
    if (!observer) f.next = channel_.Taken().Next();
    Note(observer ? "observer" : "consumer from " + std::to_string(f.next.Value()));
  }
  void Step(uint32_t cpu) {
    switch (step_[cpu]) {
      case 0:
        channel_.Pend(cpu);
        break;
      case 1:
        number_[cpu] = channel_.TakeNumber(cpu);
        break;
      case 2: {
        size_t size = size_[cpu] ? size_[cpu] : 1 + random_() % (random_() % 3 ? 700 : 3900);
        std::string text(size, char('a' + number_[cpu].Value() % 26));
        channel_.Write(cpu, number_[cpu], Text(text));
        Note("w" + std::to_string(cpu) + ":" + std::to_string(number_[cpu].Value()));
        break;
      }
      case 3:
        channel_.Clear(cpu);
        break;
    }
    step_[cpu] = (step_[cpu] + 1) % 4;
  }
  void Turn() {
    const unsigned what = random_() % 100;
    if (what < 45) {
      const uint32_t cpu = random_() % cpus_;
      unsigned n = random_() % 5 == 0 ? random_() % 60 : random_() % 9;
      while (n-- > 0) Step(cpu);
    } else if (what < 60) {
      Look(consumer_);
    } else if (what < 75) {
      Read(consumer_, random_() % 3 ? random_() % 4 : 1000);
    } else if (what < 85) {
      const uint64_t done = consumer_.next.Value() - 1, taken = channel_.Taken().Value();
      if (consumer_.looked && done >= taken) {
        const uint64_t to = random_() % 2 ? done : taken + random_() % (done - taken + 1);
        Note("take " + std::to_string(to));
        consumer_.reader->GiveBack(SequenceNumber(to));
      }
    } else if (what < 88) {
      if (kills_) Begin(consumer_, false);
    } else if (what < 91) {
      if (modes_) {
        const bool over = random_() % 2;
        Note(over ? "OVER" : "NO-OVER");
        consumer_.reader->SetMode(over ? ChannelMode::kOverwrite : ChannelMode::kNoOverwrite);
      }
    } else if (what < 92) {
      Begin(observer_, true);
    } else if (observer_.reader) {
      if (random_() % 2)
        Look(observer_);
      else
        Read(observer_, random_() % 3 ? 3 : 1000);
    }
  }
  void Look(Follow& f) {
    Note(f.observer ? "olook" : "look");
    f.reader->Look();
    f.looked = true;
    if (f.reader->FaultCount() != 0) Fail("fault: " + ToString(*f.reader->LastFault()));
  }
  void Read(Follow& f, int limit) {
    if (!f.looked) return;
    while (limit-- > 0 && error_.empty()) {
      const auto item = f.reader->Next();
      if (f.reader->FaultCount() != 0) return Fail("fault: " + ToString(*f.reader->LastFault()));
      if (!item) return;
      const Record* record = std::get_if<Record>(&*item);
      const SequenceNumber first = record ? record->sequence : std::get<Missing>(*item).first;
      const SequenceNumber last = record ? first : std::get<Missing>(*item).last;
      if (!f.observer || f.next.Value() != 0) {
        // an observer may pass numbers of before its time
        if (f.observer ? first < f.next : first != f.next)
          return Fail("expected " + std::to_string(f.next.Value()) + " got " + ToText(*item));
      }
      if (last < first) return Fail("backwards");
      f.next = last.Next();
      Note((f.observer ? "o" : "r") + ToText(*item));
      if (record) {
        for (auto b : record->payload)
          if (b != std::byte('a' + first.Value() % 26)) return Fail("torn");
        continue;
      }
      const Missing& m = std::get<Missing>(*item);
      Note("(" + ToString(m.cause) + ")");
      std::set<uint32_t> dropping, wrapping;
      for (uint32_t c = 0; c < cpus_; ++c) {
        if (!channel_.Dropped(c).empty()) dropping.insert(c);
        if (!channel_.Overwritten(c).empty()) wrapping.insert(c);
      }
      if (m.cause.kind == LossKind::kUnexplained || m.cause.kind == LossKind::kUnreadable)
        return Fail("cause");
      for (uint32_t c : m.cause.cpus)
        if (!(m.cause.kind == LossKind::kBufferFull ? dropping : wrapping).count(c))
          return Fail("wrong cpu");
    }
  }

  std::mt19937 random_;
  unsigned seed_;
  uint32_t cpus_;
  FakeChannel channel_;
  View view_;
  std::vector<int> step_;
  std::vector<SequenceNumber> number_;
  std::vector<size_t> size_;
  bool kills_, modes_;
  Follow consumer_, observer_;
  std::string error_, trace_;
};

unsigned FromEnvironment(const char* name, unsigned otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::stoul(value));
}

TEST(ReaderFuzz, EveryNumberComesOnceWholeAndWithItsCauseInAnyInterleaving) {
  const unsigned first = FromEnvironment("FUZZ_FIRST", 1);
  const unsigned seeds = FromEnvironment("FUZZ_SEEDS", 1000);
  for (unsigned seed = first; seed < first + seeds; ++seed) {
    ASSERT_EQ("", Fuzz(seed).Run());
  }
}

}  // namespace
}  // namespace s390log
