// SPDX-License-Identifier: MIT
#include "logd/socket_state.h"

#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>

#include "s390log/unique_fd.h"

namespace s390log {
namespace {

class DropInputTest : public testing::Test {
 protected:
  DropInputTest() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    ours_.Reset(ends[0]);
    theirs_.Reset(ends[1]);
  }
  // All that there is room for.
  void SendEndlessly() {
    const std::string bytes(65536, 'x');
    while (::send(theirs_.Get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
    }
  }
  int Unread() const {
    int bytes = -1;
    EXPECT_EQ(::ioctl(ours_.Get(), FIONREAD, &bytes), 0);
    return bytes;
  }

  UniqueFd ours_;
  UniqueFd theirs_;
};

TEST_F(DropInputTest, ServerThatNeverStopsSendingLeavesTimeForTheRest) {
  SendEndlessly();
  EXPECT_EQ(DropInput(ours_.Get()), std::nullopt);
  const int left = Unread();
  EXPECT_GT(left, 0);
  EXPECT_EQ(DropInput(ours_.Get()), std::nullopt);
  EXPECT_LT(Unread(), left);
}

TEST_F(DropInputTest, EndIsToldBehindAllThatWasSent) {
  EXPECT_EQ(DropInput(ours_.Get()), std::nullopt);
  SendEndlessly();
  theirs_.Reset();
  std::optional<int> end;
  for (int i = 0; i < 100 && !end; ++i) end = DropInput(ours_.Get());
  EXPECT_EQ(end, 0);
}

TEST_F(DropInputTest, WhatIsNoSocketIsAnError) { EXPECT_EQ(DropInput(-1), EBADF); }

}  // namespace
}  // namespace s390log
