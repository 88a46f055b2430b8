// SPDX-License-Identifier: MIT
//
// relay's contract of 2005 on the real kernel, and what ours adds: sub-buffers, padding, fullness,
// modes, observers, readers that die. Load s390_log with subbuf_size=4096 n_subbufs=4, and
// s390_log_source; nobody else may consume.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <variant>

#include "s390log/channel_reader.h"
#include "s390log/device_channel.h"
#include "s390log/record.h"
#include "s390log/subbuf_header.h"

namespace s390log::test {
namespace {

constexpr char kDevice[] = "/dev/s390_log";
constexpr char kSource[] = "/sys/module/s390_log_source/parameters/";
constexpr size_t kHeader = sizeof(s390_log_subbuf);

void Emit(const std::string& text) {
  const UniqueFd fd(open(kDevice, O_RDWR | O_CLOEXEC));
  ASSERT_EQ(static_cast<ssize_t>(text.size()), write(fd.Get(), text.data(), text.size()));
}

void Source(const std::string& parameter, const std::string& value) {
  const UniqueFd fd(open((kSource + parameter).c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(static_cast<ssize_t>(value.size()), write(fd.Get(), value.data(), value.size()))
      << parameter << " (is s390_log_source loaded?)";
}

std::string TextOf(const Record& record) {
  return {reinterpret_cast<const char*>(record.payload.data()), record.payload.size()};
}

// All on CPU 0, and whatever other tests left is read and given back first.
class RelayContract : public testing::Test {
 protected:
  void SetUp() override {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    ASSERT_EQ(0, sched_setaffinity(0, sizeof(set), &set));
    DeviceChannel channel(kDevice);
    channel.SetMode(ChannelMode::kNoOverwrite);
    ChannelReader reader(channel);
    reader.Look();
    while (reader.Next()) {
    }
    reader.GiveBack(reader.Delivered());
  }

  CpuCounters Counters() const { return area_.Counters(0); }
  uint64_t Emitted() const { return area_.Sequence().Value(); }

  // More than the buffer holds.
  void Fill() {
    for (size_t i = 0; i < 2 * Capacity() / 1000; ++i) Emit(std::string(1000, 'f'));
  }
  size_t Capacity() const {
    return size_t{observer_.GetGeometry().subbuf_size} * observer_.GetGeometry().n_subbufs;
  }

  static uint64_t ReadAll(ChannelReader& reader) {
    uint64_t records = 0;
    reader.Look();
    while (const auto item = reader.Next()) records += std::holds_alternative<Record>(*item);
    return records;
  }

  DeviceChannel observer_{kDevice, DeviceChannel::Role::kObserver};
  PositionArea area_{observer_.Positions()};
};

TEST_F(RelayContract, AnObserverMayNotConsumeAnswerFlushOrChangeTheMode) {
  const UniqueFd reader(open(kDevice, O_RDONLY | O_CLOEXEC));
  const UniqueFd other(open(kDevice, O_RDWR | O_CLOEXEC));
  const DeviceChannel consumer(kDevice);
  uint64_t taken = Emitted();
  EXPECT_EQ(-1, ioctl(other.Get(), S390_LOG_IOC_TAKEN, &taken));
  EXPECT_EQ(EPERM, errno);
  uint32_t mode = S390_LOG_OVERWRITE;
  EXPECT_EQ(-1, ioctl(other.Get(), S390_LOG_IOC_MODE, &mode));
  EXPECT_EQ(EBUSY, errno);
  EXPECT_EQ(-1, ioctl(reader.Get(), S390_LOG_IOC_MODE, &mode));
  EXPECT_EQ(EBADF, errno);
  EXPECT_EQ(ChannelMode::kNoOverwrite, consumer.Mode());
}

TEST_F(RelayContract, TheConsumerAnswersOnlyForNumbersThatWereEmittedAndNeverForFewer) {
  const UniqueFd fd(open(kDevice, O_RDWR | O_CLOEXEC));
  ASSERT_EQ(0, ioctl(fd.Get(), S390_LOG_IOC_CONSUMER));
  uint64_t taken = Emitted() + 1;
  EXPECT_EQ(-1, ioctl(fd.Get(), S390_LOG_IOC_TAKEN, &taken));
  EXPECT_EQ(EINVAL, errno);
  taken = Emitted();
  EXPECT_EQ(0, ioctl(fd.Get(), S390_LOG_IOC_TAKEN, &taken));
  EXPECT_EQ(area_.Taken().Value(), taken);
  taken -= 1;
  EXPECT_EQ(-1, ioctl(fd.Get(), S390_LOG_IOC_TAKEN, &taken));
  EXPECT_EQ(EINVAL, errno);
  EXPECT_EQ(-1, ioctl(fd.Get(), S390_LOG_IOC_TAKEN, nullptr));
  EXPECT_EQ(EFAULT, errno);
}

TEST_F(RelayContract, UnknownModesAndImpossibleThresholdsAreInvalid) {
  const UniqueFd fd(open(kDevice, O_RDWR | O_CLOEXEC));
  uint32_t mode = 2;
  EXPECT_EQ(-1, ioctl(fd.Get(), S390_LOG_IOC_MODE, &mode));
  EXPECT_EQ(EINVAL, errno);
  for (uint64_t threshold : {uint64_t{0}, uint64_t{1} << 31}) {
    EXPECT_EQ(-1, ioctl(fd.Get(), S390_LOG_IOC_THRESHOLD, &threshold));
    EXPECT_EQ(EINVAL, errno);
  }
}

// Each record lies in one sub-buffer, `used` says where padding begins, and nothing else is there.
TEST_F(RelayContract, AWriteIsInOneSubbufferOrNotAtAll) {
  for (size_t i = 0; i < 40; ++i) Emit(std::string(1 + i * 37 % 1000, 'w'));
  const std::span<const std::byte> buffer = observer_.Buffer(0);
  const Geometry& geometry = observer_.GetGeometry();
  const CpuCounters counters = Counters();
  uint64_t checked = 0;
  for (uint64_t n = counters.consumed; n + 1 < counters.begun; ++n) {
    const auto subbuf =
        buffer.subspan(n % geometry.n_subbufs * geometry.subbuf_size, geometry.subbuf_size);
    const auto header = std::get<SubbufHeader>(ParseSubbufHeader(subbuf));
    EXPECT_EQ(n, header.number);
    const uint32_t used = SubbufUsed(subbuf, header.order);
    ASSERT_GE(used, kHeader);
    ASSERT_LE(used, geometry.subbuf_size);
    RecordParser parser(subbuf.first(used), header.header_size, header.order);
    uint64_t records = 0;
    while (parser.Next()) ++records;
    EXPECT_FALSE(parser.Fault()) << ToString(*parser.Fault());
    EXPECT_EQ(used, parser.Offset());
    const auto next =
        buffer.subspan((n + 1) % geometry.n_subbufs * geometry.subbuf_size, geometry.subbuf_size);
    EXPECT_EQ(records, std::get<SubbufHeader>(ParseSubbufHeader(next)).records - header.records);
    ++checked;
  }
  EXPECT_GT(checked, 0u);
}

TEST_F(RelayContract, FullnessIsCountedOnceUntilThereIsRoomAgain) {
  const CpuCounters before = Counters();
  Fill();
  const CpuCounters full = Counters();
  EXPECT_EQ(before.full + 1, full.full);
  EXPECT_GT(full.lost, before.lost + 1);
  {
    DeviceChannel channel(kDevice);
    ChannelReader reader(channel);
    ReadAll(reader);
    reader.GiveBack(reader.Delivered());
  }
  Emit("there is room");
  EXPECT_EQ(full.lost, Counters().lost);
  EXPECT_EQ(full.full, Counters().full);
  Fill();
  EXPECT_EQ(full.full + 1, Counters().full);
}

TEST_F(RelayContract, LoggingGoesOnAfterConsumption) {
  Fill();
  DeviceChannel channel(kDevice);
  ChannelReader reader(channel);
  ReadAll(reader);
  reader.GiveBack(reader.Delivered());
  Emit("there is room again");
  reader.Look();
  const auto item = reader.Next();
  ASSERT_TRUE(item);
  EXPECT_EQ("there is room again", TextOf(std::get<Record>(*item)));
}

TEST_F(RelayContract, OneConsumesAndOthersObserveTheSame) {
  DeviceChannel channel(kDevice);
  ChannelReader consumer(channel);
  ReadAll(consumer);
  DeviceChannel second(kDevice, DeviceChannel::Role::kObserver);
  ChannelReader observer(second);
  ReadAll(observer);
  for (int i = 0; i < 5; ++i) Emit("for both");
  EXPECT_EQ(5u, ReadAll(consumer));
  EXPECT_EQ(5u, ReadAll(observer));
}

TEST_F(RelayContract, OverwriteModeKeepsTheNewestAndCountsWhatItOverwrote) {
  DeviceChannel channel(kDevice);
  ChannelReader reader(channel);
  ReadAll(reader);
  reader.SetMode(ChannelMode::kOverwrite);
  const CpuCounters before = Counters();
  const uint64_t first = Emitted() + 1;
  Fill();
  reader.Look();
  uint64_t lost = 0;
  uint64_t read = 0;
  while (const auto item = reader.Next()) {
    if (const Missing* missing = std::get_if<Missing>(&*item)) {
      EXPECT_EQ("overwritten before it was read on CPU 0", ToString(missing->cause));
      lost += CountOf(missing->first, missing->last);
      EXPECT_EQ(0u, read) << "the oldest are gone, not the newest";
    } else {
      ++read;
    }
  }
  EXPECT_GT(lost, 0u);
  EXPECT_GT(read, 0u);
  EXPECT_EQ(Emitted() - first + 1, lost + read);
  EXPECT_EQ(before.lost, Counters().lost);
  EXPECT_GE(Counters().overwritten - before.overwritten, lost);
  EXPECT_GT(Counters().wrapped, before.wrapped);
}

TEST_F(RelayContract, ConsumedMayJumpOverManyLaps) {
  DeviceChannel channel(kDevice);
  ChannelReader reader(channel);
  reader.SetMode(ChannelMode::kOverwrite);
  for (int lap = 0; lap < 5; ++lap) Fill();
  ReadAll(reader);
  reader.GiveBack(reader.Delivered());
  EXPECT_GE(Counters().consumed + 1, Counters().begun);
  reader.SetMode(ChannelMode::kNoOverwrite);
  const CpuCounters before = Counters();
  Emit("there is room");
  EXPECT_EQ(before.lost, Counters().lost);
}

// A child takes three of five and dies without a word to the kernel but that.
TEST_F(RelayContract, TheReaderAfterOneThatDiedBeginsWhereItEnded) {
  const uint64_t first = Emitted() + 1;
  for (int i = 0; i < 5; ++i) Emit(std::to_string(i));
  const pid_t child = fork();
  if (child == 0) {
    DeviceChannel channel(kDevice);
    ChannelReader reader(channel);
    ReadAll(reader);
    reader.GiveBack(SequenceNumber(first + 2));
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(child, waitpid(child, &status, 0));
  ASSERT_TRUE(WIFSIGNALED(status));
  DeviceChannel channel(kDevice);
  ChannelReader reader(channel);
  reader.Look();
  for (const char* text : {"3", "4"}) {
    const auto item = reader.Next();
    ASSERT_TRUE(item);
    EXPECT_EQ(text, TextOf(std::get<Record>(*item)));
  }
  EXPECT_FALSE(reader.Next());
}

// Nothing else is open here.
TEST(Mapping, KeepsTheModuleWhenItsFileIsClosed) {
  UniqueFd fd(open(kDevice, O_RDONLY | O_CLOEXEC));
  s390_log_info info{};
  ASSERT_EQ(0, ioctl(fd.Get(), S390_LOG_IOC_INFO, &info));
  const size_t size = info.position_size;
  void* mapping = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.Get(), S390_LOG_MMAP_POSITION);
  ASSERT_NE(MAP_FAILED, mapping);
  fd = UniqueFd();
  EXPECT_EQ(-1, syscall(SYS_delete_module, "s390_log", O_NONBLOCK));
  EXPECT_EQ(EWOULDBLOCK, errno);
  munmap(mapping, size);
}

TEST_F(RelayContract, MemoryIsShown) {
  const Geometry& geometry = observer_.GetGeometry();
  EXPECT_GE(observer_.Memory(), Capacity());
  EXPECT_LE(observer_.Memory(), geometry.n_cpus * Capacity() + observer_.Positions().size());
}

class Poll : public RelayContract {
 protected:
  bool Readable(int timeout_ms = 0) const {
    pollfd ready{fd_.Get(), POLLIN, 0};
    return poll(&ready, 1, timeout_ms) == 1;
  }
  void See(uint64_t number) const { ASSERT_EQ(0, ioctl(fd_.Get(), S390_LOG_IOC_SEEN, &number)); }
  void SetThreshold(uint64_t events) const {
    ASSERT_EQ(0, ioctl(fd_.Get(), S390_LOG_IOC_THRESHOLD, &events));
  }

  const UniqueFd fd_{open(kDevice, O_RDONLY | O_CLOEXEC)};
};

TEST_F(Poll, HasNoSideEffect) {
  See(Emitted());
  EXPECT_FALSE(Readable());
  Emit("news");
  EXPECT_TRUE(Readable());
  EXPECT_TRUE(Readable());
}

TEST_F(Poll, ASingleEventWakesWithoutWaitingForABoundary) {
  See(Emitted());
  std::thread later([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    Emit("one");
  });
  EXPECT_TRUE(Readable(5000));
  later.join();
}

TEST_F(Poll, WakesAtTheThresholdAndNotBefore) {
  SetThreshold(10);
  See(Emitted());
  for (int i = 0; i < 9; ++i) Emit("not yet");
  EXPECT_FALSE(Readable());
  EXPECT_FALSE(Readable(50));
  std::thread later([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    Emit("the tenth");
  });
  EXPECT_TRUE(Readable(5000));
  later.join();
}

// Two who wait at different thresholds: each is woken at its own.
TEST_F(Poll, ThresholdsOfOthersDoNotMatter) {
  SetThreshold(1000);
  const UniqueFd eager(open(kDevice, O_RDONLY | O_CLOEXEC));
  uint64_t seen = Emitted();
  See(seen);
  ASSERT_EQ(0, ioctl(eager.Get(), S390_LOG_IOC_SEEN, &seen));
  std::thread patient([this] { EXPECT_TRUE(Readable(10'000)); });
  for (int i = 0; i < 10; ++i) {
    std::thread one([] { Emit("x"); });
    pollfd ready{eager.Get(), POLLIN, 0};
    EXPECT_EQ(1, poll(&ready, 1, 5000));
    one.join();
    seen = Emitted();
    ASSERT_EQ(0, ioctl(eager.Get(), S390_LOG_IOC_SEEN, &seen));
  }
  for (int i = 0; i < 990; ++i) Emit("y");
  patient.join();
}

// Exclusive waiters of epoll: waking the patient one must not cost the eager one its wake-up.
TEST_F(Poll, ExclusiveWaitersAreWokenAtTheirOwnThresholds) {
  const UniqueFd eager(open(kDevice, O_RDONLY | O_CLOEXEC));
  uint64_t seen = Emitted();
  See(seen);
  SetThreshold(1000);
  uint64_t threshold = 5;
  ASSERT_EQ(0, ioctl(eager.Get(), S390_LOG_IOC_SEEN, &seen));
  ASSERT_EQ(0, ioctl(eager.Get(), S390_LOG_IOC_THRESHOLD, &threshold));
  const UniqueFd patient_epoll(epoll_create1(EPOLL_CLOEXEC));
  const UniqueFd eager_epoll(epoll_create1(EPOLL_CLOEXEC));
  epoll_event interest{};
  interest.events = EPOLLIN | EPOLLEXCLUSIVE;
  ASSERT_EQ(0, epoll_ctl(patient_epoll.Get(), EPOLL_CTL_ADD, fd_.Get(), &interest));
  ASSERT_EQ(0, epoll_ctl(eager_epoll.Get(), EPOLL_CTL_ADD, eager.Get(), &interest));
  std::thread later([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    for (int i = 0; i < 20; ++i) Emit("x");
  });
  epoll_event event;
  EXPECT_EQ(1, epoll_wait(eager_epoll.Get(), &event, 1, 5000));
  EXPECT_EQ(0, epoll_wait(patient_epoll.Get(), &event, 1, 0));
  later.join();
}

TEST_F(Poll, ALowerThresholdWakesWhoSleepsAlready) {
  See(Emitted());
  SetThreshold(1000);
  const UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  epoll_event interest{};
  interest.events = EPOLLIN;
  ASSERT_EQ(0, epoll_ctl(epoll.Get(), EPOLL_CTL_ADD, fd_.Get(), &interest));
  std::thread later([this] {
    for (int i = 0; i < 5; ++i) Emit("x");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    SetThreshold(1);
  });
  epoll_event event;
  EXPECT_EQ(1, epoll_wait(epoll.Get(), &event, 1, 5000));
  later.join();
}

TEST_F(RelayContract, PrintfEmitsTextAndSaysWhenItCutsItOff) {
  DeviceChannel channel(kDevice);
  ChannelReader reader(channel);
  ReadAll(reader);
  Source("printf", "short");
  Source("printf", std::string(1000, 'l'));
  reader.Look();
  Record record = std::get<Record>(*reader.Next());
  EXPECT_EQ("short", TextOf(record));
  EXPECT_EQ(0, record.flags);
  record = std::get<Record>(*reader.Next());
  EXPECT_EQ(std::string(255, 'l'), TextOf(record));
  EXPECT_EQ(S390_LOG_TRUNCATED, record.flags);
}

TEST_F(RelayContract, AnEventWithoutPayloadHasAnEmptyRecord) {
  DeviceChannel channel(kDevice);
  ChannelReader reader(channel);
  ReadAll(reader);
  Source("notify", std::to_string(KEVENT_S390_TAPE_LOADED));
  reader.Look();
  const Record record = std::get<Record>(*reader.Next());
  EXPECT_EQ(uint32_t{KEVENT_S390_TAPE_LOADED}, record.event);
  EXPECT_TRUE(record.payload.empty());
}

}  // namespace
}  // namespace s390log::test
