// SPDX-License-Identifier: MIT
#include "logd/tls_fingerprint.h"

#include <gtest/gtest.h>

namespace s390log {
namespace {

constexpr char kSha1[] = "sha-1:DE:9F:2C:7F:D2:5E:1B:3A:FA:D3:E8:5A:0B:D1:7D:9B:10:0D:B4:B3";

TEST(TlsFingerprint, WhatIsNoneIsRefused) {
  EXPECT_FALSE(TlsFingerprint::Parse(""));
  EXPECT_FALSE(TlsFingerprint::Parse("sha-1"));
  EXPECT_FALSE(TlsFingerprint::Parse("sha-1:"));
  EXPECT_FALSE(TlsFingerprint::Parse("sha-1:DE:9F"));
  EXPECT_FALSE(TlsFingerprint::Parse("md5:DE9F2C7FD25E1B3AFAD3E85A0BD17D9B"));
  EXPECT_FALSE(TlsFingerprint::Parse(std::string(kSha1) + ":00"));
  EXPECT_FALSE(TlsFingerprint::Parse(std::string(kSha1) + ":"));
  std::string bad = kSha1;
  bad[7] = 'G';
  EXPECT_FALSE(TlsFingerprint::Parse(bad));
}

TEST(TlsFingerprint, IsReadHoweverItIsWritten) {
  for (const char* text : {kSha1, "SHA1:de9f2c7fd25e1b3afad3e85a0bd17d9b100db4b3",
                           "sha1:de:9f:2c:7f:d2:5e:1b:3a:fa:d3:e8:5a:0b:d1:7d:9b:10:0d:b4:b3"}) {
    ASSERT_TRUE(TlsFingerprint::Parse(text)) << text;
    EXPECT_EQ(TlsFingerprint::Parse(text)->ToString(), kSha1);
  }
}

}  // namespace
}  // namespace s390log
