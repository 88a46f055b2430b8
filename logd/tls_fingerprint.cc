// SPDX-License-Identifier: MIT
#include "logd/tls_fingerprint.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cctype>

namespace s390log {
namespace {

struct Hash {
  std::string_view name;  // in the registry that RFC 5425 refers to
  const EVP_MD* (*get)();
};
constexpr std::array<Hash, 4> kHashes = {{{"sha-1", EVP_sha1},
                                          {"sha-256", EVP_sha256},
                                          {"sha-384", EVP_sha384},
                                          {"sha-512", EVP_sha512}}};

// "SHA256" is "sha-256".
const EVP_MD* FindHash(std::string_view name) {
  const auto plain = [](std::string_view text) {
    std::string letters;
    for (const char c : text) {
      if (c != '-') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return letters;
  };
  for (const Hash& hash : kHashes) {
    if (plain(hash.name) == plain(name)) return hash.get();
  }
  return nullptr;
}

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = std::tolower(static_cast<unsigned char>(c));
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  return std::nullopt;
}

// Pairs of digits, with or without colons between them.
std::optional<std::string> ParseHex(std::string_view text) {
  std::string bytes;
  size_t at = 0;
  while (at < text.size()) {
    if (!bytes.empty() && text[at] == ':') ++at;
    if (text.size() - at < 2) return std::nullopt;
    const auto high = HexDigit(text[at]);
    const auto low = HexDigit(text[at + 1]);
    if (!high || !low) return std::nullopt;
    bytes += static_cast<char>(*high * 16 + *low);
    at += 2;
  }
  return bytes;
}

}  // namespace

TlsFingerprint::TlsFingerprint(const EVP_MD* hash, X509* certificate) : hash_(hash) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  if (X509_digest(certificate, hash, digest.data(), &length) != 1) length = 0;
  bytes_.assign(reinterpret_cast<const char*>(digest.data()), length);
}

std::optional<TlsFingerprint> TlsFingerprint::Parse(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const EVP_MD* hash = FindHash(text.substr(0, colon));
  const auto bytes = ParseHex(text.substr(colon + 1));
  if (hash == nullptr || !bytes || bytes->size() != static_cast<size_t>(EVP_MD_get_size(hash))) {
    return std::nullopt;
  }
  return TlsFingerprint(hash, *bytes);
}

bool TlsFingerprint::Matches(X509* certificate) const {
  return TlsFingerprint(hash_, certificate).bytes_ == bytes_;
}

std::string TlsFingerprint::ToString() const {
  std::string text = "unknown";
  for (const Hash& hash : kHashes) {
    if (hash.get() == hash_) text = hash.name;
  }
  for (const char byte : bytes_) text += fmt::format(":{:02X}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace s390log
