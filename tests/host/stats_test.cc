// SPDX-License-Identifier: MIT
#include "logd/stats.h"

#include <gtest/gtest.h>

#include "logd/stats_table.h"

namespace s390log {
namespace {

Stats Example() {
  Stats stats;
  stats.boot_id = "boot";
  stats.emitted = 20;
  stats.before = 2;
  stats.buffered = 3;
  stats.taken = {8, 2, 1, 1, 4, 0};
  stats.cpus.push_back({1, {4096, 5, 0, 15, 1, 2, 3, 77}, 128});
  stats.sinks.push_back({{"json -", false, "No space left on device", 11, 0}, 3});
  return stats;
}

TEST(Stats, BooksThatDoNotBalanceAreShouted) {
  Stats stats = Example();
  EXPECT_TRUE(stats.Balanced());
  ++stats.emitted;
  EXPECT_FALSE(stats.Balanced());
  EXPECT_NE(BalanceLine(stats).find("DO NOT BALANCE"), std::string::npos);
  EXPECT_NE(StatsTable(ToJson(stats)).find("DO NOT BALANCE"), std::string::npos);
}

TEST(Stats, BalanceLineIsShortWhenAllIsWell) {
  Stats stats;
  stats.emitted = 5;
  stats.taken.complete = 5;
  EXPECT_EQ(BalanceLine(stats), "emitted 5, delivered 5, lost 0");
}

TEST(Stats, BalanceLineNamesWhatIsElsewhere) {
  EXPECT_EQ(BalanceLine(Example()), "emitted 20, delivered 11, lost 4, before 2, still buffered 3");
}

TEST(Stats, AnswerThatIsNotOneIsAnError) {
  EXPECT_THROW(StatsTable(nlohmann::ordered_json::object()), nlohmann::json::exception);
}

TEST(Stats, TableShowsCpusAndSinks) {
  const std::string table = StatsTable(ToJson(Example()));
  EXPECT_NE(table.find("emitted                 20"), std::string::npos) << table;
  EXPECT_NE(table.find("down: No space left on device"), std::string::npos) << table;
  EXPECT_NE(table.find("CPU  records  dropped  times full  overwritten  unread bytes\n"
                       "1         15        5           2           77           128\n"),
            std::string::npos)
      << table;
}

TEST(Stats, WhatALimitHasSuppressedIsShown) {
  Stats stats = Example();
  stats.sinks.at(0).report.limited = 4711;
  stats.sinks.at(0).report.filtered = 4;
  EXPECT_NE(StatsTable(ToJson(stats), {}).find(" 4711 "), std::string::npos);
  EXPECT_EQ(ToJson(stats).at("sinks").at(0).at("suppressed"), 4711);
  EXPECT_EQ(ToJson(stats).at("sinks").at(0).at("filtered"), 4);
}

TEST(Stats, TableShowsTheChannelsModeAndMemory) {
  Stats stats = Example();
  stats.mode = ChannelMode::kOverwrite;
  stats.memory = 2'097'152;
  stats.subbuf_size = 65536;
  stats.n_subbufs = 16;
  EXPECT_NE(StatsTable(ToJson(stats))
                .find("overwrite mode, 16 sub-buffers of 65536 bytes per CPU, 2048 KiB in all"),
            std::string::npos);
}

TEST(Stats, JsonHasTheDocumentedKeys) {
  const auto json = ToJson(Example());
  for (const char* key : {"emitted", "before", "delivered", "lost", "buffered", "complete",
                          "coalesced", "payload_lost", "gaps", "unreadable"}) {
    EXPECT_TRUE(json.at(key).is_number()) << key;
  }
  EXPECT_EQ(json.at("cpus").at(0).at("dropped"), 5);
  EXPECT_EQ(json.at("sinks").at(0).at("undelivered"), 3);
  EXPECT_EQ(json.dump().find('\n'), std::string::npos);
}

}  // namespace
}  // namespace s390log
