// SPDX-License-Identifier: MIT
// A way to a server that keeps what it is given, and does what it is told.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "logd/syslog_transport.h"

namespace s390log {

class FakeTransport : public SyslogTransport {
 public:
  // What the next Step() says.
  void Say(Change change) { change_ = change; }
  void SetUp(bool up) { up_ = up; }
  void SetAcknowledged(bool acknowledged) { acknowledged_ = acknowledged; }
  void SetMaxPiece(size_t size) { max_piece_ = size; }
  void SetConfirms(bool confirms) { confirms_ = confirms; }
  // Bytes that are taken from now on.
  void SetRoom(size_t bytes) { room_ = bytes; }

  const std::string& Stream() const { return stream_; }
  std::string TakeStream() { return std::exchange(stream_, {}); }

  Change Step(Clock::time_point /*now*/) override { return std::exchange(change_, Change::kNone); }
  bool Up() const override { return up_; }
  std::optional<size_t> Send(std::span<const iovec> pieces, Clock::time_point /*now*/) override {
    size_t taken = 0;
    for (const iovec& piece : pieces) {
      const size_t part = std::min(piece.iov_len, room_);
      stream_.append(static_cast<const char*>(piece.iov_base), part);
      room_ -= part;
      taken += part;
      if (part < piece.iov_len) break;
    }
    return taken;
  }
  bool AllAcknowledged() const override { return acknowledged_; }
  size_t MaxPiece() const override { return max_piece_; }
  bool Finish(Clock::time_point /*deadline*/) override { return confirms_; }
  Wait GetWait(bool sending) const override { return {0, static_cast<short>(sending), {}}; }
  const std::string& Reason() const override { return reason_; }

 private:
  Change change_ = Change::kNone;
  bool up_ = true;
  bool acknowledged_ = true;
  bool confirms_ = true;
  size_t max_piece_ = SIZE_MAX;
  size_t room_ = SIZE_MAX;
  std::string stream_;
  std::string reason_;
};

}  // namespace s390log
