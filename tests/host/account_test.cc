// SPDX-License-Identifier: MIT
#include "logd/account.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>

#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

// Runs in a process of its own, which may lose what this one needs. Its answer is the exit code.
int InChild(const std::function<int()>& act) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    int code = 99;
    try {
      code = act();
    } catch (const std::exception& error) {
      (void)!::write(2, error.what(), std::string(error.what()).size());
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string StatusField(const std::string& name) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name + ":")) return line.substr(line.find('\t') + 1);
  }
  return "";
}

TEST(AccountTest, UnknownUserIsNamedWithTheRemedy) {
  try {
    AccountToBecome("no-such-user");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "there is no user no-such-user to become: make it (systemd-sysusers), or change "
                 "user in [process]");
  }
}

TEST(AccountTest, NoNameMeansNobodyToBecome) { EXPECT_FALSE(AccountToBecome("")); }

TEST(AccountTest, WhoWeAreAlreadyNeedsNothing) {
  const passwd* self = ::getpwuid(::geteuid());
  ASSERT_NE(self, nullptr);
  EXPECT_FALSE(AccountToBecome(self->pw_name));
}

class AccountOfRootTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  }
};

TEST_F(AccountOfRootTest, OnceNobodyCannotBecomeAnother) {
  EXPECT_EQ(InChild([] {
              Become(*AccountToBecome("nobody"));
              try {
                AccountToBecome("daemon");
              } catch (const std::runtime_error&) {
                return 0;
              }
              return 1;
            }),
            0);
}

TEST_F(AccountOfRootTest, BecomingLeavesNoIdentityGroupOrCapabilityOfRoot) {
  EXPECT_EQ(InChild([] {
              const auto account = AccountToBecome("nobody");
              Become(*account);
              const std::string uid = std::to_string(account->uid);
              const std::string gid = std::to_string(account->gid);
              if (StatusField("Uid") != uid + "\t" + uid + "\t" + uid + "\t" + uid) return 1;
              if (StatusField("Gid") != gid + "\t" + gid + "\t" + gid + "\t" + gid) return 2;
              if (StatusField("Groups") != gid + " ") return 3;
              return 0;
            }),
            0);
}

TEST_F(AccountOfRootTest, NoCapabilityIsLeftAndNoneCanBeGained) {
  EXPECT_EQ(InChild([] {
              Become(*AccountToBecome("nobody"));
              for (const char* set : {"CapPrm", "CapEff", "CapAmb"}) {
                if (StatusField(set).find_first_not_of('0') != std::string::npos) return 1;
              }
              return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 2;
            }),
            0);
}

TEST_F(AccountOfRootTest, WhatWasOpenedBeforeStaysOpenAndRootsFilesAreClosed) {
  TempDir dir;
  const std::string secret = dir.File("secret");
  std::ofstream(secret) << "open";
  ASSERT_EQ(::chmod(secret.c_str(), 0600), 0);
  EXPECT_EQ(InChild([&] {
              std::ifstream before(secret);
              Become(*AccountToBecome("nobody"));
              std::string text;
              before >> text;
              return text == "open" && ::access(secret.c_str(), R_OK) != 0 ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace s390log
