// SPDX-License-Identifier: MIT
#include "logd/explanation.h"

#include <gtest/gtest.h>

#include "s390log/catalog.h"
#include "s390log/tape_sense.h"

namespace s390log {
namespace {

bool Says(const std::string& what, const std::string& words) {
  const auto text = Explanation(what);
  return text && text->find(words) != std::string::npos;
}

TEST(Explanation, OfEachMessageAndEachCodeIsThere) {
  for (const CatalogEntry& entry : CatalogTable()) {
    EXPECT_TRUE(Says(std::string(entry.message_id), std::string(entry.action)));
  }
  for (const ErpaEntry& entry : ErpaTable()) {
    char name[] = "ERPA-xx";
    snprintf(name + 5, 3, "%02x", entry.code);
    EXPECT_TRUE(Says(name, std::string(entry.explanation))) << name;
  }
}

TEST(Explanation, CodeMayBeWrittenAsPeopleDo) {
  for (const char* what : {"ERPA-4A", "erpa-4a", "4a", "4A"}) {
    EXPECT_TRUE(Says(what, "Who must act: service (call service)")) << what;
  }
}

TEST(Explanation, OfSenseBytesNamesEachBitAndTheCode) {
  for (const char* what : {"804a2030", "804A20300000000000000020"}) {
    EXPECT_TRUE(Says(what, "byte 0, 80  command reject (application)")) << what;
    EXPECT_TRUE(Says(what, "byte 1, 02  write protect (operator)")) << what;
    EXPECT_TRUE(Says(what, "ERPA 30  the tape is write-protected")) << what;
  }
  EXPECT_TRUE(Says("080000ee", "ERPA ee  not described"));
}

TEST(Explanation, OfAnythingElseIsNone) {
  for (const char* what : {"", "TAP999I", "ERPA-", "ERPA-4", "ERPA-ee", "ee", "80402", "804020",
                           "ERPA-40422043", "+12", "xyz"}) {
    EXPECT_EQ(Explanation(what), std::nullopt) << what;
  }
}

}  // namespace
}  // namespace s390log
