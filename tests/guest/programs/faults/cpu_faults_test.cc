// SPDX-License-Identifier: MIT
//
// Allocations that fail while a CPU comes online for the first time: it gets its buffer before, or
// stays offline. Load kevent before; the kernel needs the parameter maxcpus=1.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/guest/programs/faults/injector.h"
#include "tests/guest/programs/faults/kernel_module.h"

namespace s390log::test {
namespace {

constexpr char kOnline[] = "/sys/devices/system/cpu/cpu1/online";
constexpr char kParameters[] = "subbuf_size=8192 n_subbufs=16";
constexpr uint64_t kBuffer = 8192 * 16;

class CpuFaults : public testing::Test {
 protected:
  void SetUp() override { Load(); }
  void TearDown() override { Unload(); }

  // Once relay has made a buffer for a CPU, it keeps it.
  void Load() {
    ASSERT_EQ(0, log_.Load(kParameters));
    device_ = UniqueFd(open("/dev/s390_log", O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(device_);
  }
  void Unload() {
    device_ = UniqueFd();
    EXPECT_EQ(0, log_.Unload());
  }

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

  KernelModule log_{"s390_log"};
  UniqueFd device_;
  Injector injector_;
};

TEST_F(CpuFaults, CpuComesOnlineWithABufferOrStaysOffline) {
  ASSERT_FALSE(Online()) << "needs maxcpus=1";
  const uint64_t one = Memory();
  const Sweep sweep = injector_.Each([] { return Write("1"); }, [](int) { EXPECT_FALSE(Online()); },
                                     [&] {
                                       EXPECT_EQ(one + kBuffer, Memory()) << "no buffer";
                                       EXPECT_EQ(0, Write("0"));
                                       Unload();
                                       Load();
                                     });
  EXPECT_GT(sweep.refused, static_cast<int>(kBuffer / 4096)) << "each page, at least";
  EXPECT_EQ(0, Write("1"));
  EXPECT_EQ(one + kBuffer, Memory());
  EXPECT_EQ(0, Write("0"));
}

}  // namespace
}  // namespace s390log::test
