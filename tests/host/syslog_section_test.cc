// SPDX-License-Identifier: MIT
#include "logd/syslog_section.h"

#include <gtest/gtest.h>

namespace s390log {
namespace {

std::string ErrorsOf(const std::string& text) {
  const auto parsed = ParseConfig(text, "f");
  std::string all;
  if (const ConfigErrors* errors = std::get_if<ConfigErrors>(&parsed)) {
    for (const std::string& error : *errors) all += error + "\n";
  }
  return all;
}

std::vector<SyslogConfig> Read(const std::string& text) {
  return std::get<Config>(ParseConfig(text, "f")).syslog;
}

TEST(SyslogSection, UnknownTransportIsAnError) {
  EXPECT_EQ(ErrorsOf("[syslog]\nserver = \"a\"\ntransport = \"smtp\"\n"),
            "f:3: syslog.transport: must be one of: tcp, udp, tls, local\n");
}

TEST(SyslogSection, KeysOfAnotherTransportAreErrors) {
  EXPECT_EQ(ErrorsOf("[syslog]\nserver = \"a\"\nca_file = \"b\"\n"),
            "f:3: syslog.ca_file: is for transport = \"tls\", and this is \"tcp\"\n");
  EXPECT_EQ(ErrorsOf("[syslog]\ntransport = \"tls\"\nserver = \"a\"\nframing = \"lf\"\n"),
            "f:4: syslog.framing: is for transport = \"tcp\", and this is \"tls\"\n");
  EXPECT_EQ(ErrorsOf("[syslog]\ntransport = \"local\"\nserver = \"a\"\n"),
            "f:3: syslog.server: is not for transport = \"local\", which has a path\n");
}

TEST(SyslogSection, ServerIsRequiredButForALocalSocket) {
  EXPECT_EQ(ErrorsOf("[syslog]\ntransport = \"udp\"\n"), "f:1: syslog.server: is missing\n");
  EXPECT_EQ(Read("[syslog]\ntransport = \"local\"\n").at(0).path, "/dev/log");
}

TEST(SyslogSection, CertificateAndKeyGoTogether) {
  const std::string tls = "[syslog]\ntransport = \"tls\"\nserver = \"a\"\n";
  EXPECT_EQ(ErrorsOf(tls + "key = \"k\"\n"),
            "f:4: syslog.key: needs its certificate, in the key named certificate\n");
  EXPECT_EQ(ErrorsOf(tls + "certificate = \"c\"\n"),
            "f:4: syslog.certificate: needs its key, in the key named key\n");
}

TEST(SyslogSection, FingerprintThatIsNoneIsAnError) {
  const std::string tls = "[syslog]\ntransport = \"tls\"\nserver = \"a\"\n";
  EXPECT_EQ(ErrorsOf(tls + "fingerprints = \"sha-1:00\"\n"),
            "f:4: syslog.fingerprints: sha-1:00 is not one: sha-256: and 32 pairs of digits, as "
            "openssl x509 -fingerprint -sha256 prints it\n");
  EXPECT_EQ(ErrorsOf(tls + "fingerprints = []\n"), "f:4: syslog.fingerprints: must not be empty\n");
  EXPECT_EQ(ErrorsOf(tls + "fingerprints = [1]\n"),
            "f:4: syslog.fingerprints: must be a text in quotes, or a list of them\n");
}

TEST(SyslogSection, LimitBelowWhatAnEventNeedsIsAnError) {
  EXPECT_EQ(ErrorsOf("[syslog]\nserver = \"a\"\nmax_message = 480\n"),
            "f:3: syslog.max_message: must be a number from 640 to 65000\n");
}

TEST(SyslogSection, TwoOfTheSameNameAreAnErrorForTheyHaveOneCursor) {
  EXPECT_EQ(ErrorsOf("[[syslog]]\nserver = \"a\"\n[[syslog]]\nserver = \"a\"\n"),
            "f:3: syslog.name: there are two named syslog tcp a:514; give each its own\n");
  EXPECT_EQ(ErrorsOf("syslog = [1]\n"), "f:1: syslog: must be a section, [syslog]\n");
}

TEST(SyslogSection, DefaultsGoWithTheTransport) {
  const auto all = Read(R"(
[[syslog]]
server = "a"
[[syslog]]
transport = "udp"
server = "a"
[[syslog]]
transport = "tls"
server = "a"
[[syslog]]
name = "mine"
transport = "local"
socket = "stream"
)");
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(SinkNameOf(all[0]), "syslog tcp a:514");
  EXPECT_EQ(SinkNameOf(all[1]), "syslog udp a:514");
  EXPECT_EQ(SinkNameOf(all[2]), "syslog tls a:6514");
  EXPECT_EQ(SinkNameOf(all[3]), "syslog mine");
  EXPECT_EQ(all[0].max_message, 8192u);
  EXPECT_EQ(all[1].max_message, 2048u);
  EXPECT_TRUE(all[3].stream);
}

TEST(SyslogSection, EverythingOfTlsCanBeSaid) {
  const std::string sha1 = "sha-1:" + std::string(40, 'a');
  const auto tls = Read(
                       "[syslog]\ntransport = \"tls\"\nserver = \"a\"\nca_file = \"ca\"\n"
                       "server_name = \"n\"\ncertificate = \"c\"\nkey = \"k\"\n"
                       "fingerprints = [\"" +
                       sha1 + "\", \"" + sha1 + "\"]\n")
                       .at(0);
  EXPECT_EQ(tls.ca_file, "ca");
  EXPECT_EQ(tls.server_name, "n");
  EXPECT_EQ(tls.certificate, "c");
  EXPECT_EQ(tls.key, "k");
  EXPECT_EQ(tls.fingerprints.size(), 2u);
}

}  // namespace
}  // namespace s390log
