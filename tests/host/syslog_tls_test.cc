// SPDX-License-Identifier: MIT
// Whom TLS trusts, and who trusts it: against rsyslog and syslog-ng.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "logd/syslog_sink.h"
#include "logd/tls_connection.h"
#include "tests/host/fake_channel.h"
#include "tests/host/pump.h"
#include "tests/host/syslog_server.h"
#include "tests/host/test_certificates.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

std::string KindName(const testing::TestParamInfo<ServerKind>& info) {
  return info.param == ServerKind::kRsyslog ? "Rsyslog" : "SyslogNg";
}

class SyslogTls : public testing::TestWithParam<ServerKind> {
 protected:
  SyslogTls() {
    ::signal(SIGPIPE, SIG_IGN);
    certificates_.Make("server", "DNS:localhost,IP:127.0.0.1");
    backlog_.Append(TextEvent(1));
  }

  void StartServer(const std::string& certificate = "server", bool demands = false) {
    server_ = std::make_unique<SyslogServer>(
        GetParam(), ServerInput::kTls,
        ServerTls{certificates_.Certificate("ca"), certificates_.Certificate(certificate),
                  certificates_.Key(certificate), demands});
    server_->Start();
  }

  std::unique_ptr<SyslogSink> MakeSink(const TlsSettings& settings,
                                       const std::string& host = "127.0.0.1") {
    return std::make_unique<SyslogSink>(
        std::make_unique<TlsConnection>(host, server_->Port(), settings), SyslogSinkOptions{});
  }

  TlsSettings TrustCa() const { return {.ca_file = certificates_.Certificate("ca")}; }
  TlsSettings TrustFingerprint(const std::string& name, const std::string& hash) const {
    return {.fingerprints = {TlsFingerprint::Parse(certificates_.Fingerprint(name, hash)).value()}};
  }
  TlsSettings WithCertificate(const std::string& name) const {
    TlsSettings settings = TrustCa();
    settings.certificate = certificates_.Certificate(name);
    settings.key = certificates_.Key(name);
    return settings;
  }

  void ExpectDelivered(Sink& sink) {
    size_t records = 0;
    EXPECT_TRUE(
        Pump(sink, backlog_, [&] { return (records += server_->TakeRecords().size()) > 0; }))
        << sink.Report().reason << server_->Log();
    EXPECT_EQ(records, 1u);
    EXPECT_TRUE(sink.Up());
  }

  // Nothing is taken, nothing arrives, and the reason is told.
  void ExpectRefused(Sink& sink, const std::string& reason) {
    bool up = false;
    EXPECT_TRUE(Pump(sink, backlog_, [&] {
      up |= sink.Up();
      return !sink.Report().reason.empty();
    }));
    EXPECT_NE(sink.Report().reason.find(reason), std::string::npos) << sink.Report().reason;
    EXPECT_FALSE(up);
    EXPECT_EQ(sink.Taken(), 0u);
    EXPECT_TRUE(server_->TakeRecords().empty());
  }

  TestCertificates certificates_;
  std::unique_ptr<SyslogServer> server_;
  Backlog backlog_{100, TestBootId().ToString(), 0, nullptr};
};

TEST_P(SyslogTls, ServerOfAnUnknownCaGetsNothing) {
  certificates_.MakeCa("other");
  certificates_.Make("stranger", "IP:127.0.0.1", "other");
  StartServer("stranger");
  const auto sink = MakeSink(TrustCa());
  ExpectRefused(*sink, "unable to get local issuer certificate; its CA is not in ca_file");
}

TEST_P(SyslogTls, ServerWithACertificateOfItsOwnMakingGetsNothing) {
  certificates_.MakeCa("alone");
  StartServer("alone");
  const auto sink = MakeSink(TrustCa());
  ExpectRefused(*sink, "self-signed certificate");
}

TEST_P(SyslogTls, ServerOfAnotherNameGetsNothing) {
  certificates_.Make("elsewhere", "DNS:elsewhere.example,IP:192.0.2.1");
  StartServer("elsewhere");
  const auto by_address = MakeSink(TrustCa());
  ExpectRefused(*by_address, "IP address mismatch; it is for another name than server or");
  const auto by_name = MakeSink(TrustCa(), "localhost");
  ExpectRefused(*by_name, "hostname mismatch; it is for another name than server or");
}

TEST_P(SyslogTls, ServerOfAnotherFingerprintGetsNothing) {
  certificates_.Make("other", "IP:127.0.0.1");
  StartServer();
  const auto alone = MakeSink(TrustFingerprint("other", "sha256"));
  ExpectRefused(*alone, "its fingerprint is sha-256:");
  TlsSettings both = TrustFingerprint("other", "sha1");
  both.ca_file = certificates_.Certificate("ca");
  const auto beside = MakeSink(both);
  ExpectRefused(*beside, "which is not in fingerprints");
}

