// SPDX-License-Identifier: MIT
#include "tests/bench/life/watched_logd.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "logd/unix_address.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kStartLimit{20'000};
constexpr std::chrono::milliseconds kStopLimit{60'000};

}  // namespace

WatchedLogd::WatchedLogd(std::string program, std::string config, std::string folder)
    : program_(std::move(program)), config_(std::move(config)), folder_(std::move(folder)) {
  const std::string path = folder_ + "/notify";
  ::unlink(path.c_str());
  notify_.Reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto address = UnixAddress(path).value();
  if (::bind(notify_.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0) {
    throw std::runtime_error("cannot listen at " + path);
  }
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
}

std::chrono::nanoseconds WatchedLogd::Start() {
  const std::string log = folder_ + "/log";
  ::unlink(log.c_str());
  const auto start = Clock::now();
  child_ = std::make_unique<Child>(std::vector<std::string>{program_, "-c", config_}, log);
  std::array<char, 4096> bytes;
  pollfd ready{notify_.Get(), POLLIN, 0};
  while (::poll(&ready, 1, static_cast<int>(kStartLimit.count())) > 0) {
    const auto now = Clock::now();
    const ssize_t count = ::recv(notify_.Get(), bytes.data(), bytes.size(), 0);
    if (count > 0 &&
        std::string_view(bytes.data(), static_cast<size_t>(count)).starts_with("READY=1"))
      return now - start;
  }
  throw std::runtime_error(
      fmt::format("waited 20 s for {} to be ready; it says: {}", program_, Contents(log)));
}

std::string WatchedLogd::Stop() {
  child_->Signal(SIGTERM);
  const auto status = child_->Wait(kStopLimit);
  const std::string log = Contents(folder_ + "/log");
  if (!status || *status != 0) {
    throw std::runtime_error(
        fmt::format("{} has {}: {}", program_, status ? "failed" : "not ended after 60 s", log));
  }
  child_.reset();
  std::array<char, 4096> rest;
  while (::recv(notify_.Get(), rest.data(), rest.size(), MSG_DONTWAIT) > 0) {
  }
  std::istringstream lines(log);
  std::string last;
  for (std::string line; std::getline(lines, line);) last = line;
  return last;
}

uint64_t WatchedLogd::Memory(const std::string& key) const {
  std::ifstream status(fmt::format("/proc/{}/status", child_->Pid()));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) return std::stoull(line.substr(key.size() + 1));
  }
  throw std::runtime_error("logd has no " + key + ": it has ended");
}

}  // namespace s390log
