// SPDX-License-Identifier: MIT
// The books: what was emitted, and where each of these numbers is now.
//
// At any moment: emitted = before + delivered + lost + buffered. `delivered` events and `lost`
// numbers (those of gaps) are in the store, or without one have been taken by every sink;
// `buffered` numbers are in the kernel's buffers or in the backlog; `before` are those that another
// logd has answered for. An event whose payload was lost is delivered: its number and its kind have
// come. So the kernel's count of dropped records is payload_lost + lost.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "logd/sink.h"
#include "s390log/channel_reader.h"
#include "s390log/matcher.h"

namespace s390log {

struct SinkStats {
  SinkReport report;
  uint64_t undelivered = 0;                       // entries that wait for it
  std::optional<uint64_t> lag_ns = std::nullopt;  // age of the oldest of them; nothing: not known
};

struct Stats {
  std::string boot_id;
  uint64_t emitted = 0;
  uint64_t before = 0;
  uint64_t buffered = 0;
  MatchCounts taken;
  std::vector<CpuReport> cpus;
  std::vector<SinkStats> sinks;
  uint64_t kevents_delivered = 0;
  uint64_t kevents_coalesced = 0;
  uint64_t kevents_late = 0;
  uint64_t unreadable = 0;  // malformed sub-buffers
  std::string last_fault;
  ChannelMode mode = ChannelMode::kNoOverwrite;
  uint64_t memory = 0;  // bytes of the channel in the kernel
  uint32_t subbuf_size = 0;
  uint32_t n_subbufs = 0;

  bool Balanced() const { return emitted == before + taken.Delivered() + taken.lost + buffered; }
};

// Keys as in logctl(1).
nlohmann::ordered_json ToJson(const Stats& stats);

// "emitted 12, delivered 12, lost 0"
std::string BalanceLine(const Stats& stats);

}  // namespace s390log
