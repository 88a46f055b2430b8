// SPDX-License-Identifier: MIT
//
// Allocations that fail in calls on /dev/s390_log. Load s390_log with subbuf_size=4096 n_subbufs=4;
// nobody else may use it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "tests/guest/programs/faults/injector.h"
#include "tests/guest/programs/faults/kernel_module.h"

namespace s390log::test {
namespace {

constexpr char kDevice[] = "/dev/s390_log";

class LogFaults : public testing::Test {
 protected:
  void SetUp() override { uses_ = module_.Uses(); }
  void TearDown() override { EXPECT_EQ(uses_, module_.Uses()) << "an open file was left"; }

  static void Nothing(int) {}
  static int Result(long rc) { return rc < 0 ? errno : 0; }
  static s390_log_info Info(const UniqueFd& fd) {
    s390_log_info info = {};
    EXPECT_EQ(0, ioctl(fd.Get(), S390_LOG_IOC_INFO, &info));
    return info;
  }

  void SweepMapping(size_t size, off_t offset) {
    const UniqueFd fd(open(kDevice, O_RDWR | O_CLOEXEC));
    void* at = nullptr;
    injector_.Each(
        [&] {
          at = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.Get(), offset);
          return at == MAP_FAILED ? errno : 0;
        },
        Nothing, [&] { munmap(at, size); });
  }

  Injector injector_;
  KernelModule module_{"s390_log"};
  int uses_ = 0;
};

TEST_F(LogFaults, OpenGivesAFileOrLeavesNone) {
  int fd = -1;
  injector_.Each(
      [&] {
        fd = open(kDevice, O_RDWR | O_CLOEXEC);
        return Result(fd);
      },
      [&](int) { EXPECT_EQ(uses_, module_.Uses()); }, [&] { close(fd); });
}

TEST_F(LogFaults, PositionsAreMappedOrNot) {
  const UniqueFd fd(open(kDevice, O_RDWR | O_CLOEXEC));
  SweepMapping(Info(fd).position_size, S390_LOG_MMAP_POSITION);
}

TEST_F(LogFaults, BufferIsMappedOrNot) {
  const UniqueFd fd(open(kDevice, O_RDWR | O_CLOEXEC));
  SweepMapping(Info(fd).buffer_size, static_cast<off_t>(S390_LOG_MMAP_BUFFER(0)));
}

// A number is given to what is written, and to nothing else.
TEST_F(LogFaults, TextBecomesAnEventOrTakesNoNumber) {
  const UniqueFd fd(open(kDevice, O_RDWR | O_CLOEXEC));
  const size_t size = Info(fd).position_size;
  const auto* position = static_cast<const s390_log_position*>(
      mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.Get(), S390_LOG_MMAP_POSITION));
  ASSERT_NE(MAP_FAILED, static_cast<const void*>(position));
  const std::string text(1000, 't');
  uint64_t numbers = position->sequence;
  const Sweep sweep =
      injector_.Each([&] { return Result(write(fd.Get(), text.data(), text.size())); },
                     [&](int) { EXPECT_EQ(numbers, position->sequence); },
                     [&] { EXPECT_EQ(++numbers, position->sequence); });
  EXPECT_GT(sweep.refused, 0);
  munmap(const_cast<s390_log_position*>(position), size);
}

TEST_F(LogFaults, ConsumerAndModeTakeNoMemory) {
  const UniqueFd fd(open(kDevice, O_RDWR | O_CLOEXEC));
  for (unsigned n = 1; n <= 4; ++n) {
    for (uint32_t mode : {S390_LOG_OVERWRITE, S390_LOG_NO_OVERWRITE}) {
      injector_.Nth(n, [&] {
        EXPECT_EQ(0, ioctl(fd.Get(), S390_LOG_IOC_CONSUMER));
        EXPECT_EQ(0, ioctl(fd.Get(), S390_LOG_IOC_MODE, &mode));
      });
      EXPECT_EQ(mode, Info(fd).mode);
    }
  }
}

}  // namespace
}  // namespace s390log::test
