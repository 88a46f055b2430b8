// SPDX-License-Identifier: MIT
// One TLS session as a client over a connected socket (RFC 5425): the handshake, whom to trust, and
// bytes in and out without blocking.
//
// The process must ignore SIGPIPE.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "logd/tls_fingerprint.h"

namespace s390log {

// Whom to trust: who has a certificate of the CA for the right name; if only fingerprints are
// given, who has one of these; if both, who has both.
struct TlsSettings {
  std::string ca_file = {};  // empty: the system's, unless there are fingerprints
  std::vector<TlsFingerprint> fingerprints = {};
  std::string server_name = {};  // in its certificate; empty: as it is called
  std::string certificate = {};  // of ours, with what leads to its CA; empty: none
  std::string key = {};

  bool ChecksCa() const { return !ca_file.empty() || fingerprints.empty(); }
};

class TlsSession {
 public:
  enum class Result { kDone, kWait, kFailed };

  // `host` is what the server is called. The files are read here, so that a renewed certificate is
  // taken with the next connection. Nothing on failure, with the reason in `why`.
  static std::optional<TlsSession> Begin(const TlsSettings& settings, const std::string& host,
                                         int fd, std::string& why);

  // Until it does not wait any more. If it fails, Reason() says why.
  Result Handshake();

  // The server has accepted our certificate, or wants none. In TLS 1.3 a client's handshake is over
  // before the server's: what the server sends then is the first that is heard of it.
  bool Confirmed() const;

  // Reads and drops what the server says. kDone: it has ended the session; kWait: it has not.
  Result Drop();

  // What it took. Nothing: failed. If it takes less than all, the same bytes must come first in the
  // next call.
  std::optional<size_t> Write(std::span<const char> bytes);

  // Bytes that were taken only by the library are not on their way yet.
  void Close();

  const std::string& Reason() const { return *reason_; }
  // As for poll(), what a handshake waits for.
  short Events() const;

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  explicit TlsSession(SSL* ssl) : ssl_(ssl) {}
  bool TrustServer();
  Result Judge(int rc);

  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::vector<TlsFingerprint> fingerprints_;
  std::unique_ptr<bool> heard_ = std::make_unique<bool>(false);  // a ticket of TLS 1.3
  std::unique_ptr<std::string> reason_ = std::make_unique<std::string>();
};

}  // namespace s390log
