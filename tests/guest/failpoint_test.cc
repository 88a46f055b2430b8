// SPDX-License-Identifier: MIT
// logd dies at each of its failpoints (include/s390log/failpoint.h), under load, and the next one
// goes on: each number is once in the store, and at the syslog server and in the file at least
// once.
#include "s390log/failpoint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <sstream>

#include "hercules/fixture/guest_test.h"
#include "tests/soak/books.h"

namespace lab {
namespace {

using s390log::kFailpoints;

constexpr int kKilled = 128 + SIGKILL;
constexpr int kEvents = 400;  // of one life
constexpr int kWords = 40;    // of 8 bytes: its lines are longer than the file may be
constexpr seconds kLimit(60);

constexpr char kConfig[] = R"([store]
max_megabytes = {}
[json]
path = "/tmp/events.jsonl"
max_megabytes = 1
keep = 1000
[syslog]
server = "10.39.0.1"
port = 601
)";

bool IsPruning(std::string_view point) { return point.find("prune") == 0; }
bool IsSchema(std::string_view point) { return point.find("schema") == 0; }

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* set = getenv(name);
  return set == nullptr ? otherwise : std::stoull(set);
}

// $FAILPOINTS of them, in an order that $SEED gives, but those first that need a new store.
std::vector<std::string_view> SomePlaces() {
  const uint64_t seed = FromEnvironment("SEED", std::random_device()());
  std::vector<std::string_view> places;
  std::remove_copy_if(kFailpoints.begin(), kFailpoints.end(), std::back_inserter(places),
                      IsPruning);
  std::shuffle(places.begin(), places.end(), std::mt19937_64(seed));
  places.resize(std::min<size_t>(places.size(), FromEnvironment("FAILPOINTS", 6)));
  std::stable_partition(places.begin(), places.end(), IsSchema);
  fmt::print("SEED={}: {}\n", seed, fmt::join(places, ", "));
  return places;
}

class Failpoints : public GuestTest {
 protected:
  Failpoints() : GuestTest(BareQemu()) {}

  void SetUp() override {
    GuestTest::SetUp();
    if (!GuestLives()) return;
    Run("modprobe s390_log && modprobe s390_log_source && rm -rf /var/lib/s390-log && "
        "mkdir -p /var/lib/s390-log && rm -f /tmp/events.jsonl*");
    Configure(0);
  }

  void TearDown() override {
    if (GuestLives()) Run("rmmod s390_log_source && rmmod s390_log && rmmod kevent");
    GuestTest::TearDown();
  }

  void Configure(int max_megabytes) {
    guest().Run("cat >/tmp/logd.toml", fmt::format(kConfig, max_megabytes));
  }

  // A life of logd under load, which ends in order if it does not end before; returns how.
  int Live(std::string_view point, int count) {
    // What syslog has sent is certain after 5 s, and only then its cursor moves by itself.
    const bool idle = point.find("cursors") == 0;
    const Output output = guest().Run(fmt::format(
        "S390_LOG_FAILPOINT={}:{} /usr/lib/s390-log/tests/logd_failpoint -c /tmp/logd.toml "
        ">>/tmp/logd.log 2>&1 </dev/null & logd=$!; "
        "flood=/sys/module/s390_log_source/parameters/flood; echo {} {} 1 >$flood; "
        "i=0; until grep -q '^State:.Z' /proc/$logd/status || [ $i -gt {} ]; do i=$((i+1)); "
        "usleep 50000; {} echo 10 {} 1 >$flood; done; kill $logd 2>/dev/null; wait $logd",
        point, count, kEvents, kWords, idle ? 200 : 24, idle ? "false &&" : "", kWords));
    return output.status;
  }

  // One life without a death, until all is taken; then the kernel's own word of it.
  Epoch Settle() {
    Run("logd -c /tmp/logd.toml >>/tmp/logd.log 2>&1 </dev/null &");
    const Deadline limit(kLimit);
    Json stats;
    do {
      if (limit.Passed()) {
        ADD_FAILURE() << "waited for logd to take everything; it says " << stats.dump();
        break;
      }
      stats = Json::parse(guest().Run("logctl stats --json").text, nullptr, false);
    } while (!stats.is_object() || stats.at("buffered").get<uint64_t>() != 0 || Left(stats) != 0);
    Run("kill $(pidof logd) && while pidof logd >/dev/null; do usleep 50000; done");
    const Json state = Json::parse(Run("/usr/lib/s390-log/tests/channel_state"));
    return {state.at("boot_id"), state.at("emitted"), state.at("taken"), state.at("dropped")};
  }

