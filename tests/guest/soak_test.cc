// SPDX-License-Identifier: MIT
// The short form of `make soak`.
#include "tests/soak/soak.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

class SoakTest : public GuestTest {
 protected:
  SoakTest() : GuestTest(BareQemu()) {}
};

TEST_F(SoakTest, TheBooksBalanceAfterHalfAMinuteOfTrouble) {
  SoakOptions options;
  options.kernel = KernelUnderTest();
  options.duration = seconds(30);
  const char* seed = getenv("SEED");
  options.seed = seed == nullptr ? std::random_device()() : std::stoull(seed);
  SCOPED_TRACE(fmt::format("SEED={}", options.seed));
  GuestSpec spec = SoakGuest(options);
  Lab fresh = FreshGuest(spec, "soak");
  const auto print = [](const std::string& line) { fmt::print("{}\n", line); };
  for (const std::string& fault : Soak(fresh, options, print).Run()) ADD_FAILURE() << fault;
  EXPECT_EQ(fresh.Complaints(), std::vector<std::string>());
}

}  // namespace
}  // namespace lab
