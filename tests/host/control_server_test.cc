// SPDX-License-Identifier: MIT
#include "logd/control_server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "logd/control_client.h"
#include "logd/unix_address.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

UniqueFd Connect(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  EXPECT_EQ(ConnectUnix(fd.Get(), *UnixAddress(path)), 0);
  return fd;
}

class ControlServerTest : public testing::Test {
 protected:
  // The server's turns, while `ask` runs in another thread.
  std::optional<std::string> ServeWhile(const std::function<std::optional<std::string>()>& ask) {
    std::atomic<bool> done = false;
    std::optional<std::string> answer;
    std::thread client([&] {
      answer = ask();
      done = true;
    });
    while (!done) {
      server_.Serve(Clock::now());
      std::this_thread::yield();
    }
    client.join();
    return answer;
  }
  using Clock = ControlServer::Clock;

  TempDir dir_;
  std::string path_ = dir_.File("socket");
  ControlServer server_{path_, [](const std::string& request) { return "you said " + request; }};
};

TEST_F(ControlServerTest, SecondServerIsRefused) {
  EXPECT_THROW(ControlServer(path_, [](const std::string&) { return ""; }), std::runtime_error);
}

TEST_F(ControlServerTest, SocketOfAServerThatWasKilledIsReplaced) {
  const std::string stale = dir_.File("stale");
  {
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    const auto address = UnixAddress(stale);
    ASSERT_EQ(::bind(fd.Get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)), 0);
  }
  EXPECT_NO_THROW(ControlServer(stale, [](const std::string&) { return ""; }));
}

TEST_F(ControlServerTest, FileThatIsNoSocketIsLeftAlone) {
  const std::string file = dir_.File("file");
  std::ofstream(file) << "precious";
  EXPECT_THROW(ControlServer(file, [](const std::string&) { return ""; }), std::exception);
  EXPECT_EQ(Contents(file), "precious");
}

TEST_F(ControlServerTest, PathThatIsTooLongIsRefused) {
  EXPECT_THROW(ControlServer(std::string(200, 'x'), [](const std::string&) { return ""; }),
               std::runtime_error);
}

TEST_F(ControlServerTest, NobodyThereIsNotAnError) {
  EXPECT_EQ(AskLogd(dir_.File("nobody"), "stats"), std::nullopt);
}

TEST_F(ControlServerTest, RequestIsAnswered) {
  EXPECT_EQ(ServeWhile([&] { return AskLogd(path_, "stats"); }), "you said stats");
}

TEST_F(ControlServerTest, ClientThatSaysTooMuchIsDropped) {
  EXPECT_THROW(ServeWhile([&]() -> std::optional<std::string> {
                 try {
                   return AskLogd(path_, std::string(10000, 'x'));
                 } catch (const std::exception&) {
                   return std::nullopt;
                 }
               }).value(),
               std::bad_optional_access);
}

TEST_F(ControlServerTest, RequestThatIsTooLongIsDroppedInPiecesToo) {
  const UniqueFd client = Connect(path_);
  for (const std::string& piece : {std::string(200, 'x'), std::string(100, 'x') + '\n'}) {
    ASSERT_GT(::send(client.Get(), piece.data(), piece.size(), MSG_NOSIGNAL), 0);
    server_.Serve(Clock::now());
  }
  char byte;
  EXPECT_LE(::recv(client.Get(), &byte, 1, MSG_DONTWAIT), 0) << "it was answered";
  EXPECT_EQ(server_.Deadline(), std::nullopt);
}

TEST_F(ControlServerTest, SilentClientIsDroppedAfterItsTime) {
  const UniqueFd silent = Connect(path_);
  const Clock::time_point now = Clock::now();
  server_.Serve(now);
  EXPECT_EQ(server_.Deadline(), now + ControlServer::kClientTimeout);
  server_.Serve(now + ControlServer::kClientTimeout);
  EXPECT_EQ(server_.Deadline(), std::nullopt);
}

// More than the system keeps for it.
TEST_F(ControlServerTest, ClientThatDoesNotReadItsAnswerHoldsUpNobodyAndIsDroppedAfterItsTime) {
  const std::string path = dir_.File("long");
  ControlServer server(path, [](const std::string&) { return std::string(10 << 20, 'x'); });
  const UniqueFd client = Connect(path);
  ASSERT_EQ(::send(client.Get(), "stats\n", 6, 0), 6);
  const Clock::time_point now = Clock::now();
  server.Serve(now);
  EXPECT_LT(Clock::now() - now, std::chrono::seconds(1));
  EXPECT_EQ(server.Deadline(), now + ControlServer::kClientTimeout);
  server.Serve(now + ControlServer::kClientTimeout);
  EXPECT_EQ(server.Deadline(), std::nullopt);
}

// It has its answer, and what it still says is not listened to.
TEST_F(ControlServerTest, ClientThatGoesOnTalkingIsAnsweredOnceAndClosed) {
  const UniqueFd client = Connect(path_);
  const std::string many = "one\ntwo\n" + std::string(ControlServer::kMaxRequest - 20, 'x');
  ASSERT_GT(::send(client.Get(), many.data(), many.size(), MSG_NOSIGNAL), 0);
  server_.Serve(Clock::now());
  EXPECT_EQ(server_.Deadline(), std::nullopt);
  std::array<char, 100> bytes;
  const ssize_t count = ::recv(client.Get(), bytes.data(), bytes.size(), 0);
  EXPECT_EQ(std::string(bytes.data(), static_cast<size_t>(std::max<ssize_t>(count, 0))),
            "you said one\n");
}

// As many as there may be, and each says one byte a second: who asks in earnest waits no longer
// than their time.
TEST_F(ControlServerTest, ClientsThatTakeAllPlacesLoseThemAfterTheirTime) {
  std::vector<UniqueFd> clients;
  for (size_t i = 0; i < ControlServer::kMaxClients; ++i) clients.push_back(Connect(path_));
  const Clock::time_point now = Clock::now();
  server_.Serve(now);
  const UniqueFd earnest = Connect(path_);
  ASSERT_EQ(::send(earnest.Get(), "stats\n", 6, 0), 6);
  for (const UniqueFd& client : clients) ASSERT_EQ(::send(client.Get(), "x", 1, 0), 1);
  server_.Serve(now + ControlServer::kClientTimeout - std::chrono::milliseconds(1));
  std::array<char, 100> bytes;
  EXPECT_LT(::recv(earnest.Get(), bytes.data(), bytes.size(), MSG_DONTWAIT), 0);
  server_.Serve(now + ControlServer::kClientTimeout);
  server_.Serve(now + ControlServer::kClientTimeout);
  EXPECT_GT(::recv(earnest.Get(), bytes.data(), bytes.size(), MSG_DONTWAIT), 0);
}

TEST_F(ControlServerTest, TooManyClientsWaitOutside) {
  std::vector<UniqueFd> clients;
  for (size_t i = 0; i < ControlServer::kMaxClients + 2; ++i) clients.push_back(Connect(path_));
  server_.Serve(Clock::now());
  std::vector<pollfd> waits;
  server_.AddWaits(waits);
  EXPECT_EQ(waits.size(), ControlServer::kMaxClients);
}

}  // namespace
}  // namespace s390log
