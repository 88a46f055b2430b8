// SPDX-License-Identifier: MIT
#include "logd/tls_session.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "logd/socket_state.h"

namespace s390log {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// Why, without the numbers around it: of the system's reason the library makes one of its own.
std::string LibraryReason() {
  const unsigned long first = ERR_peek_error();
  if (ERR_SYSTEM_ERROR(first)) return std::strerror(ERR_GET_REASON(first));
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "no reason given";
}

// A key with a passphrase must not ask the terminal for it.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) { return 0; }

int SeeTicket(SSL* ssl, SSL_SESSION* /*session*/) {
  *static_cast<bool*>(SSL_get_app_data(ssl)) = true;
  return 0;  // not kept
}

bool LoadTrust(SSL_CTX* context, const TlsSettings& settings, std::string& why) {
  if (!settings.ChecksCa()) return true;
  const bool system = settings.ca_file.empty();
  const int rc = system ? SSL_CTX_set_default_verify_paths(context)
                        : SSL_CTX_load_verify_file(context, settings.ca_file.c_str());
  if (rc == 1) return true;
  why = fmt::format("{}: no certificates of CAs can be read: {}",
                    system ? "the system's" : settings.ca_file, LibraryReason());
  return false;
}

bool LoadIdentity(SSL_CTX* context, const TlsSettings& settings, std::string& why) {
  if (settings.certificate.empty()) return true;
  if (SSL_CTX_use_certificate_chain_file(context, settings.certificate.c_str()) != 1) {
    why = fmt::format("{}: no certificate can be read: {}", settings.certificate, LibraryReason());
    return false;
  }
  if (SSL_CTX_use_PrivateKey_file(context, settings.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    why = fmt::format("{}: no key to {} without a passphrase can be read: {}", settings.key,
                      settings.certificate, LibraryReason());
    return false;
  }
  return true;
}

Context MakeContext(const TlsSettings& settings, std::string& why) {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) {
    why = "no TLS: " + LibraryReason();
    return nullptr;
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // A server that just ends is judged by what the system has acknowledged, as without TLS.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context.get(), SeeTicket);
  SSL_CTX_set_default_passwd_cb(context.get(), NoPassphrase);
  const bool loaded =
      LoadTrust(context.get(), settings, why) && LoadIdentity(context.get(), settings, why);
  return loaded ? std::move(context) : nullptr;
}

// The name that must be in the certificate, and that the server is asked for.
void SetName(SSL* ssl, const std::string& name) {
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1) return;
  SSL_set1_host(ssl, name.c_str());
  SSL_set_tlsext_host_name(ssl, name.c_str());
}

std::string_view Remedy(long verdict) {
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "; it is for another name than server or server_name says";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "; its CA is not in ca_file";
  }
  return "";
}

}  // namespace

std::optional<TlsSession> TlsSession::Begin(const TlsSettings& settings, const std::string& host,
                                            int fd, std::string& why) {
  ERR_clear_error();
  const Context context = MakeContext(settings, why);
  if (!context) return std::nullopt;
  SSL* ssl = SSL_new(context.get());
  if (ssl == nullptr || SSL_set_fd(ssl, fd) != 1) {
    why = "no TLS: " + LibraryReason();
    SSL_free(ssl);
    return std::nullopt;
  }
  TlsSession session(ssl);
  session.fingerprints_ = settings.fingerprints;
  SSL_set_app_data(ssl, session.heard_.get());
  SetName(ssl, settings.server_name.empty() ? host : settings.server_name);
  SSL_set_verify(ssl, settings.ChecksCa() ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_set_connect_state(ssl);
  return session;
}

TlsSession::Result TlsSession::Handshake() {
  ERR_clear_error();
  const int rc = SSL_do_handshake(ssl_.get());
  if (rc != 1) return Judge(rc);
  return TrustServer() ? Result::kDone : Result::kFailed;
}

bool TlsSession::TrustServer() {
  if (fingerprints_.empty()) return true;
  const std::unique_ptr<X509, FreeCertificate> shown(SSL_get1_peer_certificate(ssl_.get()));
  if (!shown) {
    *reason_ = "the server has shown no certificate";
    return false;
  }
  for (const TlsFingerprint& fingerprint : fingerprints_) {
    if (fingerprint.Matches(shown.get())) return true;
  }
  *reason_ = fmt::format(
      "the server's certificate is refused: its fingerprint is {}, which is not in fingerprints",
      TlsFingerprint::Of(shown.get()).ToString());
  return false;
}

bool TlsSession::Confirmed() const { return SSL_version(ssl_.get()) < TLS1_3_VERSION || *heard_; }

// After a call to the library that was not done.
TlsSession::Result TlsSession::Judge(int rc) {
  const int system_error = errno;
  const int error = SSL_get_error(ssl_.get(), rc);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Result::kWait;
  const long verdict = SSL_get_verify_result(ssl_.get());
  const bool checked = SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE;
  if (error == SSL_ERROR_ZERO_RETURN) {
    *reason_ = "closed by the server";
  } else if (checked && verdict != X509_V_OK) {
    *reason_ = fmt::format("the server's certificate is refused: {}{}",
                           X509_verify_cert_error_string(verdict), Remedy(verdict));
  } else if (error == SSL_ERROR_SYSCALL && ERR_peek_last_error() == 0) {
    *reason_ = system_error != 0 ? std::strerror(system_error) : "closed by the server";
  } else {
    *reason_ = "TLS: " + LibraryReason();
  }
  return Result::kFailed;
}

TlsSession::Result TlsSession::Drop() {
  std::array<char, 4096> dropped;
  for (size_t turn = 0; turn < kMaxDropped / dropped.size(); ++turn) {
    ERR_clear_error();
    errno = 0;
    const int rc = SSL_read(ssl_.get(), dropped.data(), static_cast<int>(dropped.size()));
    if (rc > 0) continue;
    if (SSL_get_error(ssl_.get(), rc) == SSL_ERROR_ZERO_RETURN) {
      *reason_ = "closed by the server";
      return Result::kDone;
    }
    return Judge(rc);
  }
  return Result::kWait;
}

std::optional<size_t> TlsSession::Write(std::span<const char> bytes) {
  ERR_clear_error();
  errno = 0;
  size_t taken = 0;
  const int rc = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken);
  if (rc == 1) return taken;
  if (Judge(rc) == Result::kWait) return 0;
  return std::nullopt;
}

void TlsSession::Close() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

short TlsSession::Events() const {
  return static_cast<short>(SSL_want_write(ssl_.get()) ? POLLOUT : POLLIN);
}

}  // namespace s390log
