// SPDX-License-Identifier: MIT
#include "tests/guest/programs/flood/reader.h"

#include <fmt/core.h>
#include <linux/s390_log.h>
#include <poll.h>

#include <cstring>
#include <map>
#include <random>
#include <stdexcept>

#include "s390log/collector.h"
#include "s390log/device_channel.h"
#include "s390log/kevent_queue.h"
#include "tests/guest/programs/flood/books.h"

namespace s390log::test {
namespace {

constexpr size_t kBatch = 20'000;
constexpr int kWaitMs = 100;

// Each payload is one number over and over, and rises on each CPU: torn and repeated ones show.
class PayloadCheck {
 public:
  void Check(const Record& record) {
    uint64_t first = 0;
    if (record.payload.size() < sizeof(first)) throw std::runtime_error("payload too short");
    std::memcpy(&first, record.payload.data(), sizeof(first));
    for (size_t i = 0; i + sizeof(first) <= record.payload.size(); i += sizeof(first)) {
      if (std::memcmp(&first, record.payload.data() + i, sizeof(first)) != 0) {
        throw std::runtime_error(fmt::format("record {} is torn", record.sequence.Value()));
      }
    }
    // The upper half says which writer it was.
    uint64_t& last = last_of_writer_[first >> 32];
    if (first <= last) {
      throw std::runtime_error(fmt::format("record {} is old", record.sequence.Value()));
    }
    last = first;
  }

 private:
  std::map<uint64_t, uint64_t> last_of_writer_;
};

}  // namespace

int ReadForEver(const std::string& books, bool switch_modes) {
  DeviceChannel channel("/dev/s390_log");
  KeventQueue queue(KEVENT_S390_TEXT, 16);
  Collector collector(channel, queue);
  BookWriter writer(books);
  PayloadCheck check;
  std::mt19937 random(std::random_device{}());
  while (true) {
    SequenceNumber taken;
    const CollectState state = collector.Collect(kBatch, [&](const Outcome& outcome) {
      const bool there = outcome.match == Match::kComplete || outcome.match == Match::kCoalesced;
      if (there) check.Check(outcome.record);
      if (!there && outcome.cause.kind == LossKind::kUnexplained) {
        throw std::runtime_error(fmt::format("nothing explains why {} to {} are missing",
                                             outcome.first.Value(), outcome.last.Value()));
      }
      writer.Add(outcome.first.Value(), outcome.last.Value(),
                 there ? Fate::kDelivered : Fate::kLost);
      taken = outcome.last;
    });
    writer.Flush();
    if (taken != SequenceNumber()) collector.GiveBack(taken);
    if (switch_modes && random() % 8 == 0) {
      collector.SetMode(random() % 2 == 0 ? ChannelMode::kOverwrite : ChannelMode::kNoOverwrite);
    }
    if (state == CollectState::kMore) continue;
    pollfd ready{queue.Fd(), POLLIN, 0};
    ::poll(&ready, 1, state == CollectState::kBehind ? 1 : kWaitMs);
  }
}

}  // namespace s390log::test
