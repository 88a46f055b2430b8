// SPDX-License-Identifier: MIT
// A syslog server that means harm: logd has one thread, and nothing that comes over a connection
// may keep it.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <future>

#include "logd/syslog_sink.h"
#include "logd/tls_connection.h"
#include "tests/host/fake_channel.h"
#include "tests/host/hostile_server.h"
#include "tests/host/pump.h"
#include "tests/host/syslog_parser.h"
#include "tests/host/test_certificates.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

constexpr size_t kFlood = 1 << 16;  // bytes that are sent at once
constexpr milliseconds kTurnLimit{1000};

class HostileReceiver : public testing::Test {
 protected:
  HostileReceiver() {
    ::signal(SIGPIPE, SIG_IGN);
    for (uint64_t i = 1; i <= 20; ++i) backlog_.Append(TextEvent(i));
  }

  void Serve(const HostileServer::Work& work, int receive_buffer = 0) {
    server_ = std::make_unique<HostileServer>(work, receive_buffer);
  }

  void MakeSink(std::unique_ptr<SyslogTransport> transport) {
    sink_ = std::make_unique<SyslogSink>(std::move(transport), SyslogSinkOptions{});
  }

  void OverTcp() { MakeSink(std::make_unique<TcpConnection>("127.0.0.1", server_->Port())); }

  // One turn of the daemon with the sink; if the server can hold it, that ends with the server.
  bool TurnEnds() {
    auto turn = std::async(std::launch::async, [&] { sink_->Follow(backlog_, Clock::now()); });
    if (turn.wait_for(kTurnLimit) == std::future_status::ready) return true;
    server_->Stop();
    turn.wait();
    return false;
  }

  void ExpectTurnsEnd(milliseconds time) {
    const Clock::time_point end = Clock::now() + time;
    while (Clock::now() < end) ASSERT_TRUE(TurnEnds()) << "the server keeps logd's thread";
  }

  Backlog backlog_{1000};
  std::unique_ptr<HostileServer> server_;
  std::unique_ptr<SyslogSink> sink_;
};

TEST_F(HostileReceiver, ThatAnswersWithoutEndKeepsNobody) {
  Serve([](HostileServer& server, int fd) {
    const std::string bytes(kFlood, 'x');
    while (!server.Stopped() && ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0) {
    }
  });
  OverTcp();
  ExpectTurnsEnd(milliseconds(1500));
  EXPECT_EQ(sink_->Taken(), 20u);
}

TEST_F(HostileReceiver, ThatResetsEachConnectionIsTriedWithPauses) {
  Serve([](HostileServer&, int fd) {
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  });
  OverTcp();
  const Clock::time_point end = Clock::now() + seconds(2);
  while (Clock::now() < end) Turn(*sink_, backlog_, 1);
  EXPECT_GE(server_->Connections(), 2);
  EXPECT_LE(server_->Connections(), 12);
}

// Its window is as small as the system lets it be, and it reads a few bytes at a time.
TEST_F(HostileReceiver, ThatReadsInCrumbsGetsWholeMessagesAndHoldsUpNobody) {
  std::string stream;
  std::atomic<size_t> messages = 0;
  Serve(
      [&](HostileServer& server, int fd) {
        while (!server.Stopped()) {
          std::array<char, 7> crumb;
          const ssize_t count = ::recv(fd, crumb.data(), crumb.size(), 0);
          if (count > 0) stream.append(crumb.data(), static_cast<size_t>(count));
          if (const auto frames = TakeFrames(stream)) messages += frames->size();
        }
      },
      1);
  OverTcp();
  EXPECT_TRUE(Pump(*sink_, backlog_, [&] { return messages == 20; })) << messages << " came";
  ASSERT_TRUE(TurnEnds());
  server_->Stop();
}

class HostileTlsReceiver : public HostileReceiver {
 protected:
  HostileTlsReceiver() : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    certificates_.Make("server", "IP:127.0.0.1");
    SSL_CTX_use_certificate_file(context_.get(), certificates_.Certificate("server").c_str(),
                                 SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), certificates_.Key("server").c_str(),
                                SSL_FILETYPE_PEM);
  }
  // It uses the context.
  ~HostileTlsReceiver() override { server_.reset(); }

  // `work` after the handshake.
  void ServeTls(const std::function<void(HostileServer&, SSL*)>& work) {
    Serve([this, work](HostileServer& server, int fd) {
      const Ssl ssl(SSL_new(context_.get()), SSL_free);
      SSL_set_fd(ssl.get(), fd);
      SSL_set_accept_state(ssl.get());
      while (!server.Stopped()) {
        const int rc = SSL_do_handshake(ssl.get());
        if (rc == 1) return work(server, ssl.get());
        if (SSL_get_error(ssl.get(), rc) != SSL_ERROR_WANT_READ) return;
      }
    });
  }

  void OverTls() {
    TlsSettings settings;
    settings.ca_file = certificates_.Certificate("ca");
    MakeSink(std::make_unique<TlsConnection>("127.0.0.1", server_->Port(), settings));
  }

  TestCertificates certificates_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
};

