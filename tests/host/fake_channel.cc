// SPDX-License-Identifier: MIT
#include "tests/host/fake_channel.h"

#include <linux/s390_log.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <stdexcept>

namespace s390log {
namespace {

constexpr size_t kPending = 0;
constexpr size_t kPosition = 1;
constexpr size_t kLost = 2;
constexpr size_t kConsumed = 3;
constexpr size_t kRecords = 4;
constexpr size_t kBegun = 5;
constexpr size_t kFull = 6;
constexpr size_t kWrapped = 7;
constexpr size_t kOverwritten = 8;
constexpr size_t kTaken = offsetof(s390_log_position, taken) / 8;

uint64_t Load(const uint64_t* word, int order = __ATOMIC_ACQUIRE) {
  return __atomic_load_n(word, order);
}
void Store(uint64_t* word, uint64_t value, int order = __ATOMIC_RELEASE) {
  __atomic_store_n(word, value, order);
}

// A reader in overwrite mode may be copying what was there.
void StoreLive(std::byte* to, std::span<const std::byte> from) {
  for (size_t at = 0; at < from.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, from.data() + at, std::min(from.size() - at, sizeof(word)));
    Store(reinterpret_cast<uint64_t*>(to + at), word, __ATOMIC_RELAXED);
  }
}

std::array<std::byte, 16> BootBytes() {
  std::array<std::byte, 16> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(0x10 + i);
  return bytes;
}

}  // namespace

BootId TestBootId() { return BootId(BootBytes()); }

struct FakeChannel::Cpu {
  std::vector<uint64_t> memory;  // words, for alignment
  bool online = true;
  uint64_t produced = 0;  // sub-buffers that are closed
  size_t offset = 0;      // in the current one
  bool full = false;      // there is no current one: its place is not given back
  uint64_t full_at = 0;   // `produced` when it was last found full
  std::vector<SequenceNumber> dropped;
  std::vector<SequenceNumber> overwritten;
  std::deque<std::vector<SequenceNumber>> numbers;  // of the sub-buffers that are there

  std::byte* Bytes() { return reinterpret_cast<std::byte*>(memory.data()); }
};

FakeChannel::FakeChannel(uint32_t n_cpus, uint32_t subbuf_size, uint32_t n_subbufs)
    : geometry_{n_cpus, subbuf_size, n_subbufs} {
  positions_.resize((sizeof(s390_log_position) + n_cpus * sizeof(s390_log_cpu)) / 8);
  s390_log_position header{};
  header.magic = S390_LOG_POSITION_MAGIC;
  header.version = S390_LOG_ABI_VERSION;
  header.header_size = sizeof(s390_log_position);
  header.cpu_size = sizeof(s390_log_cpu);
  header.n_cpus = n_cpus;
  std::memcpy(header.boot_id, BootBytes().data(), 16);
  std::memcpy(positions_.data(), &header, sizeof(header));
  for (uint32_t cpu = 0; cpu < n_cpus; ++cpu) {
    cpus_.push_back(std::make_unique<Cpu>());
    SetOnline(cpu);
  }
}

FakeChannel::~FakeChannel() = default;

void FakeChannel::SetOffline(uint32_t cpu) {
  cpus_[cpu]->online = false;
  cpus_[cpu]->memory.clear();
}

void FakeChannel::SetOnline(uint32_t cpu) {
  cpus_[cpu]->online = true;
  cpus_[cpu]->memory.resize(size_t{geometry_.subbuf_size} * geometry_.n_subbufs / 8);
  Begin(cpu);
}

uint64_t* FakeChannel::Words(uint32_t cpu) const {
  return positions_.data() + (sizeof(s390_log_position) + cpu * sizeof(s390_log_cpu)) / 8;
}

uint64_t* FakeChannel::Sequence() const {
  return positions_.data() + offsetof(s390_log_position, sequence) / 8;
}

void FakeChannel::Pend(uint32_t cpu) {
  Store(&Words(cpu)[kPending], Load(Sequence(), __ATOMIC_RELAXED) + 1, __ATOMIC_SEQ_CST);
}

SequenceNumber FakeChannel::TakeNumber(uint32_t) {
  return SequenceNumber(__atomic_add_fetch(Sequence(), 1, __ATOMIC_SEQ_CST));
}

void FakeChannel::Write(uint32_t cpu, SequenceNumber number, const Content& content) {
  const size_t length = sizeof(s390_log_record) + content.payload.size();
  const size_t space = (length + 7) / 8 * 8;
  uint64_t* words = Words(cpu);
  if (std::byte* to = Reserve(cpu, space)) {
    if (remembers_) cpus_[cpu]->numbers.back().push_back(number);
    s390_log_record record{};
    record.length = static_cast<uint32_t>(length);
    record.event = content.event;
    record.sequence = number.Value();
    record.time_ns = 1'700'000'000'000'000'000 + number.Value();
    record.device = content.device;
    record.cpu = static_cast<uint16_t>(cpu);
    record.flags = content.flags;
    StoreLive(to, std::as_bytes(std::span(&record, 1)));
    StoreLive(to + sizeof(record), std::as_bytes(std::span(content.payload)));
    Store(&words[kRecords], Load(&words[kRecords]) + 1);
  } else {
    Store(&words[kLost], Load(&words[kLost]) + 1);
    cpus_[cpu]->dropped.push_back(number);
  }
  Publish(cpu);
}

void FakeChannel::Ready(uint32_t event, SequenceNumber number) {
  if (notify_) notify_(event, number);
}

void FakeChannel::Clear(uint32_t cpu) { Store(&Words(cpu)[kPending], 0); }

