// SPDX-License-Identifier: MIT
// Certificates for tests, made by openssl(1) in a directory of their own.
#pragma once

#include <string>

#include "tests/host/temp_dir.h"

namespace s390log {

class TestCertificates {
 public:
  // With a CA named "ca".
  TestCertificates();

  void MakeCa(const std::string& name);
  // `names` as of subjectAltName: "DNS:localhost,IP:127.0.0.1".
  void Make(const std::string& name, const std::string& names, const std::string& ca = "ca");

  std::string Certificate(const std::string& name) const { return dir_.File(name + ".pem"); }
  std::string Key(const std::string& name) const { return dir_.File(name + ".key"); }
  // As openssl prints it: "SHA256:AB:CD:...", by sha1 or sha256.
  std::string Fingerprint(const std::string& name, const std::string& hash) const;

 private:
  void Request(const std::string& name, const std::string& constraints, const std::string& names,
               const std::string& ca);

  TempDir dir_;
};

}  // namespace s390log