TEST_F(HostileTlsReceiver, ThatAnswersWithoutEndKeepsNobody) {
  ServeTls([](HostileServer& server, SSL* ssl) {
    const std::string bytes(kFlood, 'x');
    while (!server.Stopped()) {
      const int rc = SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
      if (rc <= 0 && SSL_get_error(ssl, rc) != SSL_ERROR_WANT_WRITE) return;
    }
  });
  OverTls();
  ExpectTurnsEnd(milliseconds(1500));
  EXPECT_EQ(sink_->Taken(), 20u);
}

// Messages of TLS itself, of which a program that reads hears nothing.
TEST_F(HostileTlsReceiver, ThatSendsTicketsWithoutEndKeepsNobody) {
  std::atomic<int> tickets = 0;
  ServeTls([&](HostileServer& server, SSL* ssl) {
    for (; !server.Stopped(); ++tickets) {
      SSL_new_session_ticket(ssl);
      const int rc = SSL_do_handshake(ssl);
      if (rc != 1 && SSL_get_error(ssl, rc) != SSL_ERROR_WANT_WRITE) return;
    }
  });
  OverTls();
  ExpectTurnsEnd(milliseconds(1500));
  EXPECT_GT(tickets, 100);
  server_->Stop();
  EXPECT_EQ(sink_->Taken(), 20u);
}

TEST_F(HostileTlsReceiver, ThatSaysNothingInTheHandshakeIsGivenUp) {
  Serve([](HostileServer& server, int) {
    while (!server.Stopped()) ::usleep(10'000);
  });
  OverTls();
  EXPECT_TRUE(Pump(*sink_, backlog_, [&] { return server_->Connections() == 1; }));
  Turn(*sink_, backlog_, 50);
  EXPECT_FALSE(sink_->Up());
  EXPECT_EQ(sink_->Report().reason, "");
  sink_->Follow(backlog_, Clock::now() + TcpConnection::kConnectTimeout);
  EXPECT_NE(sink_->Report().reason.find("does not go on with the TLS handshake"), std::string::npos)
      << sink_->Report().reason;
}

// As many as a chain may be long, and more.
TEST_F(HostileTlsReceiver, WithAHugeCertificateIsRefused) {
  for (int i = 0; i < 400; ++i) {
    X509* again = SSL_CTX_get0_certificate(context_.get());
    X509_up_ref(again);
    SSL_CTX_add_extra_chain_cert(context_.get(), again);
  }
  ServeTls([](HostileServer&, SSL*) {});
  OverTls();
  EXPECT_TRUE(Pump(*sink_, backlog_, [&] { return !sink_->Report().reason.empty(); }));
  EXPECT_NE(sink_->Report().reason.find("excessive message size"), std::string::npos)
      << sink_->Report().reason;
  EXPECT_EQ(sink_->Taken(), 0u);
}

TEST_F(HostileTlsReceiver, ThatWantsToNegotiateAnewIsRefusedAndKeepsNobody) {
  SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION);
  ServeTls([](HostileServer& server, SSL* ssl) {
    std::array<char, 4096> bytes;
    while (!server.Stopped()) {
      SSL_renegotiate(ssl);
      SSL_do_handshake(ssl);
      const int rc = SSL_read(ssl, bytes.data(), static_cast<int>(bytes.size()));
      if (rc <= 0 && SSL_get_error(ssl, rc) != SSL_ERROR_WANT_READ) return;
    }
  });
  OverTls();
  ExpectTurnsEnd(milliseconds(1000));
  EXPECT_GT(server_->Connections(), 0);
}

// Bytes that are no TLS, as of a server that speaks plain syslog.
TEST_F(HostileTlsReceiver, ThatSpeaksNoTlsIsRefusedWithTheReason) {
  Serve([](HostileServer& server, int fd) {
    const std::string bytes(kFlood, '<');
    while (!server.Stopped() && ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0) {
    }
  });
  OverTls();
  EXPECT_TRUE(Pump(*sink_, backlog_, [&] { return !sink_->Report().reason.empty(); }));
  EXPECT_NE(sink_->Report().reason.find("TLS: "), std::string::npos) << sink_->Report().reason;
  EXPECT_EQ(sink_->Taken(), 0u);
}

}  // namespace
}  // namespace s390log
