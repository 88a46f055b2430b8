// SPDX-License-Identifier: MIT
#include "s390log/time_text.h"

#include <gtest/gtest.h>

namespace s390log {
namespace {

TEST(Rfc3339, HasTheDigitsAskedForAndCutsTheRest) {
  EXPECT_EQ(Rfc3339(0, 9), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(Rfc3339(1'999'999'999, 6), "1970-01-01T00:00:01.999999Z");
  EXPECT_EQ(Rfc3339(1'000'000'001, 1), "1970-01-01T00:00:01.0Z");
  EXPECT_EQ(Rfc3339(1'709'210'096'000'000'042, 9), "2024-02-29T12:34:56.000000042Z");
}

TEST(Rfc3339, WorksToTheEndOfTheNumber) {
  EXPECT_EQ(Rfc3339(UINT64_MAX, 9), "2554-07-21T23:34:33.709551615Z");
}

}  // namespace
}  // namespace s390log
