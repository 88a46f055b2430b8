// SPDX-License-Identifier: MIT
//
// /dev/s390_log on the real kernel: refusals, geometry, numbers, kevents with
// labels and devices. Needs nobody else to consume.
#include <fcntl.h>
#include <linux/s390_log.h>
#include <sys/mman.h>

#include <atomic>
#include <string>
#include <thread>

#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

class S390Log : public testing::Test {
 protected:
  void SetUp() override { ASSERT_GE(fd_, 0) << "errno " << errno; }
  ~S390Log() override { close(fd_); }

  s390_log_info Info() const {
    s390_log_info info{};
    EXPECT_EQ(0, ioctl(fd_, S390_LOG_IOC_INFO, &info));
    return info;
  }

  int Map(size_t length, int protection, int flags, uint64_t offset) const {
    void* where = mmap(nullptr, length, protection, flags, fd_, static_cast<off_t>(offset));
    if (where == MAP_FAILED) return errno;
    munmap(where, length);
    return 0;
  }

  uint64_t Sequence() const {
    const s390_log_info info = Info();
    void* where = mmap(nullptr, info.position_size, PROT_READ, MAP_SHARED, fd_, 0);
    EXPECT_NE(MAP_FAILED, where);
    const auto* position = static_cast<const s390_log_position*>(where);
    EXPECT_EQ(S390_LOG_POSITION_MAGIC, position->magic);
    const uint64_t sequence = __atomic_load_n(&position->sequence, __ATOMIC_ACQUIRE);
    munmap(where, info.position_size);
    return sequence;
  }

  void Emit(const std::string& text) const {
    ASSERT_EQ(static_cast<ssize_t>(text.size()), write(fd_, text.data(), text.size()))
        << "errno " << errno;
  }

  const int fd_ = open("/dev/s390_log", O_RDWR | O_CLOEXEC);
};

uint64_t SequenceOf(const ukevent& event) {
  return static_cast<uint64_t>(event.ret_data[0]) << 32 | event.ret_data[1];
}

TEST_F(S390Log, RefusesTextThatIsEmptyOrTooLong) {
  const std::string text(S390_LOG_MAX_TEXT + 1, 'x');
  EXPECT_EQ(-1, write(fd_, text.data(), text.size()));
  EXPECT_EQ(EINVAL, errno);
  EXPECT_EQ(-1, write(fd_, text.data(), 0));
  EXPECT_EQ(EINVAL, errno);
}

TEST_F(S390Log, RefusesUnknownIoctlsAndBadPointers) {
  EXPECT_EQ(-1, ioctl(fd_, _IO(S390_LOG_IOC_MAGIC, 0x3f), 0));
  EXPECT_EQ(ENOTTY, errno);
  EXPECT_EQ(-1, ioctl(fd_, S390_LOG_IOC_INFO, nullptr));
  EXPECT_EQ(EFAULT, errno);
}

TEST_F(S390Log, OnlyTheConsumerConsumes) {
  s390_log_consumed consumed{};
  EXPECT_EQ(-1, ioctl(fd_, S390_LOG_IOC_CONSUMED, &consumed));
  EXPECT_EQ(EPERM, errno);
}

