// SPDX-License-Identifier: MIT
// A relay channel in ordinary memory, with a writer that follows W1 to W5 of <linux/s390_log.h> to
// the letter, and lays sub-buffers out as s390_log.ko does in both modes.
//
// Writers of different CPUs may be different threads, beside the reader's. A writer can be stopped
// between its steps, to show the reader each state that it can meet.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "s390log/boot_id.h"
#include "s390log/channel.h"
#include "s390log/sequence_number.h"

namespace s390log {

BootId TestBootId();

class FakeChannel : public Channel {
 public:
  // Called at W4.
  using Notify = std::function<void(uint32_t event, SequenceNumber sequence)>;

  struct Content {
    uint32_t event = 0x80000000;  // KEVENT_S390_TEXT
    uint32_t device = 0;
    uint16_t flags = 0;
    std::vector<std::byte> payload;
  };

  FakeChannel(uint32_t n_cpus, uint32_t subbuf_size, uint32_t n_subbufs);
  ~FakeChannel() override;

  void SetNotify(Notify notify) { notify_ = std::move(notify); }

  // The CPU gets its buffer. All CPUs but those told to SetOffline() have one from the beginning.
  void SetOffline(uint32_t cpu);
  void SetOnline(uint32_t cpu);

  // All steps, with interrupts off, as it were.
  SequenceNumber Emit(uint32_t cpu, const Content& content);
  SequenceNumber EmitText(uint32_t cpu, std::string_view text);

  // One step each.
  void Pend(uint32_t cpu);                                                  // W1
  SequenceNumber TakeNumber(uint32_t cpu);                                  // W2
  void Write(uint32_t cpu, SequenceNumber number, const Content& content);  // W3
  void Ready(uint32_t event, SequenceNumber number);                        // W4
  void Clear(uint32_t cpu);                                                 // W5

  // Numbers that were dropped on a CPU; for its own thread, or after it.
  const std::vector<SequenceNumber>& Dropped(uint32_t cpu) const;
  uint64_t Consumed(uint32_t cpu) const;
  SequenceNumber Taken() const;
  // Numbers of records that were overwritten, given back or not.
  const std::vector<SequenceNumber>& Overwritten(uint32_t cpu) const;

  // It keeps none of those lists any more: in a long run they would be what grows.
  void SetForgetful() { remembers_ = false; }

  // The reader as an observer.
  void SetObserver() { consumes_ = false; }

  // To do harm.
  std::span<std::byte> Memory(uint32_t cpu);
  std::span<std::byte> PositionMemory();

  const Geometry& GetGeometry() const override { return geometry_; }
  std::span<const std::byte> Positions() const override;
  std::span<const std::byte> Buffer(uint32_t cpu) override;
  uint64_t Memory() const override {
    return uint64_t{geometry_.n_cpus} * geometry_.n_subbufs * geometry_.subbuf_size;
  }
  bool Consumes() const override { return consumes_; }
  ChannelMode Mode() const override { return mode_; }
  void SetMode(ChannelMode mode) override { mode_ = mode; }
  void Take(SequenceNumber taken) override;
  void GiveBack(uint32_t cpu, uint64_t consumed) override;

 private:
  struct Cpu;

  uint64_t* Words(uint32_t cpu) const;
  uint64_t* Sequence() const;
  std::byte* Reserve(uint32_t cpu, size_t length);
  bool Begin(uint32_t cpu);
  void Close(uint32_t cpu);
  void Publish(uint32_t cpu);

  Geometry geometry_;
  bool consumes_ = true;
  bool remembers_ = true;
  std::atomic<ChannelMode> mode_{ChannelMode::kNoOverwrite};
  Notify notify_;
  std::vector<std::unique_ptr<Cpu>> cpus_;
  mutable std::vector<uint64_t> positions_;
};

FakeChannel::Content Text(std::string_view text);

}  // namespace s390log
