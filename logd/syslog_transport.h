// SPDX-License-Identifier: MIT
// The way to one syslog server, which is made anew whenever it breaks: never blocks, and waits
// longer after each failure. It knows bytes and datagrams, and nothing of events.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "logd/sink.h"

namespace s390log {

class SyslogTransport {
 public:
  enum class Change {
    kNone,
    kUp,      // from now on what is sent may count as taken
    kClosed,  // the server's program is gone, but had read all that was sent some time ago
    kBroken,  // nobody knows how much of what was sent has been read
  };

  virtual ~SyslogTransport() = default;

  // Goes on with connecting, or finds out that the connection has ended.
  virtual Change Step(Clock::time_point now) = 0;

  virtual bool Up() const = 0;

  // Hands pieces to the system, in order, each a message in its frame. Returns the bytes that were
  // taken; of datagrams, whole pieces. Nothing: the connection has broken, as Step() will say.
  // Without being up, none or a few are taken, as a try.
  virtual std::optional<size_t> Send(std::span<const iovec> pieces, Clock::time_point now) = 0;

  // The server's system has acknowledged everything.
  virtual bool AllAcknowledged() const = 0;

  // Bytes of a piece. May change with any Send().
  virtual size_t MaxPiece() const { return SIZE_MAX; }

  // Nothing will be sent any more: waits until the server has confirmed that its program has read
  // everything, if there is a way to know. False if it is not known.
  virtual bool Finish(Clock::time_point deadline) = 0;

  // `sending`: there is something to send.
  virtual Wait GetWait(bool sending) const = 0;

  // Why it is not up.
  virtual const std::string& Reason() const = 0;
};

}  // namespace s390log
