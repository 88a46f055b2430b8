// SPDX-License-Identifier: MIT
//
// Allocations that fail while a CPU comes online for the first time: it gets its buffer before, or
// stays offline. Load s390_log with subbuf_size=8192 n_subbufs=16; the kernel needs the parameter
// maxcpus=1.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/guest/programs/faults/injector.h"

namespace s390log::test {
namespace {

constexpr char kOnline[] = "/sys/devices/system/cpu/cpu1/online";
constexpr uint64_t kBuffer = 8192 * 16;

class CpuFaults : public testing::Test {
 protected:
  static int Write(const char* value) {
    const UniqueFd online(open(kOnline, O_WRONLY | O_CLOEXEC));
    if (!online) return errno;
    return write(online.Get(), value, 1) == 1 ? 0 : errno;
  }

  static bool Online() {
    int online = 0;
    EXPECT_TRUE(std::ifstream(kOnline) >> online);
    return online == 1;
  }

  uint64_t Memory() const {
    s390_log_info info = {};
    EXPECT_EQ(0, ioctl(device_.Get(), S390_LOG_IOC_INFO, &info));
    return info.memory;
  }

  UniqueFd device_{open("/dev/s390_log", O_RDWR | O_CLOEXEC)};
  Injector injector_;
};

// Once relay has made a buffer for a CPU, it keeps it.
TEST_F(CpuFaults, CpuComesOnlineWithABufferOrStaysOffline) {
  ASSERT_FALSE(Online()) << "needs maxcpus=1";
  const uint64_t one = Memory();
  const Sweep sweep = injector_.Each([] { return Write("1"); }, [](int) { EXPECT_FALSE(Online()); },
                                     [&] {
                                       EXPECT_EQ(one + kBuffer, Memory()) << "no buffer";
                                       EXPECT_EQ(0, Write("0"));
                                     });
  EXPECT_GT(sweep.refused, static_cast<int>(kBuffer / 4096)) << "each page, at least";
  EXPECT_EQ(0, Write("1"));
  EXPECT_EQ(one + kBuffer, Memory());
}

}  // namespace
}  // namespace s390log::test
