// SPDX-License-Identifier: MIT
#include "logd/journal_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "logd/unix_address.h"

namespace s390log {
namespace {

// Sealed: journald maps it, and need not fear that it changes.
UniqueFd SealedFile(std::string_view bytes) {
  UniqueFd fd(::memfd_create("logd", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return fd;
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(fd.Get(), bytes.data() + written, bytes.size() - written);
    if (count < 0) return {};
    written += static_cast<size_t>(count);
  }
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (::fcntl(fd.Get(), F_ADD_SEALS, kSeals) < 0) return {};
  return fd;
}

}  // namespace

bool JournalSocket::Open() {
  const auto address = UnixAddress(path_);
  if (!address) {
    fault_ = "its path is too long for a socket";
    return false;
  }
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd || ConnectUnix(fd.Get(), *address) < 0) {
    fault_ = fmt::format("cannot be reached: {}", std::strerror(errno));
    return false;
  }
  fd_ = std::move(fd);
  return true;
}

JournalSocket::Result JournalSocket::Judge(ssize_t rc) {
  if (rc >= 0) return Result::kSent;
  if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR) return Result::kFull;
  fault_ = std::strerror(errno);
  return Result::kBroken;
}

JournalSocket::Result JournalSocket::Send(std::string_view datagram) {
  const ssize_t rc =
      ::send(fd_.Get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return rc < 0 && errno == EMSGSIZE ? SendFile(datagram) : Judge(rc);
}

JournalSocket::Result JournalSocket::SendFile(std::string_view datagram) {
  const UniqueFd file = SealedFile(datagram);
  if (!file) return Judge(-1);
  const int fd = file.Get();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(fd))> control{};
  // One piece of nothing: qemu-user sends no message that has no pieces, and says that it has.
  char nothing = 0;
  iovec piece{&nothing, 0};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(fd));
  std::memcpy(CMSG_DATA(header), &fd, sizeof(fd));
  return Judge(::sendmsg(fd_.Get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL));
}

JournalSocket::Receipt JournalSocket::AllRead() {
  int queued = 0;
  if (::ioctl(fd_.Get(), SIOCOUTQ, &queued) < 0) {
    fault_ = std::strerror(errno);
    return Receipt::kBroken;
  }
  if (queued > 0) return Receipt::kUnread;
  // journald passes over an empty datagram. A socket that is closed refuses it.
  return Judge(::send(fd_.Get(), "", 0, MSG_DONTWAIT | MSG_NOSIGNAL)) == Result::kBroken
             ? Receipt::kBroken
             : Receipt::kRead;
}

}  // namespace s390log
