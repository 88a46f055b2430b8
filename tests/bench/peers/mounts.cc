// SPDX-License-Identifier: MIT
#include "tests/bench/peers/mounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "tests/host/fake_channel.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

constexpr size_t kLimit = 8192;

const std::string& BootText() {
  static const std::string text = TestBootId().ToString();
  return text;
}

}  // namespace

Event Mount(uint64_t number) { return TapeEvent(number); }

SyslogOrigin MountOrigin() { return {3, 32473, "bench.example.com", "logd", "4711"}; }

std::string MountMessage(uint64_t number) {
  static SyslogEncoder encoder(MountOrigin());
  return encoder.Encode(Mount(number), BootText(), kLimit);
}

std::string MountLine(uint64_t number) {
  const std::string message = MountMessage(number);
  return message.substr(message.find('['));
}

size_t AfterNumber() {
  const std::string line = MountLine(kFirstMount);
  const size_t at = line.find(std::to_string(kFirstMount));
  if (at == std::string::npos) throw std::logic_error("a mount without its number: " + line);
  return line.size() - at - kMountDigits;
}

void NumberCheck::See(const std::string& digits) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  const uint64_t index = number - kFirstMount;
  if (!whole || index >= seen_.size()) {
    if (strange_++ == 0) first_strange_ = digits;
  } else if (seen_[index]) {
    ++repeated_;
  } else {
    seen_[index] = true;
  }
}

std::string NumberCheck::Complaint() const {
  const auto missing = std::count(seen_.begin(), seen_.end(), false);
  if (missing == 0 && repeated_ == 0 && strange_ == 0) return "";
  return fmt::format(
      "of {} messages {} are missing, {} are there more than once, and {} are none of "
      "ours, the first of them '{}'",
      seen_.size(), missing, repeated_, strange_, first_strange_);
}

}  // namespace s390log
