// SPDX-License-Identifier: MIT
//
// What an administrator does with the packages, on a real Debian on Hercules: installs them, sees a
// tape in the journal, starts the system again, removes and purges them. One test: each step goes
// on from the one before it, on one disk.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>

#include "hercules/fixture/guest_test.h"
#include "hercules/src/progress.h"

namespace lab {
namespace {

// DKMS compiles on a machine of some 120 MIPS.
constexpr milliseconds kInstallLimit(std::chrono::minutes(40));
constexpr milliseconds kStepLimit(std::chrono::minutes(3));
constexpr milliseconds kPowerOffLimit(std::chrono::minutes(3));
constexpr milliseconds kPoll(500);

constexpr char kPackages[] = "s390-log-dkms s390-log";

std::string Bytes(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Debian : public testing::Test {
 protected:
  void SetUp() override {
    disk_ = Top() / "build/debian/test.img";
    fs::remove(disk_);
    ASSERT_EQ(std::system(("cp --sparse=always " + (Top() / "build/debian/disk.img").string() +
                           " " + disk_.string())
                              .c_str()),
              0);
  }

  void TearDown() override {
    if (guest_ && !guest_->Dead()) {
      if (HasFailure()) {
        Show(
            "systemctl status --no-pager -l s390-logd; journalctl -b --no-pager | tail -n 60; "
            "cat /var/lib/dkms/s390-log/*/build/make.log | tail -n 40");
      }
      guest_->Kill();
    }
    guest_.reset();
    fs::remove(disk_);
  }

  void Boot() {
    GuestSpec spec;
    spec.name = "debian";
    spec.services = false;
    spec.disk = disk_;
    spec.memory_mb = 1024;
    guest_.emplace(Lab::Up(spec, Lifetime::kOwned, ProgressOnTerminal()));
    EXPECT_EQ(Run("systemctl is-system-running --wait || systemctl --failed --no-legend"),
              "running\n");
  }

  // The last that the guest says: its disk is in order then. Its CPUs stop, which ends no Hercules.
  void PowerOff() {
    guest_->Run("systemctl poweroff", "", kStepLimit);
    const Deadline deadline(kPowerOffLimit);
    const auto is_off = [this] {
      const std::string console = Bytes(guest_->layout().ConsoleLog());
      // Hercules's own words may come in the middle of the guest's last.
      return console.find("Powering off.") != std::string::npos ||
             console.find("SYSCONS interface inactive") != std::string::npos;
    };
    while (!is_off() && !deadline.Passed()) usleep(kPoll.count() * 1000);
    ASSERT_TRUE(is_off()) << "no power off within " << kPowerOffLimit.count() << " ms";
    usleep(kPoll.count() * 1000);
    guest_->Kill();
    guest_.reset();
  }

  std::string Run(const std::string& line, milliseconds limit = kStepLimit) {
    const Output output = guest_->Run(line, "", limit);
    EXPECT_EQ(output.status, 0) << line << "\n" << output.text;
    return output.text;
  }

  void Show(const std::string& line) {
    std::cout << guest_->Run(line, "", kStepLimit).text << std::endl;
  }

  void Put(const std::string& name) {
    const std::string bytes = Bytes(Top() / "build/deb" / name);
    ASSERT_FALSE(bytes.empty()) << name << " is missing: make deb";
    ASSERT_EQ(guest_->Run("cat >/root/" + name, bytes, kStepLimit).status, 0);
  }

  // The operator's mount is in the journal and in the store.
  void MountIsSeen(const std::string& volume, int mounts) {
    guest_->Mount("0580", volume);
    Eventually(fmt::format(
        "journalctl -b -u s390-logd -o cat S390_MESSAGE_ID=TAP001I | grep -q mounted && "
        "[ $(logctl query | grep -c TAP001I) -eq {} ]",
        mounts));
  }

  // Within 20 s on the guest's own clock.
  void Eventually(const std::string& condition) {
    const Output output = guest_->Run(
        "for i in $(seq 100); do if " + condition + "; then exit 0; fi; sleep 0.2; done; exit 1",
        "", kStepLimit);
    EXPECT_EQ(output.status, 0) << "not within 20 s: " << condition << "\n" << output.text;
  }

  void DriveOnline() { Run("modprobe tape_34xx && echo 1 >/sys/bus/ccw/devices/0.0.0580/online"); }

  std::string MainPid() { return Run("systemctl show -P MainPID s390-logd | tr -d '\\n'"); }

  void InstallPackages() {
    Put("s390-log_" VERSION "_s390x.deb");
    Put("s390-log-dkms_" VERSION "_all.deb");
    const auto start = std::chrono::steady_clock::now();
    Run("cd /root && DEBIAN_FRONTEND=noninteractive apt-get install -y "
        "/root/s390-log-dkms_*.deb /root/s390-log_*.deb && rm *.deb",
        kInstallLimit);
    const auto took = std::chrono::steady_clock::now() - start;
    std::cout << fmt::format("  installing took {} s\n",
                             std::chrono::duration_cast<seconds>(took).count());
  }

  void ServiceIsConfined() {
    const std::string status = Run("cat /proc/" + MainPid() + "/status");
    EXPECT_EQ(status.find("\nUid:\t0"), std::string::npos) << status;
    EXPECT_NE(status.find("\nCapEff:\t0000000000000000\n"), std::string::npos) << status;
    EXPECT_NE(status.find("\nNoNewPrivs:\t1\n"), std::string::npos) << status;
    EXPECT_NE(status.find("\nSeccomp:\t2\n"), std::string::npos) << status;
    EXPECT_EQ(Run("stat -c '%G %a' /dev/kevent /dev/s390_log"), "s390-log 660\ns390-log 660\n");
  }

  void SecondLogdIsRefusedByName() {
    const Output second = guest_->Run("logd", "", kStepLimit);
    EXPECT_EQ(second.status, 1);
    EXPECT_NE(second.text.find("logd is already running, process " + MainPid()), std::string::npos)
        << second.text;
  }

  // killed, and hung: systemd starts another, and the tape that comes then is seen once.
  void ServiceComesBack() {
    std::string before = MainPid();
    Run("kill -9 " + before);
    Eventually("systemctl is-active -q s390-logd && [ $(systemctl show -P MainPID s390-logd) != " +
               before + " ]");
    Run("mkdir -p /run/systemd/system/s390-logd.service.d && printf '[Service]\\nWatchdogSec=4\\n' "
        ">/run/systemd/system/s390-logd.service.d/test.conf && systemctl daemon-reload && "
        "systemctl restart s390-logd");
    before = MainPid();
    Run("sleep 9");
    EXPECT_EQ(MainPid(), before) << "the watchdog was not fed";
    Run("kill -STOP " + before);
    Eventually("systemctl is-active -q s390-logd && [ $(systemctl show -P MainPID s390-logd) != " +
               before + " ]");
    Run("rm -r /run/systemd/system/s390-logd.service.d && systemctl daemon-reload && "
        "systemctl restart s390-logd");
  }

  void NothingIsLeft() {
    // What is called so and is not: the record that apt and dpkg keep of what they did is theirs.
    EXPECT_EQ(Run("find / -xdev \\( -path /proc -o -path /sys \\) -prune -o "
                  "\\( -name '*s390*log*' -o -name '*logctl*' -o -name 'logd*' -o "
                  "-name 'tape_log*' -o -name 'kevent*' \\) -print"),
              "");
    EXPECT_EQ(Run("ls -d /run/s390-log /dev/kevent /dev/s390_log 2>/dev/null || true"), "");
    EXPECT_EQ(Run("getent shadow s390-log | cut -d: -f2"), "!*\n");
    EXPECT_EQ(Run("systemctl list-unit-files --no-legend 's390*' || true"), "");
    EXPECT_EQ(Run("systemctl --failed --no-legend"), "");
  }

  fs::path disk_;
  std::optional<Lab> guest_;
};

TEST_F(Debian, PackagesInstallServeSurviveARebootAndLeaveNothing) {
  Boot();
  InstallPackages();
  ASSERT_FALSE(HasFailure());
  Eventually("systemctl is-active -q s390-logd");
  EXPECT_EQ(Run("systemctl is-enabled s390-logd"), "enabled\n");
  ServiceIsConfined();
  SecondLogdIsRefusedByName();
  DriveOnline();
  MountIsSeen("VOL001", 1);
  Eventually("systemctl show -P StatusText s390-logd | grep -q '^emitted .* lost 0'");
  ServiceComesBack();
  guest_->Unmount("0580");
  MountIsSeen("VOL002", 2);
  PowerOff();

  Boot();
  Eventually("systemctl is-active -q s390-logd");
  EXPECT_EQ(Run("logctl query | grep -c TAP001I"), "2\n");
  DriveOnline();
  MountIsSeen("VOL003", 3);

  Run(fmt::format("DEBIAN_FRONTEND=noninteractive apt-get remove -y {}", kPackages));
  EXPECT_EQ(Run("systemctl is-active s390-logd || true"), "inactive\n");
  EXPECT_EQ(Run("ls /var/lib/s390-log/events.db /etc/s390-log/logd.toml"),
            "/etc/s390-log/logd.toml\n/var/lib/s390-log/events.db\n");
  EXPECT_EQ(Run("ls -d /sys/module/{kevent,s390_log,tape_log} 2>/dev/null || true"), "");
  Run(fmt::format("DEBIAN_FRONTEND=noninteractive apt-get purge -y {}", kPackages));
  NothingIsLeft();
  EXPECT_EQ(guest_->Complaints(), std::vector<std::string>());
}

}  // namespace
}  // namespace lab
