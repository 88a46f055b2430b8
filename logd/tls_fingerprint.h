// SPDX-License-Identifier: MIT
// The fingerprint of a certificate: the name of a hash and its value, "sha-256:AB:CD:..." (RFC
// 5425, 4.2.2).
#pragma once

#include <openssl/x509.h>

#include <optional>
#include <string>
#include <string_view>

namespace s390log {

class TlsFingerprint {
 public:
  // Also "SHA256:abcd...", as other programs print it. Nothing if it is none.
  static std::optional<TlsFingerprint> Parse(std::string_view text);

  // Of the certificate by sha-256.
  static TlsFingerprint Of(X509* certificate) { return {EVP_sha256(), certificate}; }

  bool Matches(X509* certificate) const;
  std::string ToString() const;

 private:
  TlsFingerprint(const EVP_MD* hash, std::string bytes) : hash_(hash), bytes_(std::move(bytes)) {}
  TlsFingerprint(const EVP_MD* hash, X509* certificate);

  const EVP_MD* hash_;
  std::string bytes_;
};

}  // namespace s390log
