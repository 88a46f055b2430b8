// SPDX-License-Identifier: MIT
// One connection of an HTTP client, which has so long and may send so much in all, whatever it
// does: a client that sends a byte now and then keeps nobody.
#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace s390log {

class DeadlineStream : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  // `stop_fd` is readable when all shall end at once. Both descriptors outlive this.
  DeadlineStream(int fd, int stop_fd, Clock::time_point deadline, size_t max_request)
      : fd_(fd), stop_fd_(stop_fd), deadline_(deadline), left_(max_request) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  // -1 if the time is over, or the request too long.
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return fd_; }

 private:
  bool Wait(short events) const;

  int fd_;
  int stop_fd_;
  Clock::time_point deadline_;
  size_t left_;
};

}  // namespace s390log
