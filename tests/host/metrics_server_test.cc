// SPDX-License-Identifier: MIT
#include "logd/metrics_server.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <functional>
#include <thread>

#include "logd/control_client.h"
#include "logd/daemon.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"
#include "tests/host/fake_sink.h"
#include "tests/host/http_client.h"
#include "tests/host/promtool.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

const ListenAddress kAnyPort = ListenAddress::Parse("127.0.0.1:0").value();

uint16_t PortOf(const MetricsServer& server) {
  const std::string address = server.Address().ToString();
  return static_cast<uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

// The value of a sample in a text, by its name with labels.
double Value(const std::string& text, const std::string& name) {
  const size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + text);
  return std::stod(text.substr(at + name.size() + 2));
}

double Delivered(const std::string& text) {
  const std::string name = "s390log_events_delivered_total";
  return Value(text, name + "{match=\"complete\"}") + Value(text, name + "{match=\"coalesced\"}");
}

// A daemon that runs in a thread of its own, and its server.
class MetricsServerTest : public testing::Test {
 protected:
  MetricsServerTest() {
    channel_.SetNotify(
        [this](uint32_t event, SequenceNumber sequence) { notices_.Post(event, sequence); });
    daemon_.AddSink(std::make_unique<FakeSink>());
    thread_ = std::thread([this] { daemon_.Run(); });
  }

  ~MetricsServerTest() override { Stop(); }

  void Stop() {
    const uint64_t one = 1;
    EXPECT_EQ(::write(stop_.Get(), &one, sizeof(one)), 8);
    if (thread_.joinable()) thread_.join();
  }

  // Until `count` events are delivered, as the control socket says.
  void AwaitDelivered(uint64_t count) {
    const auto deadline = SteadyClock::now() + std::chrono::seconds(20);
    uint64_t delivered = 0;
    while (delivered != count) {
      ASSERT_LT(SteadyClock::now(), deadline) << delivered << " of " << count << " are delivered";
      const auto stats = nlohmann::json::parse(AskLogd(path_, "stats").value());
      delivered = stats.at("delivered").get<uint64_t>();
    }
  }

  void Emit(int count) {
    for (int i = 0; i < count; ++i) channel_.EmitText(0, "x");
  }

  TempDir dir_;
  std::string path_ = dir_.File("socket");
  FakeChannel channel_{2, 65536, 4};
  FakeNoticeQueue notices_{2};
  UniqueFd stop_{::eventfd(0, EFD_NONBLOCK)};
  MetricsBoard board_;
  DaemonParts parts_{channel_,
                     notices_,
                     stop_.Get(),
                     path_,
                     100,
                     std::chrono::seconds(1),
                     [](const std::string&) {},
                     dir_.File("no-devices"),
                     nullptr,
                     {},
                     {},
                     &board_};
  Daemon daemon_{parts_};
  std::thread thread_;
  MetricsServer server_{kAnyPort, board_};
  uint16_t port_ = PortOf(server_);
};