TEST_F(S390Log, ThereIsOneConsumerAndItMustWrite) {
  const int reader = open("/dev/s390_log", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(-1, ioctl(reader, S390_LOG_IOC_CONSUMER));
  EXPECT_EQ(EBADF, errno);
  close(reader);
  EXPECT_EQ(0, ioctl(fd_, S390_LOG_IOC_CONSUMER));
  EXPECT_EQ(0, ioctl(fd_, S390_LOG_IOC_CONSUMER)) << "the same file again";
  const int other = open("/dev/s390_log", O_RDWR | O_CLOEXEC);
  EXPECT_EQ(-1, ioctl(other, S390_LOG_IOC_CONSUMER));
  EXPECT_EQ(EBUSY, errno);
  close(other);
}

TEST_F(S390Log, OnlyTheConsumerDemandsAndOnlyWhatIsOnDemand) {
  const auto demand = [&](uint32_t events) {
    return ioctl(fd_, S390_LOG_IOC_DEMAND, &events) == 0 ? 0 : errno;
  };
  EXPECT_EQ(EPERM, demand(KEVENT_S390_TAPE_VOLUME));
  ASSERT_EQ(0, ioctl(fd_, S390_LOG_IOC_CONSUMER));
  EXPECT_EQ(0, demand(KEVENT_S390_TAPE_VOLUME));
  EXPECT_EQ(0, demand(0));
  EXPECT_EQ(EINVAL, demand(KEVENT_S390_TAPE_VOLUME | KEVENT_S390_TAPE_LOADED));
  EXPECT_EQ(EINVAL, demand(0x800));
}

TEST_F(S390Log, ConsumingMoreThanIsCompleteIsInvalid) {
  ASSERT_EQ(0, ioctl(fd_, S390_LOG_IOC_CONSUMER));
  s390_log_consumed consumed{};
  consumed.consumed = 1'000'000;
  EXPECT_EQ(-1, ioctl(fd_, S390_LOG_IOC_CONSUMED, &consumed));
  EXPECT_EQ(EINVAL, errno);
  consumed = {};
  consumed.cpu = 100'000;
  EXPECT_EQ(-1, ioctl(fd_, S390_LOG_IOC_CONSUMED, &consumed));
  EXPECT_EQ(EINVAL, errno);
  consumed = {};
  consumed.reserved = 1;
  EXPECT_EQ(-1, ioctl(fd_, S390_LOG_IOC_CONSUMED, &consumed));
  EXPECT_EQ(EINVAL, errno);
}

TEST_F(S390Log, MapsBuffersWholeSharedAndReadOnly) {
  const s390_log_info info = Info();
  const uint64_t buffer = S390_LOG_MMAP_BUFFER(0);
  EXPECT_EQ(0, Map(info.buffer_size, PROT_READ, MAP_SHARED, buffer));
  EXPECT_EQ(EPERM, Map(info.buffer_size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer));
  EXPECT_EQ(EPERM, Map(info.buffer_size, PROT_READ | PROT_EXEC, MAP_SHARED, buffer));
  EXPECT_EQ(EINVAL, Map(info.buffer_size, PROT_READ, MAP_PRIVATE, buffer));
  EXPECT_EQ(EINVAL, Map(info.subbuf_size, PROT_READ, MAP_SHARED, buffer)) << "relay: whole";
  EXPECT_EQ(EINVAL, Map(info.buffer_size, PROT_READ, MAP_SHARED, buffer + 4096));
  EXPECT_EQ(EINVAL, Map(info.buffer_size, PROT_READ, MAP_SHARED, S390_LOG_MMAP_BUFFER(100'000)));
  EXPECT_EQ(0, Map(info.position_size, PROT_READ, MAP_SHARED, S390_LOG_MMAP_POSITION));
  EXPECT_EQ(EPERM, Map(info.position_size, PROT_READ | PROT_WRITE, MAP_SHARED, 0));
}

TEST_F(S390Log, NumbersEventsWithoutHoles) {
  const uint64_t before = Sequence();
  for (int i = 0; i < 10; ++i) Emit("one of ten");
  EXPECT_EQ(before + 10, Sequence());
}

TEST_F(S390Log, PollIsReadableUntilTheNumberIsSeen) {
  pollfd poll_fd{fd_, POLLIN, 0};
  Emit("something new");
  EXPECT_EQ(1, poll(&poll_fd, 1, 0));
  uint64_t seen = Sequence();
  ASSERT_EQ(0, ioctl(fd_, S390_LOG_IOC_SEEN, &seen));
  EXPECT_EQ(0, poll(&poll_fd, 1, 0));
  seen += 1;
  EXPECT_EQ(-1, ioctl(fd_, S390_LOG_IOC_SEEN, &seen)) << "a number from the future";
  EXPECT_EQ(EINVAL, errno);
  Emit("something newer");
  EXPECT_EQ(1, poll(&poll_fd, 1, 0));
}

// Another thread emits without pause: a request that asks for text before and after it is modified
// hears of it, or has it counted, each time.
TEST_F(S390Log, NoEventIsMissedWhileARequestIsModified) {
  constexpr uint64_t kEvents = 5000;
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_S390_LOG, 1, KEVENT_S390_TEXT));
  std::atomic<bool> done{false};
  std::thread emitter([&] {
    for (uint64_t i = 0; i < kEvents; ++i) Emit("again");
    done = true;
  });
  uint64_t fetched = 0;
  uint64_t modified = 0;
  while (!done) {
    fetched += queue.Fetch().size();
    ukevent entry =
        Request(KEVENT_S390_LOG, 1, KEVENT_S390_TEXT | KEVENT_S390_TAPE_LOADED, KEVENT_REQ_ET);
    ASSERT_EQ(0, queue.Ctl(KEVENT_CTL_MODIFY, entry));
    ++modified;
  }
  emitter.join();
  fetched += queue.Fetch().size();
  // A MODIFY clears at most the one event that was ready.
  const uint64_t heard = fetched + queue.Stat().coalesced;
  EXPECT_LE(heard, kEvents);
  EXPECT_GE(heard + modified, kEvents);
}

TEST_F(S390Log, AKeventCarriesTheSequenceNumber) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_S390_LOG, 1, KEVENT_S390_TEXT));
  Emit("hello");
  const auto events = queue.Fetch();
  ASSERT_EQ(1u, events.size());
  EXPECT_EQ(Sequence(), SequenceOf(events[0]));
}

