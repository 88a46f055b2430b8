// SPDX-License-Identifier: MIT
// What needs a real kernel but no channel device: the modules, on QEMU.
//
// The programs of tests/guest/programs run in here; their own results go beside ours into the
// folder $LAB_TEST_RESULTS and count each for itself.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <sstream>

#include "hercules/fixture/guest_test.h"
#include "hercules/src/error.h"
#include "tests/guest/flood.h"
#include "tests/guest/guest_program.h"

namespace lab {
namespace {

class QemuTest : public GuestTest {
 protected:
  QemuTest() : GuestTest(BareQemu()) {}
};

TEST_F(QemuTest, ModulesComeAndGo) {
  constexpr int kTimes = 20;
  for (int i = 0; i < kTimes; ++i) {
    Run("modprobe kevent && modprobe s390_log && modprobe tape_log && "
        "rmmod tape_log && rmmod s390_log && rmmod kevent");
  }
}

// Two writers on the device and a subscriber each time; $MODULE_LOOPS sets how often.
TEST_F(QemuTest, ModulesComeAndGoUnderTwoWriters) {
  const char* loops = getenv("MODULE_LOOPS");
  Run(fmt::format(
      "i=0; while [ $i -lt {} ]; do i=$((i+1)); "
      "modprobe kevent && modprobe s390_log subbuf_size=4096 n_subbufs=2 && modprobe tape_log || "
      "exit 1; "
      "for w in 1 2; do (n=0; while [ $n -lt 20 ]; do n=$((n+1)); echo $n >/dev/s390_log; done) & "
      "done; "
      "printf 'add 1 80000000 4\\nfetch\\n' | /usr/lib/s390-log/tests/kevent_shell | grep -q ok || "
      "exit 2; "
      "wait; rmmod tape_log && rmmod s390_log && rmmod kevent || exit 3; done",
      loops == nullptr ? "50" : loops));
}

TEST_F(QemuTest, ModulesInUseStay) {
  Run("modprobe s390_log");
  EXPECT_NE(guest().Run("rmmod kevent").status, 0);
  EXPECT_NE(guest().Run("exec 3</dev/s390_log; rmmod s390_log").status, 0);
  Run("rmmod s390_log && rmmod kevent");
}

TEST_F(QemuTest, NumbersThatNobodyHadTakenAreNamedWhenTheModuleGoes) {
  Run("modprobe s390_log && echo one >/dev/s390_log && echo two >/dev/s390_log");
  Run("rmmod s390_log && rmmod kevent");
  Run("dmesg | tail -n 1 | grep 'unloaded with events that nobody had taken: 1 to 2'");
  Run("echo nothing emitted >/dev/kmsg; modprobe s390_log && rmmod s390_log && rmmod kevent && "
      "! dmesg | sed '1,/nothing emitted/d' | grep 'nobody had taken'");
}

TEST_F(QemuTest, ServicesStartAndDrainAndStop) {
  Run("mkdir -p /tmp/before && /usr/lib/s390-log/start");
  Run("echo hello from the guest >/dev/s390_log");
  const Event event = ExpectEvent("LOG001I", "");
  EXPECT_NE(event.text.find("hello from the guest"), std::string::npos) << event.text;
  Run("/usr/lib/s390-log/stop");
  ExpectNoEvent();
}

// What each program needs of s390_log: see its head.
std::string ModuleParameters(const std::string& program) {
  if (program == "hotplug_test") return "subbuf_size=4096 n_subbufs=16";
  return program == "flood_test" || program == "channel_test" ? "subbuf_size=4096 n_subbufs=4" : "";
}

std::string ModuleBeside(const std::string& program) {
  if (program == "kevent_type_test") return "kevent_test_type";
  return program == "channel_test" || program == "hotplug_test" ? "s390_log_source" : "";
}

class GuestProgram : public QemuTest, public testing::WithParamInterface<std::string> {};

TEST_P(GuestProgram, Passes) {
  const std::string& program = GetParam();
  Run("modprobe kevent && modprobe s390_log " + ModuleParameters(program));
  const std::string beside = ModuleBeside(program);
  if (!beside.empty()) Run("modprobe " + beside);
  EXPECT_EQ(RunGuestProgram(guest(), program), 0);
  if (!beside.empty()) Run("rmmod " + beside);
  Run("rmmod s390_log && rmmod kevent");
}

// GUEST_TESTS is what the build has put into the image.
std::vector<std::string> Programs() {
  std::istringstream words(GUEST_TESTS);
  return {std::istream_iterator<std::string>(words), {}};
}

INSTANTIATE_TEST_SUITE_P(All, GuestProgram, testing::ValuesIn(Programs()),
                         [](const auto& param) { return param.param; });

TEST_F(QemuTest, CpuThatComesOnlineForTheFirstTimeHasABuffer) {
  GuestSpec one_cpu = BareQemu();
  one_cpu.append = "maxcpus=1";
  Lab fresh = FreshGuest(one_cpu, "onecpu");
  const Output output = fresh.Run(
      "modprobe s390_log subbuf_size=4096 n_subbufs=16 && modprobe s390_log_source && "
      "/usr/lib/s390-log/tests/hotplug_test --gtest_color=no 2>&1");
  EXPECT_EQ(output.status, 0) << output.text;
  EXPECT_NE(output.text.find("came online for the first time"), std::string::npos) << output.text;
}

// Four CPUs with 1 MiB each: first with a sink that is down, until the backlog is full, then with
// all of the buffers read.
TEST_F(QemuTest, OwnMemoryOfLogdStaysWithinEightMebibytes) {
  GuestSpec four_cpus = BareQemu();
  four_cpus.cpus = 4;
  Lab fresh = FreshGuest(four_cpus, "fourcpus");
  const Output output = fresh.Run(
      "modprobe s390_log && modprobe s390_log_source || exit 1; cd /tmp; "
      "printf '[json]\npath = \"events\"\n' >all.toml; "
      "(cat all.toml; printf '[syslog]\nserver = \"127.0.0.1\"\n') >stuck.toml; "
      "for config in stuck all; do logd -c $config.toml & sleep 1; "
      "for cpu in 0 1 2 3; do taskset -c $cpu sh -c "
      "'echo 25000 1 1 >/sys/module/s390_log_source/parameters/flood'; done; sleep 3; "
      "logctl stats; awk '/VmHWM|RssFile|RssShmem/ { print; kb[$1] = $2 } END "
      "{ print \"private:\", kb[\"VmHWM:\"] - kb[\"RssFile:\"] - kb[\"RssShmem:\"] }' "
      "/proc/$(pidof logd)/status; kill $(pidof logd); wait; done 2>&1");
  EXPECT_EQ(output.status, 0) << output.text;
  puts(output.text.c_str());
  size_t runs = 0;
  for (size_t at = 0; (at = output.text.find("private:", at)) != std::string::npos; ++runs) {
    at += std::strlen("private:");
    EXPECT_LE(std::stoul(output.text.substr(at)), 8u * 1024) << output.text;
  }
  EXPECT_EQ(runs, 2u) << output.text;
}

class QemuFlood : public QemuTest, public testing::WithParamInterface<const char*> {};

TEST_P(QemuFlood, BooksBalanceWhileTheReaderIsKilledAndStartedAgain) {
  RunFlood(guest(), GetParam(), 100'000);
}

INSTANTIATE_TEST_SUITE_P(Mode, QemuFlood, testing::ValuesIn(kFloodModes),
                         [](const auto& param) { return std::to_string(param.index); });

// See tests/guest/programs/device_fuzz. $FUZZ_CALLS and $FUZZ_SEED make it another run.
TEST_F(QemuTest, DevicesWorkAfterRandomCallsFromManyThreads) {
  const char* calls = getenv("FUZZ_CALLS");
  const char* seed = getenv("FUZZ_SEED");
  const uint64_t count = calls == nullptr ? 50'000 : std::stoull(calls);
  const uint64_t limit = 300 + count / 200;
  const Output output = guest().Run(
      fmt::format("modprobe s390_log subbuf_size=4096 n_subbufs=4 && modprobe s390_log_source && "
                  "/usr/lib/s390-log/tests/device_fuzz {} {} {} 2>&1; rc=$?; "
                  "rmmod s390_log_source && rmmod s390_log && rmmod kevent || rc=1; exit $rc",
                  count, seed == nullptr ? "1" : seed, limit),
      {}, seconds(limit + 60));
  puts(output.text.c_str());
  EXPECT_EQ(output.status, 0) << output.text;
}

TEST_F(QemuTest, CallsThatAProbeMissedAreTold) {
  Run("/usr/lib/s390-log/start && modprobe tape_log");
  Run("modprobe probe_miss && rmmod probe_miss && rmmod tape_log");
  EXPECT_EQ(ExpectEvent("LOG001I", "").text,
            "tape_log: 1 calls of ccw_device_start were not seen: events may be missing");
  Run("/usr/lib/s390-log/stop");
  ExpectNoEvent();
}

TEST_F(QemuTest, PanicIsNoticedAtOnce) {
  Lab fresh = FreshGuest(BareQemu(), "panic");
  const Deadline limit{seconds(15)};
  EXPECT_EQ(CodeOf([&] { fresh.Run("echo c >/proc/sysrq-trigger; sleep 60"); }),
            ExitCode::kGuestDied);
  EXPECT_FALSE(limit.Passed());
  EXPECT_FALSE(fresh.Complaints().empty());
}

TEST_F(QemuTest, GuestThatDoesNotBootIsToldWithItsLastLines) {
  GuestSpec broken = BareQemu();
  broken.append = "rdinit=/nonexistent root=/dev/nothing";
  try {
    FreshGuest(broken, "broken");
    FAIL() << "it booted";
  } catch (const LabError& error) {
    EXPECT_EQ(error.code(), ExitCode::kGuestDied);
    EXPECT_NE(std::string(error.what()).find("console.log"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("Unable to mount root fs"), std::string::npos)
        << error.what();
  }
}

TEST_F(QemuTest, TapesAreRefused) {
  EXPECT_EQ(CodeOf([&] { Mount("0580", "VOL001"); }), ExitCode::kUsage);
}

TEST_F(QemuTest, ProgramsInTheGuestPassTheirStatusOn) {
  EXPECT_EQ(guest().Run("exit 42").status, 42);
  EXPECT_EQ(guest().Run("cat", "to and fro").text, "to and fro");
}

}  // namespace
}  // namespace lab
