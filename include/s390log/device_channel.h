// SPDX-License-Identifier: MIT
// The relay channel behind /dev/s390_log.
#pragma once

#include <linux/s390_log.h>

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
  enum class Role { kConsumer, kObserver };

  // Opens the device, becomes its consumer (or not) and maps the positions. Throws
  // std::system_error or std::runtime_error with a sentence that names the remedy; EBUSY is another
  // consumer.
  explicit DeviceChannel(const std::string& path, Role role = Role::kConsumer);

  const Geometry& GetGeometry() const override { return geometry_; }
  std::span<const std::byte> Positions() const override { return positions_->Bytes(); }
  std::span<const std::byte> Buffer(uint32_t cpu) override;
  uint64_t Memory() const override;
  bool Consumes() const override { return role_ == Role::kConsumer; }
  ChannelMode Mode() const override;
  void SetMode(ChannelMode mode) override;

  // From now on each tape that is loaded is identified, by an event of its own; or not any more.
  // For the consumer, as long as it lives.
  void SetIdentifyVolumes(bool on);
  void Take(SequenceNumber taken) override;
  void GiveBack(uint32_t cpu, uint64_t consumed) override;

  // For poll(): readable when `threshold` events, by default one, have come after the one that was
  // seen last.
  int Fd() const { return fd_.Get(); }
  void SetSeen(SequenceNumber seen);
  void SetThreshold(uint64_t threshold);

  // Mask of the events that the kernel knows.
  uint32_t Events() const { return events_; }

 private:
  s390_log_info Info() const;

  Role role_;
  std::string path_;
  UniqueFd fd_;
  Geometry geometry_{};
  uint64_t buffer_size_ = 0;
  uint32_t events_ = 0;
  std::optional<Mapping> positions_;
  std::vector<std::optional<Mapping>> buffers_;
};

}  // namespace s390log
