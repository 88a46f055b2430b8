// SPDX-License-Identifier: MIT
#include "logd/drive_table.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "logd/drive_display.h"
#include "logd/drive_view.h"
#include "s390log/message.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

class Drives : public testing::Test {
 protected:
  Event See(Event event) {
    table_.See(event);
    return event;
  }
  Event Load(uint64_t sequence) { return See(TapeEvent(sequence)); }
  Event Unload(uint64_t sequence) { return See(TapeEvent(sequence, KEVENT_S390_TAPE_UNLOADED)); }
  Event Volume(uint64_t sequence, uint64_t load, const std::string& volser = "VOL001") {
    return See(VolumeEvent(sequence, load, volser));
  }
  Event Device(uint64_t sequence, uint32_t id) {
    Event event = DeviceEvent(sequence, id);
    std::get<CcwdevPayload>(event.payload).dev_type = 0x3490;
    return See(event);
  }
  // The only one.
  Json Drive(const std::vector<DriveView>& views = {}) const {
    const Json drives = table_.ToJson(views).at("drives");
    EXPECT_EQ(drives.size(), 1u);
    return drives.empty() ? Json() : drives.at(0);
  }

  DriveTable table_;
};

TEST_F(Drives, LoadedTapeIsShownWithItsVolume) {
  Load(5);
  EXPECT_EQ(Drive()["volser"], nullptr);
  EXPECT_EQ(Drive()["label"], nullptr);
  Volume(6, 5);
  const Json drive = Drive();
  EXPECT_EQ(drive["device"], "0.0.0580");
  EXPECT_EQ(drive["type"], "3490");
  EXPECT_EQ(drive["state"], "loaded");
  EXPECT_EQ(drive["source"], "events");
  EXPECT_EQ(drive["volser"], "VOL001");
  EXPECT_EQ(drive["label"], "SL");
  EXPECT_EQ(drive["owner"], "OWNER");
  EXPECT_EQ(drive["access"], "read-write");
  EXPECT_EQ(drive["since"], "2026-11-23T02:20:01.000Z");
  EXPECT_EQ(drive["mounts"], 1);
  EXPECT_EQ(drive["blocks"], nullptr);
  EXPECT_EQ(drive["last_volser"], nullptr);
}

TEST_F(Drives, VolumeOfAnOlderLoadIsNotShown) {
  Load(5);
  Unload(6);
  Load(7);
  Volume(8, 5);
  EXPECT_EQ(Drive()["volser"], nullptr);
  Volume(9, 7, "VOL002");
  EXPECT_EQ(Drive()["volser"], "VOL002");
}

TEST_F(Drives, VolumeOfADriveThatIsEmptyAgainIsNotShown) {
  Load(5);
  Unload(6);
  Volume(7, 5);
  EXPECT_EQ(Drive()["state"], "empty");
  EXPECT_EQ(Drive()["volser"], nullptr);
}

TEST_F(Drives, LaterMessagesNameTheTapeUntilItIsGone) {
  Load(5);
  Volume(6, 5);
  EXPECT_EQ(TextOf(See(TapeErrorEvent(7, KEVENT_S390_TAPE_END))).substr(0, 14), "Tape VOL001 in");
  EXPECT_EQ(TextOf(Unload(8)), "Tape VOL001 unmounted from drive 0.0.0580 (3490)");
  EXPECT_EQ(Drive()["last_volser"], "VOL001");
  EXPECT_EQ(TextOf(See(TapeErrorEvent(9, KEVENT_S390_TAPE_END))).substr(0, 7), "Tape in");
  EXPECT_FALSE(Load(10).volser);
}

TEST_F(Drives, UnlabelledAndUnreadableTapesAreTold) {
  Load(5);
  Event unlabelled = VolumeEvent(6, 5, "");
  std::get<VolumePayload>(unlabelled.payload).label = {};
  See(unlabelled);
  EXPECT_EQ(Drive()["label"], "NL");
  EXPECT_EQ(Drive()["volser"], nullptr);
  Load(7);
  Event unreadable = VolumeEvent(8, 7, "");
  std::get<VolumePayload>(unreadable.payload).label = {};
  std::get<VolumePayload>(unreadable.payload).outcome = S390_LOG_VOLUME_NO_ANSWER;
  See(unreadable);
  EXPECT_EQ(Drive()["label"], nullptr);
}

