// SPDX-License-Identifier: MIT
// What only a debug kernel can tell: that it notices faults, and what becomes of ours when memory
// runs out. KERNEL=debug or kcsan.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "hercules/fixture/guest_test.h"
#include "hercules/fixture/kernel_coverage.h"
#include "hercules/fixture/leaks.h"
#include "tests/guest/guest_program.h"

namespace lab {
namespace {

constexpr milliseconds kFaultsLimit(3'600'000);
constexpr seconds kNoticeLimit(20);

struct Fault {
  const char* name;  // for kernel_faults
  const char* sign;  // in a complaint
};

// What is found first may switch the others off: KASAN's report ends lockdep's work.
std::vector<Fault> FaultsOf(const std::string& kernel) {
  if (kernel == "kcsan") return {{"race", "KCSAN: data-race"}};
  return {{"lock-order", "possible circular locking"},
          {"sleep", "sleeping function called"},
          {"object", "ODEBUG: free active"},
          {"use-after-free", "KASAN: use-after-free"}};
}

class DebugKernel : public GuestTest {
 protected:
  DebugKernel() : GuestTest(BareQemu()) {}

  // Each test has a guest of its own: the shared one is not needed.
  void SetUp() override {}

  static bool Noticed(const Lab& guest, const std::string& sign) {
    const std::vector<std::string> complaints = guest.Complaints();
    return std::any_of(complaints.begin(), complaints.end(), [&](const std::string& line) {
      return line.find(sign) != std::string::npos;
    });
  }
};

TEST_F(DebugKernel, FaultsOnPurposeAreNoticed) {
  Lab fresh = FreshGuest(BareQemu(), "faults-on-purpose");
  ASSERT_EQ(fresh.Run("modprobe kernel_faults").status, 0);
  EXPECT_EQ(fresh.Complaints(), std::vector<std::string>());
  EXPECT_EQ(LeaksIn(fresh), "");
  if (KernelUnderTest() == "debug") {
    fresh.Run("echo leak >/sys/module/kernel_faults/parameters/commit");
    EXPECT_NE(LeaksIn(fresh).find("kernel_faults"), std::string::npos);
  }
  for (const Fault& fault : FaultsOf(KernelUnderTest())) {
    EXPECT_FALSE(Noticed(fresh, fault.sign)) << "before " << fault.name;
    fresh.Run(std::string("echo ") + fault.name + " >/sys/module/kernel_faults/parameters/commit");
    const Deadline limit{kNoticeLimit};
    while (!Noticed(fresh, fault.sign) && !limit.Passed()) usleep(100'000);
    EXPECT_TRUE(Noticed(fresh, fault.sign)) << fault.name << " was not noticed";
  }
}

class Faults : public DebugKernel {
 protected:
  void SetUp() override {
    if (KernelUnderTest() != "debug") GTEST_SKIP() << "this kernel has no fault injection";
  }

  // The kernel tells of some of its own allocations that failed, with a trace. What else comes with
  // a trace has a line of its own that names the fault.
  static bool IsOfMemory(const std::string& complaint) {
    for (const char* sign :
         {"Call Trace", "page allocation failure", "kmemleak: Cannot allocate a scan area"}) {
      if (complaint.find(sign) != std::string::npos) return true;
    }
    return false;
  }

  // Loads modules, runs a program while allocations fail, and unloads them again.
  void RunWith(const std::string& modules, const std::string& program,
               const std::string& append = {}) {
    SCOPED_TRACE(program);
    GuestSpec spec = BareQemu();
    spec.append = append;
    Lab fresh = FreshGuest(spec, program);
    // Traces of memory that ran out are not for the console, which is slow; the log has them.
    ASSERT_EQ(fresh.Run("dmesg -n 1; " + modules).status, 0);
    EXPECT_EQ(RunGuestProgram(fresh, program, kFaultsLimit), 0);
    fresh.Run("rmmod s390_log; rmmod kevent");
    EXPECT_EQ(fresh.Run("cat /proc/modules").text.find("kevent"), std::string::npos);
    SaveKernelCoverage(fresh);
    EXPECT_EQ(LeaksIn(fresh), "");
    for (const std::string& complaint : fresh.Complaints())
      EXPECT_TRUE(IsOfMemory(complaint)) << complaint;
  }
};

TEST_F(Faults, OfModulesUnwind) { RunWith("true", "module_faults_test"); }

TEST_F(Faults, OfQueuesUnwind) {
  RunWith("modprobe s390_log subbuf_size=4096 n_subbufs=4", "queue_faults_test");
}

TEST_F(Faults, OfTheLogUnwind) {
  RunWith("modprobe s390_log subbuf_size=4096 n_subbufs=4", "log_faults_test");
}

TEST_F(Faults, OfACpuUnwind) { RunWith("modprobe kevent", "cpu_faults_test", "maxcpus=1"); }

}  // namespace
}  // namespace lab
