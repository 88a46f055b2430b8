// SPDX-License-Identifier: MIT
#include "logd/service_notifier.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "logd/unix_address.h"
#include "s390log/unique_fd.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

using std::chrono::seconds;
using Clock = ServiceNotifier::Clock;
using Lines = std::vector<std::string>;

// The manager's end of $NOTIFY_SOCKET.
class ServiceNotifierTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto address = UnixAddress(path_);
    ASSERT_EQ(::bind(fd_.Get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)), 0);
    ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "60000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }

  Lines Received() {
    Lines lines;
    std::array<char, 512> text{};
    for (ssize_t n = 0; (n = ::recv(fd_.Get(), text.data(), text.size(), MSG_DONTWAIT)) > 0;) {
      lines.emplace_back(text.data(), static_cast<size_t>(n));
    }
    return lines;
  }

  TempDir dir_;
  std::string path_ = dir_.File("notify");
  UniqueFd fd_{::socket(AF_UNIX, SOCK_DGRAM, 0)};
};

std::string Quiet() { return "quiet"; }

TEST_F(ServiceNotifierTest, WithoutAManagerNothingIsSaidAndNothingIsDue) {
  ::unsetenv("NOTIFY_SOCKET");
  ServiceNotifier notifier;
  notifier.Ready();
  notifier.Beat(Clock::now(), []() -> std::string { throw std::logic_error("asked for nothing"); });
  notifier.Stopping(seconds(1));
  EXPECT_FALSE(notifier.Deadline());
  EXPECT_EQ(Received(), Lines{});
}

TEST_F(ServiceNotifierTest, ManagerThatWentAwayIsNoError) {
  ServiceNotifier notifier;
  fd_.Reset();
  notifier.Ready();
  notifier.Beat(Clock::now(), Quiet);
}

// It would wait for ever, and with it who collects.
TEST_F(ServiceNotifierTest, ManagerThatDoesNotReadHoldsUpNobody) {
  ServiceNotifier notifier;
  Clock::time_point now = Clock::now();
  notifier.Ready();
  const int kMore = 1000;  // than its socket takes
  ::alarm(20);
  for (int i = 0; i < kMore; ++i) {
    notifier.Beat(now += ServiceNotifier::kStatusPause, [i] { return std::to_string(i); });
  }
  ::alarm(0);
  EXPECT_LT(notifier.Deadline(), now + seconds(5));  // the watchdog's turn is made up for
  EXPECT_EQ(Received().front(), "READY=1\nSTATUS=collecting");
  now += seconds(30);
  notifier.Beat(now, Quiet);
  EXPECT_EQ(Received(), (Lines{"WATCHDOG=1", "STATUS=quiet"}));
}

TEST_F(ServiceNotifierTest, NameInTheAbstractIsAName) {
  const std::string name = "s390log-test-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof(address.sun_path) - 1);
  fd_.Reset(::socket(AF_UNIX, SOCK_DGRAM, 0));
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ASSERT_EQ(::bind(fd_.Get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
  ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  ServiceNotifier().Ready();
  EXPECT_EQ(Received(), Lines{"READY=1\nSTATUS=collecting"});
}

TEST_F(ServiceNotifierTest, WatchdogOfAnotherProcessIsNotOurs) {
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceNotifier().Deadline());
}

TEST_F(ServiceNotifierTest, WatchdogIsFedAtHalfOfItsTime) {
  ServiceNotifier notifier;
  const Clock::time_point start = Clock::now();
  notifier.Beat(start, Quiet);
  EXPECT_EQ(Received(), (Lines{"WATCHDOG=1", "STATUS=quiet"}));
  EXPECT_EQ(notifier.Deadline(), start + seconds(30));
  notifier.Beat(start + seconds(29), Quiet);
  EXPECT_EQ(Received(), Lines{});
  notifier.Beat(start + seconds(30), Quiet);
  EXPECT_EQ(Received(), Lines{"WATCHDOG=1"});
}

TEST_F(ServiceNotifierTest, StatusIsToldWhenItChangesAndNotInEveryTurn) {
  ServiceNotifier notifier;
  const Clock::time_point start = Clock::now();
  notifier.Beat(start, Quiet);
  notifier.Beat(start + seconds(1), [] { return "busy"; });
  EXPECT_EQ(Received(), (Lines{"WATCHDOG=1", "STATUS=quiet"}));
  notifier.Beat(start + ServiceNotifier::kStatusPause, [] { return "busy"; });
  EXPECT_EQ(Received(), Lines{"STATUS=busy"});
}

TEST_F(ServiceNotifierTest, ReadyAndStoppingAreSaid) {
  ServiceNotifier notifier;
  notifier.Ready();
  EXPECT_EQ(Received(), Lines{"READY=1\nSTATUS=collecting"});
  notifier.Stopping(seconds(5));
  EXPECT_EQ(Received(), Lines{"STOPPING=1\nSTATUS=handing the last events on\n"
                              "EXTEND_TIMEOUT_USEC=35000000"});
}

}  // namespace
}  // namespace s390log
