// SPDX-License-Identifier: MIT
#include "logd/udp_transport.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "tests/host/loopback.h"

namespace s390log {
namespace {

using Change = SyslogTransport::Change;

class UdpTransportTest : public testing::Test {
 protected:
  UdpTransportTest() { Bind(); }

  void Bind() {
    receiver_.Reset(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in address = Loopback(port_);
    socklen_t length = sizeof(address);
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(receiver_.Get(), raw, length), 0);
    ::getsockname(receiver_.Get(), raw, &length);
    port_ = ntohs(address.sin_port);
  }

  // How many of these were taken.
  int Send(UdpTransport& transport, int count) {
    std::string text = "x";
    const std::vector<iovec> pieces(static_cast<size_t>(count), iovec{text.data(), text.size()});
    return static_cast<int>(transport.Send(pieces, now_).value_or(0));
  }

  int Received() {
    std::array<char, 65536> bytes;
    int count = 0;
    while (::recv(receiver_.Get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) ++count;
    return count;
  }

  void BringUp(UdpTransport& transport) {
    transport.Step(now_);
    ASSERT_EQ(Send(transport, 10), 1);
    now_ += UdpTransport::kTryTime;
    ASSERT_EQ(transport.Step(now_), Change::kUp);
    now_ += std::chrono::seconds(1);
  }

  UniqueFd receiver_;
  uint16_t port_ = 0;
  Clock::time_point now_ = Clock::now();
};

TEST_F(UdpTransportTest, PortWithNobodyIsFoundOutByOneDatagramAtATime) {
  receiver_.Reset();
  UdpTransport transport("127.0.0.1", port_, 1000);
  for (int i = 0; i < 3; ++i) {
    transport.Step(now_);
    EXPECT_EQ(Send(transport, 10), 1);
    EXPECT_EQ(Send(transport, 10), 0);
    EXPECT_EQ(transport.Step(now_), Change::kClosed);
    EXPECT_EQ(transport.Reason(), "Connection refused");
    EXPECT_FALSE(transport.Up());
    EXPECT_EQ(transport.GetWait(true).fd, -1);
    now_ = transport.GetWait(true).deadline.value();
  }
}

TEST_F(UdpTransportTest, ServerThatGoesIsFoundOutWithTheNextDatagram) {
  UdpTransport transport("127.0.0.1", port_, 1000);
  BringUp(transport);
  receiver_.Reset();
  EXPECT_EQ(Send(transport, 1), 1);
  EXPECT_EQ(transport.Step(now_), Change::kClosed);
  Bind();
  now_ += std::chrono::seconds(10);
  BringUp(transport);
  EXPECT_TRUE(transport.Up());
}

TEST_F(UdpTransportTest, RateIsKept) {
  UdpTransport transport("127.0.0.1", port_, 100);
  BringUp(transport);
  Received();
  EXPECT_EQ(Send(transport, 60), static_cast<int>(UdpTransport::kBurst));
  EXPECT_EQ(Send(transport, 60), 0);
  const Wait wait = transport.GetWait(true);
  EXPECT_EQ(wait.events, 0);
  ASSERT_TRUE(wait.deadline);
  now_ = *wait.deadline;
  EXPECT_EQ(Send(transport, 60), 1);
  now_ += std::chrono::milliseconds(105);
  EXPECT_EQ(Send(transport, 60), 10);
  EXPECT_EQ(Received(), static_cast<int>(UdpTransport::kBurst) + 11);
}

TEST_F(UdpTransportTest, PieceThatThePathDoesNotTakeIsRefusedAndSmallerOnesAreAskedFor) {
  UdpTransport transport("127.0.0.1", port_, 1000);
  BringUp(transport);
  const size_t first = transport.MaxPiece();
  EXPECT_LE(first, 65507u);
  std::string large(70'000, 'x');
  const iovec piece{large.data(), large.size()};
  EXPECT_EQ(transport.Send({&piece, 1}, now_), 0u);
  EXPECT_EQ(transport.Step(now_), Change::kNone);
  EXPECT_TRUE(transport.Up());
  std::string fits(transport.MaxPiece(), 'x');
  const iovec other{fits.data(), fits.size()};
  EXPECT_EQ(transport.Send({&other, 1}, now_), fits.size());
}

}  // namespace
}  // namespace s390log
