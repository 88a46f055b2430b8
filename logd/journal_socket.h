// SPDX-License-Identifier: MIT
// The native socket of the systemd journal, without blocking.
//
// libsystemd's sd_journal_sendv() would do the same by less code, but not for us: its socket blocks
// when journald is slow or stopped, and with it the one thread that collects; and if there is no
// journal it says that all is well. (src/libsystemd/sd-journal/journal-send.c: sendmsg() without
// MSG_DONTWAIT, and 0 for ENOENT.)
#pragma once

#include <string>
#include <string_view>

#include "s390log/unique_fd.h"

namespace s390log {

class JournalSocket {
 public:
  explicit JournalSocket(std::string path) : path_(std::move(path)) {}

  const std::string& Path() const { return path_; }
  bool IsOpen() const { return static_cast<bool>(fd_); }
  int Fd() const { return fd_.Get(); }

  // False: as Fault() says.
  bool Open();
  void Close() { fd_.Reset(); }

  enum class Result { kSent, kFull, kBroken };
  // One datagram; if it is too long for one, the journal gets it as a file in memory.
  Result Send(std::string_view datagram);

  // The journal has read everything that was sent. (What is in the queue of a socket goes with it:
  // the queue is empty then, too. So it is asked whether somebody is there still.)
  enum class Receipt { kRead, kUnread, kBroken };
  Receipt AllRead();

  const std::string& Fault() const { return fault_; }

 private:
  Result SendFile(std::string_view datagram);
  Result Judge(ssize_t rc);

  std::string path_;
  UniqueFd fd_;
  std::string fault_;
};

}  // namespace s390log
