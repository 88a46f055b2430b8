// SPDX-License-Identifier: MIT
#include "s390log/catalog.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>

#include <set>

#include "s390log/message.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

// One of each kind, as the kernel's payload structs make them.
std::vector<Event> OneOfEach() {
  Event unknown = TextEvent(1);
  unknown.id = 0x4;
  unknown.payload = UnknownPayload{12};
  return {TapeEvent(1, KEVENT_S390_TAPE_LOADED),
          TapeEvent(2, KEVENT_S390_TAPE_UNLOADED),
          DeviceEvent(3, KEVENT_S390_DEVICE_ADDED),
          DeviceEvent(4, KEVENT_S390_DEVICE_REMOVED),
          TextEvent(5),
          GapEvent(6, 7),
          PayloadLostEvent(8),
          unknown};
}

TEST(Catalog, UnknownMessageAndEventAreNotFound) {
  EXPECT_EQ(FindMessage("TAP999I"), nullptr);
  EXPECT_EQ(FindMessage(""), nullptr);
  EXPECT_EQ(FindEvent(0), nullptr);
  EXPECT_EQ(FindEvent(0x4), nullptr);
}

TEST(Catalog, EveryEventOfTheInterfaceHasAnEntry) {
  for (uint32_t bit = 0; bit < 32; ++bit) {
    const uint32_t event = uint32_t{1} << bit;
    EXPECT_EQ(FindEvent(event) != nullptr, (event & KEVENT_S390_ALL) != 0) << "bit " << bit;
  }
}

TEST(Catalog, EveryEntryIsUsedAndItsParametersAreThere) {
  std::set<std::string_view> used;
  for (const Event& event : OneOfEach()) {
    used.insert(MessageOf(event).message_id);
    EXPECT_NO_THROW(TextOf(event)) << MessageOf(event).message_id;
    EXPECT_EQ(TextOf(event).find_first_of("{}"), std::string::npos);
  }
  for (const CatalogEntry& entry : CatalogTable()) EXPECT_TRUE(used.contains(entry.message_id));
}

TEST(Catalog, SeverityFitsTheLetterOfTheMessageId) {
  for (const CatalogEntry& entry : CatalogTable()) {
    const char letter = entry.message_id.back();
    const char expected = entry.severity <= 3 ? 'E' : entry.severity == 4 ? 'W' : 'I';
    EXPECT_EQ(letter, expected) << entry.message_id;
  }
}

TEST(Catalog, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const CatalogEntry& entry : CatalogTable()) EXPECT_TRUE(names.insert(entry.name).second);
}

TEST(Catalog, EveryEntryExplainsItself) {
  for (const CatalogEntry& entry : CatalogTable()) {
    EXPECT_FALSE(entry.explanation.empty()) << entry.message_id;
    EXPECT_FALSE(entry.action.empty()) << entry.message_id;
  }
}

}  // namespace
}  // namespace s390log
