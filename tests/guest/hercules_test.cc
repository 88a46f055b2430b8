// SPDX-License-Identifier: MIT
// The whole path on Hercules: what an operator does to a drive, and what arrives at rsyslogd.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "hercules/fixture/guest_test.h"
#include "hercules/src/error.h"
#include "hercules/src/launch.h"
#include "hercules/src/operator_script.h"
#include "tests/guest/flood.h"

namespace lab {
namespace {

constexpr char kLoaded[] = "TAP001I";
constexpr char kUnloaded[] = "TAP002I";
constexpr char kProtected[] = "TAP005W";
constexpr char kAdded[] = "DEV001I";
constexpr char kRemoved[] = "DEV002I";
constexpr char kOnline[] = "DEV003I";
constexpr char kGone[] = "DEV005E";
constexpr char kReport[] = "CHN001I";
constexpr char kNoDevice[] = "";
constexpr char kDrive[] = "0580";
constexpr char kBus[] = "0.0.0580";

class HerculesTest : public GuestTest {
 protected:
  // A test leaves the drives as it found them.
  void TearDown() override {
    if (GuestLives()) ExpectNoEvent();
    GuestTest::TearDown();
  }
};

TEST_F(HerculesTest, OperatorScriptBringsEachEventOnce) {
  OperatorScript script(guest(), [](const std::string& line) { puts(line.c_str()); });
  EXPECT_EQ(script.Play(), std::vector<std::string>());
  const Balance balance = script.CloseBooks();
  EXPECT_TRUE(balance.Agrees()) << balance.Line();
  EXPECT_GE(balance.emitted, 14u);
  ForgetEvents();
}

TEST_F(HerculesTest, MountIsSeenOnce) {
  Mount(kDrive, "VOL010");
  ExpectEvent(kLoaded, kBus);
  ExpectNoEvent();
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
}

TEST_F(HerculesTest, ReadOnlyIsSaidAndHolds) {
  Mount(kDrive, "VOL011", true);
  EXPECT_NE(ExpectEvent(kLoaded, kBus).text.find("read-only"), std::string::npos);
  EXPECT_NE(guest().Run("/usr/lib/s390-log/write-and-read 0580").status, 0);
  ExpectEvent(kProtected, kBus);
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
}

TEST_F(HerculesTest, MissingFileInAnEmptyDriveIsNoEvent) {
  EXPECT_EQ(CodeOf([&] { Mount(kDrive, "missing.aws"); }), ExitCode::kRefused);
  ExpectNoEvent();
}

TEST_F(HerculesTest, MissingFileInALoadedDriveIsAnUnload) {
  Mount(kDrive, "VOL012");
  ExpectEvent(kLoaded, kBus);
  EXPECT_EQ(CodeOf([&] { Mount(kDrive, "missing.aws"); }), ExitCode::kRefused);
  ExpectEvent(kUnloaded, kBus);
}

TEST_F(HerculesTest, UnmountOfAnEmptyDriveIsNoEvent) {
  Unmount(kDrive);
  ExpectNoEvent();
}

TEST_F(HerculesTest, EachSwapIsAnUnloadAndALoad) {
  constexpr int kSwaps = 10;
  Mount(kDrive, "VOL013");
  ExpectEvent(kLoaded, kBus);
  for (int i = 0; i < kSwaps; ++i) {
    Mount(kDrive, i % 2 == 0 ? "VOL014" : "VOL013");
    ExpectEvent(kUnloaded, kBus);
    ExpectEvent(kLoaded, kBus);
  }
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
}

// A tape that is gone before the driver has looked need not be told of. But what is told
// alternates, and the last word is what is so.
TEST_F(HerculesTest, AHurriedOperatorIsFollowedToTheTruth) {
  constexpr int kTimes = 20;
  for (int i = 0; i < kTimes; ++i) {
    Mount(kDrive, "VOL020");
    Unmount(kDrive);
  }
  Mount(kDrive, "VOL021");
  std::string last = kUnloaded;
  for (const Event& event : EventsUntilQuiet()) {
    EXPECT_EQ(event.device, kBus);
    EXPECT_EQ(event.message_id, last == kUnloaded ? kLoaded : kUnloaded) << ForTerminal(event);
    last = event.message_id;
  }
  EXPECT_EQ(last, kLoaded);
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
}

TEST_F(HerculesTest, UnloadByAProgramInTheGuestIsSeen) {
  Mount(kDrive, "VOL015");
  ExpectEvent(kLoaded, kBus);
  Run("mt -f /dev/$(basename $(readlink -f /sys/bus/ccw/devices/0.0.0580/non-rewinding)) offline");
  ExpectEvent(kUnloaded, kBus);
}

TEST_F(HerculesTest, BothDrivesAreToldApart) {
  Mount("0580", "VOL016");
  ExpectEvent(kLoaded, "0.0.0580");
  Mount("0581", "VOL017");
  ExpectEvent(kLoaded, "0.0.0581");
  Unmount("0580");
  ExpectEvent(kUnloaded, "0.0.0580");
  Unmount("0581");
  ExpectEvent(kUnloaded, "0.0.0581");
}

TEST_F(HerculesTest, ATapeIsInOneDriveOnly) {
  Mount("0580", "VOL018");
  ExpectEvent(kLoaded, "0.0.0580");
  EXPECT_EQ(CodeOf([&] { Mount("0581", "VOL018"); }), ExitCode::kRefused);
  Unmount("0580");
  ExpectEvent(kUnloaded, "0.0.0580");
}

TEST_F(HerculesTest, DetachedDriveTakesNoTape) {
  guest().Detach("0581");
  ExpectEvent(kReport, kNoDevice);
  ExpectEvent(kGone, "0.0.0581");
  ExpectEvent(kRemoved, "0.0.0581");
  EXPECT_EQ(CodeOf([&] { Mount("0581", "VOL019"); }), ExitCode::kRefused);
  EXPECT_EQ(CodeOf([&] { Unmount("0581"); }), ExitCode::kRefused);
  EXPECT_EQ(CodeOf([&] { guest().Detach("0581"); }), ExitCode::kRefused);
  ExpectNoEvent();
  guest().Attach("0581", "3480");
  ExpectEvent(kReport, kNoDevice);
  ExpectEvent(kAdded, "0.0.0581");
  EXPECT_EQ(CodeOf([&] { guest().Attach("0581", "3480"); }), ExitCode::kRefused);
  Run("echo 1 >/sys/bus/ccw/devices/0.0.0581/online");
  ExpectEvent(kOnline, "0.0.0581");
}

TEST_F(HerculesTest, NonsenseIsRefusedBeforeTheMachineHearsOfIt) {
  EXPECT_EQ(CodeOf([&] { Mount(kDrive, "toolongvolser"); }), ExitCode::kUsage);
  EXPECT_EQ(CodeOf([&] { Mount(kDrive, "a b.aws"); }), ExitCode::kUsage);
  EXPECT_EQ(CodeOf([&] { Mount("0999", "VOL001"); }), ExitCode::kRefused);
}

TEST_F(HerculesTest, SecondLabOfTheSameNameIsRefused) {
  const auto again = [&] {
    Lab::Up(guest().Status().at("name") == spec().name ? spec() : GuestSpec(), Lifetime::kOwned,
            [](const std::string&) {});
  };
  EXPECT_EQ(CodeOf(again), ExitCode::kAlreadyUp);
  Run("true");
}

TEST_F(HerculesTest, LabThatIsNotUpIsNotFound) {
  EXPECT_EQ(CodeOf([] { Lab::Find("nobody"); }), ExitCode::kNoLab);
  EXPECT_EQ(CodeOf([] { Lab::Find("../escape"); }), ExitCode::kUsage);
}

// The processes whose command line or open namespace tells that they belong to a lab.
int ProcessesIn(ino_t network_namespace) {
  int count = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    std::error_code none;
    const fs::path link = fs::read_symlink(entry.path() / "ns/net", none);
    if (link.string() == "net:[" + std::to_string(network_namespace) + "]") ++count;
  }
  return count;
}

TEST_F(HerculesTest, KilledSupervisorLeavesNothing) {
  GuestSpec fresh;
  fresh.name = "test-killed";
  fresh.kernel = KernelUnderTest();
  fresh.services = false;
  const Layout layout(fresh.name);
  ino_t ns = 0;
  const auto boot = [&] {
    Lab::Up(fresh, Lifetime::kOwned, [&](const std::string& progress) {
      // The machine is there once it is being waited for.
      if (progress.find("waiting") == std::string::npos) return;
      const std::optional<pid_t> pid = HolderOf(layout);
      ASSERT_TRUE(pid);
      const std::string link =
          fs::read_symlink(fs::path("/proc") / std::to_string(*pid) / "ns/net");
      ns = std::stoul(link.substr(link.find('[') + 1));
      EXPECT_GE(ProcessesIn(ns), 3);  // supervisor, rsyslogd, hercules
      kill(*pid, SIGKILL);
    });
  };
  EXPECT_EQ(CodeOf(boot), ExitCode::kFailed);
  ASSERT_NE(ns, 0u);
  // Hercules's network helper looks for its parent every few seconds.
  for (const Deadline limit(seconds(15)); ProcessesIn(ns) > 0 && !limit.Passed();)
    std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(ProcessesIn(ns), 0);
  EXPECT_FALSE(IsHeld(layout));
}

TEST_F(HerculesTest, BooksBalanceUnderAFloodInEachMode) {
  GuestSpec bare;
  bare.services = false;
  Lab fresh = FreshGuest(bare, "flood");
  for (const char* mode : kFloodModes) RunFlood(fresh, mode, 20'000);
}

}  // namespace
}  // namespace lab
