// SPDX-License-Identifier: MIT
#include "tests/guest/programs/faults/injector.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

namespace s390log::test {

namespace {

constexpr unsigned kMaxAllocations = 20'000;

void Set(const std::string& attribute, const std::string& value) {
  const std::string path = "/sys/kernel/debug/" + attribute;
  std::ofstream out(path);
  if (!(out << value << std::flush)) {
    throw std::system_error(errno, std::generic_category(),
                            path + ": fault injection needs a kernel that has it (KERNEL=debug)");
  }
}

}  // namespace

std::string Sweep::Text() const {
  return fmt::format("{} allocations failed: {} times refused, {} times done nevertheless",
                     Injected(), refused, survived);
}

Injector::Injector() {
  for (const char* kind : {"failslab", "fail_page_alloc"}) {
    Set(std::string(kind) + "/ignore-gfp-wait", "N");
    Set(std::string(kind) + "/verbose", "0");
  }
  Set("fail_page_alloc/min-order", "0");
  Set("fail_page_alloc/ignore-gfp-highmem", "N");
  fail_nth_ = UniqueFd(open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC));
  if (!fail_nth_) throw std::system_error(errno, std::generic_category(), "opening fail-nth");
}

void Injector::Arm(unsigned n) {
  const std::string text = std::to_string(n);
  if (pwrite(fail_nth_.Get(), text.data(), text.size(), 0) < 0)
    throw std::system_error(errno, std::generic_category(), "writing fail-nth");
}

// Counts down, and is 0 once the allocation has failed.
unsigned Injector::Left() {
  std::array<char, 16> text = {};
  if (pread(fail_nth_.Get(), text.data(), text.size() - 1, 0) < 0)
    throw std::system_error(errno, std::generic_category(), "reading fail-nth");
  return static_cast<unsigned>(strtoul(text.data(), nullptr, 10));
}

bool Injector::Nth(unsigned n, const std::function<void()>& act) {
  Arm(n);
  act();
  const bool injected = Left() == 0;
  Arm(0);
  return injected;
}

Sweep Injector::Each(const std::function<int()>& act, const std::function<void(int)>& refused,
                     const std::function<void()>& undo) {
  Sweep sweep;
  for (unsigned n = 1; n <= kMaxAllocations; ++n) {
    SCOPED_TRACE(fmt::format("allocation {} failed", n));
    int error = 0;
    const bool injected = Nth(n, [&] { error = act(); });
    if (!injected) {
      EXPECT_EQ(0, error) << strerror(error) << ", though nothing had failed";
      if (error == 0) undo();
      EXPECT_GT(sweep.Injected(), 0) << "no allocation to fail";
      fmt::print("    {}\n", sweep.Text());
      return sweep;
    }
    if (error == 0) {
      ++sweep.survived;
      undo();
    } else {
      ++sweep.refused;
      sweep.last_error = error;
      EXPECT_EQ(ENOMEM, error) << strerror(error);
      refused(error);
    }
    if (testing::Test::HasFailure()) return sweep;
  }
  ADD_FAILURE() << "it made more than " << kMaxAllocations << " allocations";
  return sweep;
}

}  // namespace s390log::test
