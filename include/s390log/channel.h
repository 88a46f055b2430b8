// SPDX-License-Identifier: MIT
// The relay channel as a reader needs it: mapped memory, and the calls of a consumer. The device
// implements it (DeviceChannel); tests put one in ordinary memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "s390log/sequence_number.h"

namespace s390log {

struct Geometry {
  uint32_t n_cpus;  // CPUs that can ever have a buffer
  uint32_t subbuf_size;
  uint32_t n_subbufs;  // of each CPU
};

// What a full buffer does.
enum class ChannelMode {
  kNoOverwrite,  // new records are dropped and counted
  kOverwrite,    // the oldest sub-buffer is begun anew
};

std::string_view ToString(ChannelMode mode);
std::optional<ChannelMode> ParseChannelMode(std::string_view text);

class Channel {
 public:
  virtual ~Channel() = default;

  virtual const Geometry& GetGeometry() const = 0;

  // The words that writers change while they are read: only PositionArea looks into them.
  virtual std::span<const std::byte> Positions() const = 0;

  // The buffer of a CPU, mapped when first asked for; empty while the CPU has never been online.
  // Stays where it is as long as the channel lives.
  virtual std::span<const std::byte> Buffer(uint32_t cpu) = 0;

  // Whether this reader consumes. Others only observe, and the calls below are not theirs.
  virtual bool Consumes() const = 0;

  // Bytes that the channel takes in the kernel now.
  virtual uint64_t Memory() const = 0;

  virtual ChannelMode Mode() const = 0;
  // When it returns, no writer follows the old mode any more.
  virtual void SetMode(ChannelMode mode) = 0;

  // The consumer answers for every number up to this one.
  virtual void Take(SequenceNumber taken) = 0;
  // All sub-buffers of the CPU with a number below `consumed` are done with.
  virtual void GiveBack(uint32_t cpu, uint64_t consumed) = 0;
};

}  // namespace s390log
