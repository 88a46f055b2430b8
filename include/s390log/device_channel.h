// SPDX-License-Identifier: MIT
// The relay channel behind /dev/s390_log, as its consumer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "s390log/channel.h"
#include "s390log/mapping.h"
#include "s390log/unique_fd.h"

namespace s390log {

class DeviceChannel : public Channel {
 public:
  // Opens the device, becomes its consumer and maps the positions. Throws std::system_error or
  // std::runtime_error with a sentence that names the remedy; EBUSY is another consumer.
  explicit DeviceChannel(const std::string& path);

  const Geometry& GetGeometry() const override { return geometry_; }
  std::span<const std::byte> Positions() const override { return positions_->Bytes(); }
  std::span<const std::byte> Buffer(uint32_t cpu) override;
  void GiveBack(uint32_t cpu, uint64_t consumed) override;
  void Flush() override;

  // Mask of the events that the kernel knows.
  uint32_t Events() const { return events_; }

 private:
  UniqueFd fd_;
  Geometry geometry_{};
  uint64_t buffer_size_ = 0;
  uint32_t events_ = 0;
  std::optional<Mapping> positions_;
  std::vector<std::optional<Mapping>> buffers_;
};

}  // namespace s390log