SequenceNumber FakeChannel::Emit(uint32_t cpu, const Content& content) {
  Pend(cpu);
  const SequenceNumber number = TakeNumber(cpu);
  Write(cpu, number, content);
  Ready(content.event, number);
  Clear(cpu);
  return number;
}

SequenceNumber FakeChannel::EmitText(uint32_t cpu, std::string_view text) {
  return Emit(cpu, Text(text));
}

std::byte* FakeChannel::Reserve(uint32_t cpu, size_t length) {
  Cpu& own = *cpus_[cpu];
  if (!own.online) return nullptr;
  if (!own.full && own.offset + length > geometry_.subbuf_size) Close(cpu);
  if (own.full && !Begin(cpu)) return nullptr;
  std::byte* at = own.Bytes() + own.produced % geometry_.n_subbufs * geometry_.subbuf_size;
  at += own.offset;
  own.offset += length;
  return at;
}

// The current sub-buffer ends here, and the next one begins if it can.
void FakeChannel::Close(uint32_t cpu) {
  Cpu& own = *cpus_[cpu];
  std::byte* header = own.Bytes() + own.produced % geometry_.n_subbufs * geometry_.subbuf_size;
  auto* used = reinterpret_cast<uint32_t*>(header + offsetof(s390_log_subbuf, used));
  __atomic_store_n(used, static_cast<uint32_t>(own.offset), __ATOMIC_RELAXED);
  ++own.produced;
  own.full = true;
  Begin(cpu);
}

bool FakeChannel::Begin(uint32_t cpu) {
  Cpu& own = *cpus_[cpu];
  uint64_t* words = Words(cpu);
  const bool no_room = own.produced - Load(&words[kConsumed]) >= geometry_.n_subbufs;
  own.full = no_room && mode_ == ChannelMode::kNoOverwrite;
  if (own.full) {
    if (own.full_at != own.produced) Store(&words[kFull], Load(&words[kFull]) + 1);
    own.full_at = own.produced;
    return false;
  }
  if (own.numbers.size() == geometry_.n_subbufs) {
    const auto& oldest = own.numbers.front();
    if (no_room) {
      Store(&words[kWrapped], Load(&words[kWrapped]) + 1);
      Store(&words[kOverwritten], Load(&words[kOverwritten]) + oldest.size());
    }
    own.overwritten.insert(own.overwritten.end(), oldest.begin(), oldest.end());
    own.numbers.pop_front();
  }
  own.numbers.emplace_back();
  Store(&words[kBegun], own.produced + 1);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  const uint64_t pending = Load(&words[kPending]);
  s390_log_subbuf header{};
  header.magic = S390_LOG_SUBBUF_MAGIC;
  header.version = S390_LOG_ABI_VERSION;
  header.header_size = sizeof(header);
  header.number = own.produced;
  header.first_sequence = pending != 0 ? pending : Load(Sequence()) + 1;
  header.lost = Load(&words[kLost]);
  header.subbuf_size = geometry_.subbuf_size;
  header.n_subbufs = geometry_.n_subbufs;
  header.cpu = cpu;
  header.records = Load(&words[kRecords]);
  std::memcpy(header.boot_id, BootBytes().data(), 16);
  StoreLive(own.Bytes() + own.produced % geometry_.n_subbufs * geometry_.subbuf_size,
            std::as_bytes(std::span(&header, 1)));
  own.offset = sizeof(header);
  return true;
}

void FakeChannel::Publish(uint32_t cpu) {
  const Cpu& own = *cpus_[cpu];
  const uint64_t base = own.produced * geometry_.subbuf_size;
  Store(&Words(cpu)[kPosition], own.online ? base + (own.full ? 0 : own.offset) : 0);
}

const std::vector<SequenceNumber>& FakeChannel::Dropped(uint32_t cpu) const {
  return cpus_[cpu]->dropped;
}

SequenceNumber FakeChannel::Taken() const { return SequenceNumber(Load(&positions_[kTaken])); }

const std::vector<SequenceNumber>& FakeChannel::Overwritten(uint32_t cpu) const {
  return cpus_[cpu]->overwritten;
}

uint64_t FakeChannel::Consumed(uint32_t cpu) const { return Load(&Words(cpu)[kConsumed]); }

std::span<std::byte> FakeChannel::Memory(uint32_t cpu) {
  return {cpus_[cpu]->Bytes(), cpus_[cpu]->memory.size() * 8};
}

std::span<std::byte> FakeChannel::PositionMemory() {
  return std::as_writable_bytes(std::span(positions_));
}

std::span<const std::byte> FakeChannel::Positions() const {
  return std::as_bytes(std::span(positions_));
}

std::span<const std::byte> FakeChannel::Buffer(uint32_t cpu) {
  return cpus_[cpu]->online ? Memory(cpu) : std::span<std::byte>();
}

// As the kernel.
void FakeChannel::Take(SequenceNumber taken) {
  uint64_t* word = positions_.data() + kTaken;
  if (taken.Value() < Load(word) || taken.Value() > Load(Sequence())) {
    throw std::logic_error("EINVAL");
  }
  Store(word, taken.Value());
}

// As the kernel: fewer than before, or more than are complete, is an error.
void FakeChannel::GiveBack(uint32_t cpu, uint64_t consumed) {
  uint64_t* words = Words(cpu);
  const uint64_t complete = Load(&words[kPosition]) / geometry_.subbuf_size;
  if (consumed < Load(&words[kConsumed]) || consumed > complete) {
    throw std::logic_error("EINVAL");
  }
  Store(&words[kConsumed], consumed, __ATOMIC_SEQ_CST);
}

FakeChannel::Content Text(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  FakeChannel::Content content;
  content.payload.assign(bytes.begin(), bytes.end());
  return content;
}

}  // namespace s390log
