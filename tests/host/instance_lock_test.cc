// SPDX-License-Identifier: MIT
#include "logd/instance_lock.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

// What the lock says when it is refused; empty if it is not.
std::string Refusal(const std::string& control) {
  try {
    const InstanceLock lock(control);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

// Another process that holds the lock until it is killed.
class Holder {
 public:
  explicit Holder(const std::string& control) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const InstanceLock lock(control);
      (void)!::write(ends[1], "x", 1);
      while (true) ::pause();
    }
    ::close(ends[1]);
    char held = 0;
    EXPECT_EQ(::read(ends[0], &held, 1), 1);
    ::close(ends[0]);
  }
  ~Holder() { Kill(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  pid_t Pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

class InstanceLockTest : public testing::Test {
 protected:
  TempDir dir_;
  std::string control_ = dir_.File("logd.sock");
};

TEST_F(InstanceLockTest, SecondIsRefusedWithProcessFileAndRemedy) {
  const Holder first(control_);
  EXPECT_EQ(Refusal(control_),
            fmt::format("logd is already running, process {}, and holds {}.lock; end that one "
                        "first: systemctl stop s390-logd, or kill {}",
                        first.Pid(), control_, first.Pid()));
}

TEST_F(InstanceLockTest, LockOfAKilledProcessIsNoObstacle) {
  Holder first(control_);
  first.Kill();
  EXPECT_EQ(Refusal(control_), "");
}

TEST_F(InstanceLockTest, RefusalStaysInOneSentenceIfTheFileHoldsNonsense) {
  const Holder first(control_);
  std::ofstream(control_ + ".lock", std::ios::trunc) << "\x1b[2Jnonsense";
  EXPECT_EQ(Refusal(control_),
            fmt::format("logd is already running, another process, and holds {}.lock; end that one "
                        "first: systemctl stop s390-logd",
                        control_));
}

TEST_F(InstanceLockTest, LockThatIsALinkIsNotFollowed) {
  const std::string victim = dir_.File("victim");
  std::ofstream(victim) << "precious";
  ASSERT_EQ(::symlink(victim.c_str(), (control_ + ".lock").c_str()), 0);
  EXPECT_THROW(InstanceLock lock(control_), std::system_error);
  EXPECT_EQ(Contents(victim), "precious");
}

TEST_F(InstanceLockTest, FolderThatCannotBeMadeIsNamed) {
  const std::string control = dir_.File("no/such/logd.sock");
  EXPECT_EQ(Refusal(control), "cannot lock " + control + ".lock: No such file or directory");
}

TEST_F(InstanceLockTest, FolderIsMadeAndTheFileNamesTheProcess) {
  const std::string control = dir_.File("run/logd.sock");
  const InstanceLock lock(control);
  EXPECT_EQ(Contents(control + ".lock"), fmt::format("{}\n", ::getpid()));
}

TEST_F(InstanceLockTest, OtherControlSocketIsAnotherLock) {
  const InstanceLock one(control_);
  EXPECT_EQ(Refusal(dir_.File("other.sock")), "");
}

}  // namespace
}  // namespace s390log
