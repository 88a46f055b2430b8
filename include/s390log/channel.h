// SPDX-License-Identifier: MIT
// The relay channel as the reader needs it: mapped memory, and the two calls of a consumer. The
// device implements it (DeviceChannel); tests put one in ordinary memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace s390log {

struct Geometry {
  uint32_t n_cpus;  // CPUs that can ever have a buffer
  uint32_t subbuf_size;
  uint32_t n_subbufs;  // of each CPU
};

class Channel {
 public:
  virtual ~Channel() = default;

  virtual const Geometry& GetGeometry() const = 0;

  // The words that writers change while they are read: only PositionArea looks into them.
  virtual std::span<const std::byte> Positions() const = 0;

  // The buffer of a CPU, mapped when first asked for; empty while the CPU has never been online.
  // Stays where it is as long as the channel lives.
  virtual std::span<const std::byte> Buffer(uint32_t cpu) = 0;

  // All sub-buffers of the CPU with a number below `consumed` are done with.
  virtual void GiveBack(uint32_t cpu, uint64_t consumed) = 0;

  // Closes the current sub-buffer of each CPU unless it is empty.
  virtual void Flush() = 0;
};

}  // namespace s390log
