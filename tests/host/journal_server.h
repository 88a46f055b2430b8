// SPDX-License-Identifier: MIT
// A journal of our own for tests: the native socket and the protocol by its description
// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL), sharing nothing with the code that it checks.
// Worked by hand from the test's own thread.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "s390log/unique_fd.h"

namespace s390log {

class JournalServer {
 public:
  using Fields = std::map<std::string, std::string>;

  explicit JournalServer(std::string path) : path_(std::move(path)) {}

  void Listen() {
    ::unlink(path_.c_str());
    fd_.Reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
    if (::bind(fd_.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0) {
      throw std::runtime_error("bind " + path_);
    }
  }

  // What is in the queue goes with the socket; its name stays, as after a kill.
  void Close() { fd_.Reset(); }

  // Reads what is there, at most so many datagrams.
  void Serve(int datagrams = 1'000'000) {
    while (fd_ && datagrams-- > 0 && Receive()) {
    }
  }

  const std::vector<Fields>& Entries() const { return entries_; }
  int Files() const { return files_; }
  bool Broken() const { return broken_; }

 private:
  bool Receive() {
    std::string bytes(1 << 20, '\0');
    alignas(cmsghdr) std::array<char, 64> control{};
    iovec piece{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(fd_.Get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count < 0) return false;
    bytes.resize(static_cast<size_t>(count));
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr) {
      Parse(bytes);
      return true;
    }
    int passed = -1;
    std::memcpy(&passed, CMSG_DATA(header), sizeof(passed));
    ReadFile(UniqueFd(passed));
    broken_ |= count != 0;
    return true;
  }

  void ReadFile(const UniqueFd& file) {
    struct stat status {};
    broken_ |= ::fstat(file.Get(), &status) < 0;
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    broken_ |= ::fcntl(file.Get(), F_GET_SEALS) != kSeals;
    std::string bytes(static_cast<size_t>(status.st_size), '\0');
    broken_ |= ::pread(file.Get(), bytes.data(), bytes.size(), 0) != status.st_size;
    ++files_;
    Parse(bytes);
  }

  void Parse(const std::string& bytes) {
    Fields fields;
    size_t at = 0;
    while (at < bytes.size()) {
      const size_t end = bytes.find('\n', at);
      if (end == std::string::npos) {
        broken_ = true;
        return;
      }
      const std::string line = bytes.substr(at, end - at);
      at = end + 1;
      if (line.empty()) {
        if (!fields.empty()) entries_.push_back(std::exchange(fields, {}));
        continue;
      }
      const size_t equals = line.find('=');
      const std::string name = line.substr(0, equals);
      const std::string value =
          equals != std::string::npos ? line.substr(equals + 1) : Sized(bytes, at);
      CheckName(name);
      broken_ |= !fields.emplace(name, value).second;  // twice
    }
    if (!fields.empty()) entries_.push_back(fields);
  }

  std::string Sized(const std::string& bytes, size_t& at) {
    uint64_t length = 0;
    for (size_t i = 8; i-- > 0;) length = length << 8 | static_cast<uint8_t>(bytes.at(at + i));
    const std::string value = bytes.substr(at + 8, length);
    at += 8 + length + 1;
    broken_ |= value.size() != length || bytes.at(at - 1) != '\n';
    return value;
  }

  void CheckName(const std::string& name) {
    const bool known =
        name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos &&
        !name.empty() && name.size() <= 64 && name.front() >= 'A';
    broken_ |= !known || name.front() == '_';
  }

  std::string path_;
  UniqueFd fd_;
  std::vector<Fields> entries_;
  int files_ = 0;
  bool broken_ = false;
};

}  // namespace s390log
