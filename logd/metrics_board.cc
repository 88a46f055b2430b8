// SPDX-License-Identifier: MIT
#include "logd/metrics_board.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace s390log {

MetricsBoard::MetricsBoard() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!fd_) throw std::system_error(errno, std::system_category(), "eventfd");
}

std::shared_ptr<const std::string> MetricsBoard::Ask() {
  std::unique_lock lock(mutex_);
  if (text_ != nullptr && Clock::now() < time_ + kFresh) return text_;
  const uint64_t seen = count_;
  const uint64_t one = 1;
  // It can only fail if it is readable already.
  (void)!::write(fd_.Get(), &one, sizeof(one));
  published_.wait_for(lock, kPatience, [&] { return count_ != seen || closed_; });
  return count_ != seen ? text_ : nullptr;
}

bool MetricsBoard::Asked() const {
  uint64_t times = 0;
  return ::read(fd_.Get(), &times, sizeof(times)) == sizeof(times);
}

void MetricsBoard::Publish(std::string text) {
  auto published = std::make_shared<const std::string>(std::move(text));
  {
    const std::lock_guard lock(mutex_);
    text_ = std::move(published);
    time_ = Clock::now();
    ++count_;
  }
  published_.notify_all();
}

void MetricsBoard::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    text_.reset();
  }
  published_.notify_all();
}

}  // namespace s390log
