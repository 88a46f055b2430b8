// SPDX-License-Identifier: MIT
// A user who has nothing to do with us, in a guest with everything of ours running: what he can
// open, write, ask and end. Each door is first shown to be there, and open to root.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <sstream>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

constexpr char kStranger[] = "/usr/lib/s390-log/tests/stranger ";

class Stranger : public GuestTest {
 protected:
  Stranger() : GuestTest(BareQemu()) {}

  void SetUp() override {
    GuestTest::SetUp();
    if (!GuestLives()) return;
    Run("/usr/lib/s390-log/start && modprobe tape_log && echo hello >/dev/s390_log && sleep 1");
  }

  void TearDown() override {
    if (GuestLives()) Run("rmmod tape_log; /usr/lib/s390-log/stop");
    GuestTest::TearDown();
  }

  // Root can do it, and the stranger is refused for want of permission.
  void ExpectRefused(const std::string& line) {
    const Output root = guest().Run("sh -c '" + line + "'");
    EXPECT_EQ(root.status, 0) << "root cannot even do it: " << line << "\n" << root.text;
    const Output output = guest().Run(std::string(kStranger) + "sh -c '" + line + "'");
    EXPECT_NE(output.status, 0) << "a stranger can do it: " << line;
    const bool permission = output.text.find("ermission denied") != std::string::npos ||
                            output.text.find("not permitted") != std::string::npos ||
                            output.text.find("is not for this user") != std::string::npos;
    EXPECT_TRUE(permission) << line << " was refused for another reason: " << output.text;
  }

  // What of the files that root's `find` names the stranger passes `test` for.
  std::string Passes(const std::string& find, const std::string& test) {
    const std::string all = Run(find);
    EXPECT_NE(all, "") << "there is nothing: " << find;
    return Run(
        fmt::format("{} >/tmp/files; chmod 644 /tmp/files; "
                    "{} sh -c 'while read -r f; do [ {} \"$f\" ] && echo \"$f\"; done "
                    "</tmp/files; true'",
                    find, kStranger, test));
  }
};

TEST_F(Stranger, IsOne) {
  EXPECT_EQ(Run(std::string(kStranger) + "id -u"), "65534\n");
  EXPECT_NE(Run(std::string(kStranger) + "cat /proc/self/status").find("CapEff:\t0000000000000000"),
            std::string::npos);
}

TEST_F(Stranger, OpensNoDeviceOfOurs) {
  for (const char* const device : {"/dev/kevent", "/dev/s390_log"}) {
    ExpectRefused(fmt::format("exec 3<{}", device));
    ExpectRefused(fmt::format("exec 3<>{}", device));
    EXPECT_EQ(Passes(std::string("ls ") + device, "-r"), "");
    EXPECT_EQ(Passes(std::string("ls ") + device, "-w"), "");
  }
}

// A descriptor may be passed on, by mistake too: what is privileged asks who is calling.
TEST_F(Stranger, EmitsNothingThroughADescriptorOfRoots) {
  EXPECT_EQ(guest().Run("sh -c 'echo forged >&3' 3>/dev/s390_log").status, 0);
  const Output output =
      guest().Run(std::string(kStranger) + "sh -c 'echo forged >&3' 3>/dev/s390_log");
  EXPECT_NE(output.status, 0);
  EXPECT_NE(output.text.find("not permitted"), std::string::npos) << output.text;
}

TEST_F(Stranger, WritesNoFileOfOurModules) {
  EXPECT_EQ(Passes("find /sys/module/kevent /sys/module/s390_log /sys/module/tape_log "
                   "/sys/class/misc/kevent/ /sys/class/misc/s390_log/ -type f",
                   "-w"),
            "");
}

// They are no interface: their place in debugfs and proc is empty.
TEST_F(Stranger, FindsNothingOfOursInDebugfsAndProc) {
  EXPECT_EQ(Run("find /sys/kernel/debug -maxdepth 2 -name '*kevent*' -o -maxdepth 2 -name "
                "'*s390_log*' | grep -v tracing; true"),
            "");
  // Processes may end meanwhile, of which find complains.
  EXPECT_EQ(Run("find /proc -maxdepth 2 -name '*kevent*' -o -maxdepth 2 -name '*s390_log*' "
                "2>/dev/null; true"),
            "");
  ExpectRefused("ls /sys/kernel/debug");
}

TEST_F(Stranger, DoesNotTalkToLogd) {
  ExpectRefused("logctl stats");
  ExpectRefused("logctl mode overwrite && logctl mode no-overwrite");
  EXPECT_EQ(Passes("find /run/s390-log", "-w"), "");
  ExpectRefused("touch /run/s390-log/x && rm /run/s390-log/x");
}

TEST_F(Stranger, ReadsNoEvents) {
  EXPECT_EQ(Passes("find /var/lib/s390-log /var/log/s390-log -type f", "-r"), "");
  EXPECT_EQ(Passes("find /var/lib/s390-log /var/log/s390-log", "-w"), "");
  ExpectRefused("logctl query --limit 1");
  ExpectRefused("logctl capture /tmp/capture-$$ --for 1 && rm -rf /tmp/capture-$$");
}

TEST_F(Stranger, EndsNothing) {
  const Output output = guest().Run(std::string(kStranger) + "sh -c 'kill $(pidof logd)'");
  EXPECT_NE(output.status, 0);
  EXPECT_NE(guest().Run(std::string(kStranger) + "rmmod s390_log").status, 0);
  EXPECT_EQ(guest().Run("pidof logd && logctl stats").status, 0);
}

// What he may do is start a logd of his own: it gets neither the devices nor the name.
TEST_F(Stranger, CannotTakeThePlaceOfLogd) {
  const Output output = guest().Run(std::string(kStranger) + "logd -c /etc/s390-log/logd.toml");
  EXPECT_NE(output.status, 0);
  EXPECT_NE(output.text.find("/run/s390-log"), std::string::npos) << output.text;
}

}  // namespace
}  // namespace lab
