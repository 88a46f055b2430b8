// SPDX-License-Identifier: MIT
// The systemd unit, as systemd itself sees it.
#include <gtest/gtest.h>

#include <regex>

#include "tests/host/temp_dir.h"
#include "tests/install/shell.h"

namespace s390log {
namespace {

constexpr double kMostExposure = 2.0;

class UnitTest : public testing::Test {
 protected:
  // With a logd where the unit says, for systemd looks.
  void SetUp() override {
    const Ran ran = Shell("make install DESTDIR=" + dir_.File("root") + " PREFIX=/usr");
    ASSERT_EQ(ran.status, 0) << ran.text;
    const Ran moved = Shell("sed -i 's|=/usr/sbin|=" + dir_.File("root") + "/usr/sbin|' " + unit_);
    ASSERT_EQ(moved.status, 0) << moved.text;
  }

  TempDir dir_;
  std::string unit_ = dir_.File("root/usr/lib/systemd/system/s390-logd.service");
  std::string analyze_ = "build/systemd/systemd-analyze";
};

TEST_F(UnitTest, ExposureIsLow) {
  const Ran ran =
      Shell("LC_ALL=C.UTF-8 " + analyze_ + " security --offline=true --no-pager " + unit_);
  std::smatch match;
  ASSERT_TRUE(std::regex_search(ran.text, match, std::regex("exposure level for [^:]*: ([0-9.]+)")))
      << ran.text;
  EXPECT_LE(std::stod(match.str(1)), kMostExposure) << ran.text;
}

// A key that systemd does not know, or a value that it does not understand, is only a warning of
// its own log: the sandbox would have a hole.
TEST_F(UnitTest, EveryLineIsUnderstood) {
  const Ran ran = Shell(analyze_ + " verify --man=no " + unit_);
  EXPECT_EQ(ran.text.find(".service:"), std::string::npos) << ran.text;
  for (const char* sign : {"Unknown", "Failed to parse", "Invalid", "ignoring"}) {
    EXPECT_EQ(ran.text.find(sign), std::string::npos) << ran.text;
  }
}

}  // namespace
}  // namespace s390log