TEST_F(MetricsServerTest, BadRequestsAreRefusedAndLogdGoesOn) {
  const std::string long_text(3000, 'x');
  std::string ranges = "bytes=0-1";
  for (int i = 0; i < 900; ++i) ranges += ",0-";
  const std::string get = "GET /metrics HTTP/1.1\r\n";
  EXPECT_EQ(StatusLine(HttpGet(port_, "/")), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(StatusLine(HttpGet(port_, "/metrics/" + long_text)), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(StatusLine(HttpAsk(port_, "rubbish\r\n\r\n")), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(StatusLine(HttpAsk(port_, std::string("\0\xff\r\n\r\n", 6))),
            "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(StatusLine(HttpAsk(port_, "POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")),
            "HTTP/1.1 413 Payload Too Large");
  EXPECT_LT(HttpAsk(port_, get + "Range: " + ranges + "\r\n\r\n").size(), 100'000u);
  // Too long: closed without an answer, or with one that says so.
  EXPECT_EQ(HttpAsk(port_, get + "X: " + std::string(100'000, 'x')).find("200"), std::string::npos);
  HttpClient(port_).Reset();
  Emit(10);
  AwaitDelivered(10);
  EXPECT_EQ(StatusLine(HttpGet(port_)), "HTTP/1.1 200 OK");
}

TEST_F(MetricsServerTest, SlowClientsHoldUpNobodyForLongerThanTheirTime) {
  constexpr milliseconds kTime{1000};
  const MetricsServer server(kAnyPort, board_, kTime);
  const uint16_t port = PortOf(server);
  std::vector<HttpClient> slow;
  for (size_t i = 0; i < 2 * MetricsServer::kClients; ++i) slow.emplace_back(port).Send("GET /m");
  std::atomic<bool> done = false;
  std::thread drip([&] {
    for (int i = 0; !done; ++i) {
      for (const HttpClient& client : slow) client.Send("x");
      std::this_thread::sleep_for(milliseconds(100));
    }
  });
  Emit(50);
  AwaitDelivered(50);  // the daemon does not notice
  const auto begin = SteadyClock::now();
  EXPECT_EQ(StatusLine(HttpGet(port)), "HTTP/1.1 200 OK");
  EXPECT_LT(SteadyClock::now() - begin, 3 * kTime);
  done = true;
  drip.join();
}

TEST_F(MetricsServerTest, ManyClientsAtOnceGetWholeTextsThatBalance) {
  constexpr int kThreads = 16, kRequests = 4;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) Emit(1);
  });
  std::vector<std::thread> clients;
  for (int i = 0; i < kThreads; ++i) {
    clients.emplace_back([&] {
      double emitted = -1;
      for (int request = 0; request < kRequests; ++request) {
        const std::string answer = HttpGet(port_);
        ASSERT_EQ(StatusLine(answer), "HTTP/1.1 200 OK");
        EXPECT_EQ(Value(answer, "s390log_books_balanced"), 1);
        EXPECT_GT(Value(answer, "s390log_events_emitted_total"), emitted);
        emitted = Value(answer, "s390log_events_emitted_total");
        EXPECT_TRUE(answer.ends_with("\n"));
        std::this_thread::sleep_for(2 * MetricsBoard::kFresh);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  done = true;
  writer.join();
}

TEST_F(MetricsServerTest, PromtoolFindsNoFaultWithWhatIsServed) {
  Emit(7);
  AwaitDelivered(7);
  const std::string answer = HttpGet(port_);
  EXPECT_NE(answer.find("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
            std::string::npos)
      << answer;
  EXPECT_EQ(PromtoolSays(Body(answer)), "");
  EXPECT_EQ(Delivered(answer), 7);
  EXPECT_EQ(Value(answer, "s390log_delivery_latency_seconds_count"), 7);
  EXPECT_EQ(Value(answer, "s390log_sink_taken_total{sink=\"fake\"}"), 7);
}

TEST_F(MetricsServerTest, ServesAtOnceWhileTheDaemonSleeps) {
  HttpGet(port_);
  std::this_thread::sleep_for(2 * MetricsBoard::kFresh);
  const auto begin = SteadyClock::now();
  EXPECT_EQ(StatusLine(HttpGet(port_)), "HTTP/1.1 200 OK");
  EXPECT_LT(SteadyClock::now() - begin, MetricsBoard::kPatience / 2);
}

TEST_F(MetricsServerTest, AfterTheDaemonHasEndedThereIsAnErrorAndNoOldValue) {
  HttpGet(port_);
  Stop();
  std::this_thread::sleep_for(2 * MetricsBoard::kFresh);
  EXPECT_EQ(StatusLine(HttpGet(port_)), "HTTP/1.1 503 Service Unavailable");
}

TEST(MetricsServerAlone, EndsAtOnceWhateverItsClientsDo) {
  MetricsBoard board;
  std::vector<HttpClient> clients;
  auto server = std::make_unique<MetricsServer>(kAnyPort, board);
  for (size_t i = 0; i < MetricsServer::kClients; ++i) {
    // Half of them wait for a daemon that there is not.
    clients.emplace_back(PortOf(*server))
        .Send(i % 2 == 0 ? "GET" : "GET /metrics HTTP/1.1\r\n\r\n");
  }
  std::this_thread::sleep_for(milliseconds(100));
  const auto begin = SteadyClock::now();
  server.reset();
  EXPECT_LT(SteadyClock::now() - begin, MetricsBoard::kPatience / 2);
}

TEST(MetricsServerAlone, PortThatIsTakenIsNamed) {
  MetricsBoard board;
  const MetricsServer server(kAnyPort, board);
  try {
    const MetricsServer second(server.Address(), board);
    FAIL() << "two servers at one port";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.what(), server.Address().ToString() + ": Address already in use");
  }
}

TEST(ListenAddress, IsAnAddressAndAPort) {
  for (const char* text : {"", "9639", "localhost:9639", "127.0.0.1", "127.0.0.1:", "::1:9639",
                           "127.0.0.1:65536", "127.0.0.1:9639x", "[127.0.0.1]:1", "[]:1", ":1"}) {
    EXPECT_FALSE(ListenAddress::Parse(text)) << text;
  }
  EXPECT_EQ(ListenAddress::Parse("127.0.0.1:9639")->ToString(), "127.0.0.1:9639");
  EXPECT_EQ(ListenAddress::Parse("[::1]:1")->ToString(), "[::1]:1");
}

TEST(ListenAddress, LoopbackIsKnown) {
  for (const char* text : {"127.0.0.1:1", "127.255.0.1:1", "[::1]:1"}) {
    EXPECT_TRUE(ListenAddress::Parse(text)->IsLoopback()) << text;
  }
  for (const char* text : {"0.0.0.0:1", "128.0.0.1:1", "10.0.0.1:1", "[::]:1", "[fe80::1]:1"}) {
    EXPECT_FALSE(ListenAddress::Parse(text)->IsLoopback()) << text;
  }
}

}  // namespace
}  // namespace s390log