TEST_P(SyslogTls, ServerThatDemandsACertificateSaysSoIfThereIsNone) {
  StartServer("server", true);
  const auto sink = MakeSink(TrustCa());
  ExpectRefused(*sink, "TLS: ");
}

TEST_P(SyslogTls, CertificateOfAnUnknownCaIsRefusedByTheServer) {
  certificates_.MakeCa("other");
  certificates_.Make("stranger", "DNS:guest", "other");
  StartServer("server", true);
  const auto sink = MakeSink(WithCertificate("stranger"));
  ExpectRefused(*sink, "TLS: ");
}

TEST_P(SyslogTls, MissingFilesAreNamedAndTakenWhenTheyAreThere) {
  StartServer();
  const TempDir dir;
  TlsSettings settings;
  settings.ca_file = dir.File("ca.pem");
  const auto sink = MakeSink(settings);
  ExpectRefused(*sink, dir.File("ca.pem") + ": no certificates of CAs can be read: No such file");
  std::filesystem::copy(certificates_.Certificate("ca"), dir.File("ca.pem"));
  ExpectDelivered(*sink);
}

TEST_P(SyslogTls, TrustedServerIsSentToByAddressAndByName) {
  StartServer();
  const auto by_address = MakeSink(TrustCa());
  ExpectDelivered(*by_address);
  const auto by_name = MakeSink(TrustCa(), "localhost");
  ExpectDelivered(*by_name);
}

TEST_P(SyslogTls, NameInTheCertificateCanBeSaid) {
  certificates_.Make("elsewhere", "DNS:elsewhere.example");
  StartServer("elsewhere");
  TlsSettings settings = TrustCa();
  settings.server_name = "elsewhere.example";
  const auto sink = MakeSink(settings);
  ExpectDelivered(*sink);
}

TEST_P(SyslogTls, FingerprintAloneIsEnoughForACertificateOfItsOwnMaking) {
  certificates_.MakeCa("alone");
  StartServer("alone");
  for (const char* hash : {"sha1", "sha256"}) {
    const auto sink = MakeSink(TrustFingerprint("alone", hash));
    ExpectDelivered(*sink);
  }
}

TEST_P(SyslogTls, OneOfSeveralFingerprintsIsEnough) {
  certificates_.Make("next", "IP:127.0.0.1");
  StartServer();
  TlsSettings settings = TrustFingerprint("next", "sha256");
  settings.fingerprints.push_back(TrustFingerprint("server", "sha256").fingerprints.front());
  settings.ca_file = certificates_.Certificate("ca");
  const auto sink = MakeSink(settings);
  ExpectDelivered(*sink);
}

TEST_P(SyslogTls, ServerThatDemandsACertificateGetsIt) {
  certificates_.Make("client", "DNS:guest");
  StartServer("server", true);
  const auto sink = MakeSink(WithCertificate("client"));
  ExpectDelivered(*sink);
}

INSTANTIATE_TEST_SUITE_P(Each, SyslogTls,
                         testing::Values(ServerKind::kRsyslog, ServerKind::kSyslogNg), KindName);

// What no present syslog server does by itself.
class TlsPeer : public SyslogTls {
 protected:
  void StartPeer(const std::vector<std::string>& options) {
    std::vector<std::string> argv = {"openssl",
                                     "s_server",
                                     "-rev",
                                     "-accept",
                                     "127.0.0.1:" + std::to_string(server_->Port()),
                                     "-cert",
                                     certificates_.Certificate("server"),
                                     "-key",
                                     certificates_.Key("server")};
    argv.insert(argv.end(), options.begin(), options.end());
    peer_ = std::make_unique<Child>(argv, dir_.File("log"));
  }

  TempDir dir_;
  std::unique_ptr<Child> peer_;
};

TEST_P(TlsPeer, OlderThanTls12IsRefused) {
  server_ = std::make_unique<SyslogServer>(GetParam(), ServerInput::kTls);  // for its port only
  StartPeer({"-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"});
  const auto sink = MakeSink(TrustCa());
  EXPECT_TRUE(Pump(*sink, backlog_, [&] {
    return sink->Report().reason.find("protocol version") != std::string::npos;
  })) << sink->Report().reason;
  EXPECT_EQ(sink->Taken(), 0u);
}

TEST_P(TlsPeer, Tls12IsGoodEnough) {
  server_ = std::make_unique<SyslogServer>(GetParam(), ServerInput::kTls);
  StartPeer({"-tls1_2"});
  const auto sink = MakeSink(TrustCa());
  EXPECT_TRUE(Pump(*sink, backlog_, [&] { return sink->Taken() == 1 && sink->Flushed(); }))
      << sink->Report().reason << Contents(dir_.File("log"));
}

INSTANTIATE_TEST_SUITE_P(Openssl, TlsPeer, testing::Values(ServerKind::kRsyslog), KindName);

}  // namespace
}  // namespace s390log
