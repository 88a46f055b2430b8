// SPDX-License-Identifier: MIT
#include "s390log/catalog.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>

#include <set>

#include "s390log/message.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

constexpr uint32_t kNoEvent = 0x00000800;  // of the interface, so far

// One of each kind, as the kernel's payload structs make them.
std::vector<Event> OneOfEach() {
  Event unknown = TextEvent(1);
  unknown.id = kNoEvent;
  unknown.payload = UnknownPayload{12};
  Event recovered = TapeErrorEvent(1);
  recovered.payload = TestTapeError(S390_LOG_ERROR_SENSED | S390_LOG_ERROR_RECOVERED);
  Event beyond = TapeErrorEvent(1, KEVENT_S390_TAPE_UNREADABLE);
  std::get<TapeErrorPayload>(beyond.payload).erpa = 0x36;
  std::vector<Event> events = {TextEvent(1),        CrwEvent(1), UnitCheckEvent(1), GapEvent(6, 7),
                               PayloadLostEvent(8), unknown,     recovered,         beyond};
  Event unlabelled = VolumeEvent(2, 1);
  std::get<VolumePayload>(unlabelled.payload).label = {};
  Event unidentified = unlabelled;
  std::get<VolumePayload>(unidentified.payload).outcome = S390_LOG_VOLUME_IN_USE;
  events.insert(events.end(),
                {VolumeEvent(2, 1), unlabelled, unidentified, SuppressedEvent(3, 9, 5)});
  for (const uint32_t id : {KEVENT_S390_TAPE_LOADED, KEVENT_S390_TAPE_UNLOADED}) {
    events.push_back(TapeEvent(1, id));
  }
  for (const uint32_t id :
       {KEVENT_S390_TAPE_IO_ERROR, KEVENT_S390_TAPE_PROTECTED, KEVENT_S390_TAPE_END,
        KEVENT_S390_TAPE_UNREADABLE, KEVENT_S390_TAPE_CORRUPT, KEVENT_S390_TAPE_INTERVENTION,
        KEVENT_S390_TAPE_ASSIGNED, KEVENT_S390_TAPE_ATTENTION}) {
    events.push_back(TapeErrorEvent(1, id));
  }
  for (const uint32_t id :
       {KEVENT_S390_DEVICE_ADDED, KEVENT_S390_DEVICE_REMOVED, KEVENT_S390_DEVICE_ONLINE,
        KEVENT_S390_DEVICE_OFFLINE, KEVENT_S390_DEVICE_GONE, KEVENT_S390_DEVICE_NO_PATH}) {
    events.push_back(DeviceEvent(1, id));
  }
  return events;
}

TEST(Catalog, UnknownMessageAndEventAreNotFound) {
  EXPECT_EQ(FindMessage("TAP999I"), nullptr);
  EXPECT_EQ(FindMessage(""), nullptr);
  EXPECT_EQ(FindEvent(0), nullptr);
  EXPECT_EQ(FindEvent(kNoEvent), nullptr);
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