TEST_F(S390Log, AMaskHearsOnlyItsEvents) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_S390_LOG, 1, KEVENT_S390_TAPE_LOADED));
  constexpr uint32_t kNoSuchEvent = ~KEVENT_S390_ALL & (KEVENT_S390_ALL + 1);  // the lowest
  EXPECT_EQ(-EINVAL, queue.Add(KEVENT_S390_LOG, 2, kNoSuchEvent));
  Emit("not a tape");
  EXPECT_TRUE(queue.Fetch().empty());
}

TEST_F(S390Log, AWordThatIsNoDeviceIsRefused) {
  Queue queue;
  ukevent request = Request(KEVENT_S390_LOG, 1, KEVENT_S390_TEXT, KEVENT_REQ_ET);
  request.id.raw[1] = 0x580;
  ASSERT_EQ(1, queue.Ctl(KEVENT_CTL_ADD, request));
  EXPECT_EQ(uint32_t{KEVENT_RET_BROKEN | KEVENT_RET_DONE}, request.ret_flags);
  EXPECT_EQ(uint32_t{EINVAL}, request.ret_data[1]);
}

TEST_F(S390Log, ADeviceSelectorHearsOnlyThatDevice) {
  Queue queue;
  ukevent request = Request(KEVENT_S390_LOG, 1, KEVENT_S390_TEXT, KEVENT_REQ_ET);
  request.id.raw[1] = S390_LOG_DEVICE(0, 0, 0x580);
  ASSERT_EQ(0, queue.Ctl(KEVENT_CTL_ADD, request));
  Emit("from no device");
  EXPECT_TRUE(queue.Fetch().empty());
}

// The walkthrough of 2007: two labels are two slots for the same event.
TEST_F(S390Log, TwoLabelsAreTwoSlots) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_S390_LOG, 0x100, KEVENT_S390_TEXT));
  ASSERT_EQ(0, queue.Add(KEVENT_S390_LOG, 0x200, KEVENT_S390_TEXT));
  Emit("the first");
  Emit("the second");
  Emit("one too many");
  EXPECT_EQ((std::vector<uint32_t>{0x100, 0x200}), queue.FetchLabels());
  EXPECT_EQ(1u, queue.Stat(KEVENT_S390_LOG, 0x100).request_coalesced);
  Emit("0x100 is free again");
  EXPECT_EQ(std::vector<uint32_t>{0x100}, queue.FetchLabels());
}

TEST_F(S390Log, WakeupAllMakesBothLabelsReady) {
  Queue queue;
  const uint32_t flags = KEVENT_REQ_ET | KEVENT_REQ_WAKEUP_ALL;
  ASSERT_EQ(0, queue.Add(KEVENT_S390_LOG, 0x100, KEVENT_S390_TEXT, flags));
  ASSERT_EQ(0, queue.Add(KEVENT_S390_LOG, 0x200, KEVENT_S390_TEXT, flags));
  Emit("for both");
  const auto events = queue.Fetch();
  ASSERT_EQ(2u, events.size());
  EXPECT_EQ(SequenceOf(events[0]), SequenceOf(events[1]));
}

TEST_F(S390Log, QueuesDoNotTakeEventsFromEachOther) {
  Queue first;
  Queue second;
  ASSERT_EQ(0, first.Add(KEVENT_S390_LOG, 1, KEVENT_S390_TEXT));
  ASSERT_EQ(0, second.Add(KEVENT_S390_LOG, 1, KEVENT_S390_TEXT));
  Emit("for all who ask");
  EXPECT_EQ(1u, first.Fetch().size());
  EXPECT_EQ(1u, second.Fetch().size());
}

}  // namespace
}  // namespace s390log::test
