// SPDX-License-Identifier: MIT
#include "tests/host/test_certificates.h"

#include <fstream>
#include <stdexcept>
#include <vector>

#include "tests/host/child.h"

namespace s390log {

TestCertificates::TestCertificates() {
  std::ofstream(dir_.File("config")) << "[req]\ndistinguished_name = name\n[name]\n";
  MakeCa("ca");
}

void TestCertificates::MakeCa(const std::string& name) {
  Request(name, "critical,CA:TRUE", "DNS:" + name, "");
}

void TestCertificates::Make(const std::string& name, const std::string& names,
                            const std::string& ca) {
  Request(name, "critical,CA:FALSE", names, ca);
}

void TestCertificates::Request(const std::string& name, const std::string& constraints,
                               const std::string& names, const std::string& ca) {
  std::vector<std::string> command = {"openssl",
                                      "req",
                                      "-x509",
                                      "-config",
                                      dir_.File("config"),
                                      "-newkey",
                                      "ec",
                                      "-pkeyopt",
                                      "ec_paramgen_curve:prime256v1",
                                      "-nodes",
                                      "-days",
                                      "2",
                                      "-subj",
                                      "/CN=" + name,
                                      "-addext",
                                      "basicConstraints=" + constraints,
                                      "-addext",
                                      "subjectAltName=" + names,
                                      "-keyout",
                                      Key(name),
                                      "-out",
                                      Certificate(name)};
  if (!ca.empty()) command.insert(command.end(), {"-CA", Certificate(ca), "-CAkey", Key(ca)});
  RunProgram(command, dir_.File("log"));
}

// openssl says "sha256 Fingerprint=AB:CD:...".
std::string TestCertificates::Fingerprint(const std::string& name, const std::string& hash) const {
  const std::string out = dir_.File("fingerprint-" + name + hash);
  RunProgram({"openssl", "x509", "-in", Certificate(name), "-noout", "-fingerprint", "-" + hash},
             out);
  std::string text = Contents(out);
  const size_t equals = text.find('=');
  if (equals == std::string::npos) throw std::runtime_error("no fingerprint: " + text);
  text = (hash == "sha1" ? "SHA1:" : "SHA256:") + text.substr(equals + 1);
  while (text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace s390log