TEST_F(Drives, FailuresAreCountedAndWhatProgramsExpectIsNot) {
  Load(5);
  See(TapeErrorEvent(6, KEVENT_S390_TAPE_IO_ERROR));
  See(TapeErrorEvent(7, KEVENT_S390_TAPE_CORRUPT));
  See(TapeErrorEvent(8, KEVENT_S390_TAPE_END));
  See(TapeErrorEvent(9, KEVENT_S390_TAPE_PROTECTED));
  Event recovered = TapeErrorEvent(10, KEVENT_S390_TAPE_IO_ERROR);
  recovered.payload = TestTapeError(S390_LOG_ERROR_SENSED | S390_LOG_ERROR_RECOVERED);
  See(recovered);
  EXPECT_EQ(Drive()["errors"], 2);
}

TEST_F(Drives, StateFollowsTheDevice) {
  Device(1, KEVENT_S390_DEVICE_ADDED);
  EXPECT_EQ(Drive()["state"], "offline");
  Device(2, KEVENT_S390_DEVICE_ONLINE);
  EXPECT_EQ(Drive()["state"], "unknown");
  Load(3);
  Volume(4, 3);
  Device(5, KEVENT_S390_DEVICE_ONLINE);  // told after the load
  EXPECT_EQ(Drive()["state"], "loaded");
  EXPECT_EQ(Device(6, KEVENT_S390_DEVICE_GONE).volser, "VOL001");
  EXPECT_EQ(Drive()["state"], "gone");
  EXPECT_EQ(Drive()["last_volser"], "VOL001");
}

TEST_F(Drives, LossMakesEachStateUnknownUntilItIsToldAnew) {
  Load(5);
  Volume(6, 5);
  See(GapEvent(7, 9));
  EXPECT_EQ(Drive()["state"], "unknown");
  EXPECT_EQ(Drive()["volser"], nullptr);
  EXPECT_EQ(Drive()["last_volser"], "VOL001");
  EXPECT_EQ(Drive()["since"], nullptr);
  Load(10);
  See(PayloadLostEvent(11));
  EXPECT_EQ(Drive()["state"], "unknown");
  Load(12);
  EXPECT_EQ(Drive()["state"], "loaded");
}

TEST_F(Drives, WhatNoEventHasToldIsAskedForAndMarked) {
  const std::vector<DriveView> views = {{"0.0.0580", "3490", DriveState::kLoaded}};
  EXPECT_EQ(Drive(views)["state"], "loaded");
  EXPECT_EQ(Drive(views)["source"], "sysfs");
  EXPECT_EQ(Drive(views)["type"], "3490");
  EXPECT_NE(DriveDisplay(table_.ToJson(views)).find("loaded*"), std::string::npos);
  Load(1);
  Unload(2);
  EXPECT_EQ(Drive(views)["state"], "empty");
  EXPECT_EQ(Drive(views)["source"], "events");
  EXPECT_EQ(DriveDisplay(table_.ToJson(views)).find('*'), std::string::npos);
}

TEST_F(Drives, DevicesThatAreNoDrivesAreNotHere) {
  Event disk = DeviceEvent(1);
  std::get<CcwdevPayload>(disk.payload).cu_type = 0x3990;
  See(disk);
  See(TextEvent(2));
  See(CrwEvent(3));
  EXPECT_TRUE(table_.ToJson({}).at("drives").empty());
}

TEST(DriveView, ReadsOnlineTypeAndMediumAndLeavesOthersOut) {
  TempDir dir;
  const auto device = [&](const std::string& name, const std::string& cu, const char* online,
                          const char* medium) {
    const std::filesystem::path folder = dir.File(name);
    std::filesystem::create_directory(folder);
    std::ofstream(folder / "cutype") << cu << "\n";
    std::ofstream(folder / "devtype") << "3490/40\n";
    std::ofstream(folder / "online") << online << "\n";
    if (medium != nullptr) std::ofstream(folder / "medium_state") << medium << "\n";
  };
  device("0.0.0580", "3490/10", "1", "1");
  device("0.0.0581", "3480/22", "1", "2");
  device("0.0.0582", "3490/10", "1", "0");
  device("0.0.0583", "3490/10", "0", nullptr);
  device("0.0.0200", "3990/e9", "1", nullptr);
  const std::vector<DriveView> views = LookAtDrives(dir.File(""));
  std::map<std::string, DriveState> states;
  for (const DriveView& view : views) states[view.device] = view.state;
  EXPECT_EQ(states, (std::map<std::string, DriveState>{{"0.0.0580", DriveState::kLoaded},
                                                       {"0.0.0581", DriveState::kEmpty},
                                                       {"0.0.0582", DriveState::kUnknown},
                                                       {"0.0.0583", DriveState::kOffline}}));
  EXPECT_EQ(views.at(0).type, "3490");
  EXPECT_TRUE(LookAtDrives(dir.File("none")).empty());
}

}  // namespace
}  // namespace s390log