  static uint64_t Left(const Json& stats) {
    uint64_t left = 0;
    for (const Json& sink : stats.at("sinks")) left += sink.at("undelivered").get<uint64_t>();
    return left;
  }

  std::vector<StoredEntry> InStore() {
    const fs::path file = guest().layout().State() / "failpoints.db";
    std::ofstream(file, std::ios::binary) << Run("cat /var/lib/s390-log/events.db");
    return ReadStore(file);
  }

  // What has come of this boot. The server writes what it has read a little later: until nothing
  // has come for a while.
  std::vector<Event> ReceivedOf(const std::string& boot_id) {
    constexpr milliseconds kPoll(200);
    constexpr int kQuietPolls = 10;
    auto feed = guest().Events();
    std::vector<Event> all;
    for (int quiet = 0; quiet < kQuietPolls; ++quiet) {
      for (const Event& event : feed.Read()) {
        quiet = 0;
        if (event.boot_id == boot_id) all.push_back(event);
      }
      usleep(kPoll.count() * 1000);
    }
    return all;
  }

  std::set<uint64_t> InFile(const std::string& boot_id) {
    std::set<uint64_t> numbers;
    std::istringstream lines(Run("cat /tmp/events.jsonl*"));
    std::string line;
    while (std::getline(lines, line)) {
      const Json event = Json::parse(line, nullptr, false);
      EXPECT_TRUE(event.is_object()) << "no line of ours: " << line.substr(0, 200);
      if (!event.is_object()) continue;
      if (event.value("boot_id", "") != boot_id) continue;
      const uint64_t first = event.value("sequence", event.value("first", uint64_t{0}));
      for (uint64_t n = first; n <= event.value("last", first); ++n) numbers.insert(n);
    }
    return numbers;
  }
};

TEST_F(Failpoints, WhereverLogdDiesTheNextOneGoesOnAndTheBooksBalance) {
  for (const std::string_view point : SomePlaces()) {
    if (IsSchema(point)) Run("rm -f /var/lib/s390-log/*");
    EXPECT_EQ(Live(point, 1), kKilled) << point << " was not reached";
  }
  for (const char* const often : {"store-before-commit", "kernel-taken", "syslog-sent"}) {
    EXPECT_EQ(Live(often, 3), kKilled) << often << " was not reached three times";
  }
  const Epoch epoch = Settle();
  Books books;
  books.Close(epoch);
  for (const Event& event : ReceivedOf(epoch.boot_id)) books.Receive(event);
  Totals totals;
  for (const std::string& fault : books.Check(InStore(), totals)) ADD_FAILURE() << fault;
  EXPECT_EQ(InFile(epoch.boot_id).size(), epoch.emitted);
  fmt::print("{}, {} repetitions\n", totals.Line(), books.Repeated());
}

// What was pruned is gone from the store by intention; what is left has no hole, and all of it came
// to the server.
TEST_F(Failpoints, DyingWhileTheStoreIsPrunedLeavesNoHole) {
  EXPECT_EQ(Live("never", 1), 0);
  guest().Run("for i in 1 2 3 4 5 6; do " +
              fmt::format("echo {} {} 1 >/sys/module/s390_log_source/parameters/flood; done",
                          kEvents, kWords));
  EXPECT_EQ(Live("never", 1), 0);
  Configure(1);
  for (const std::string_view point : kFailpoints) {
    if (!IsPruning(point)) continue;
    EXPECT_EQ(Live(point, 1), kKilled) << point << " was not reached";
  }
  const Epoch epoch = Settle();
  const std::vector<StoredEntry> stored = InStore();
  ASSERT_FALSE(stored.empty());
  EXPECT_GT(stored.front().first, 1u);
  for (size_t i = 1; i < stored.size(); ++i) EXPECT_EQ(stored[i].first, stored[i - 1].last + 1);
  EXPECT_EQ(stored.back().last, epoch.emitted);
  // Also what was lost in full buffers, by its gap.
  std::set<uint64_t> told;
  for (const Event& event : ReceivedOf(epoch.boot_id)) {
    const uint64_t first = event.sequence != 0 ? event.sequence : event.gap_first;
    for (uint64_t number = first; number <= std::max(first, event.gap_last); ++number) {
      told.insert(number);
    }
  }
  EXPECT_EQ(told.size(), epoch.emitted);
}

}  // namespace
}  // namespace lab
