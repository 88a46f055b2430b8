// SPDX-License-Identifier: MIT
//
// Searches the models exhaustively. A model must have no error, and each of its mutations must have
// one: it shows that the model would notice if the code left out that barrier or that order.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

struct Search {
  const char* name;
  const char* model;
  const char* defines;
  bool mutated;
  bool stuck = false;
};

void PrintTo(const Search& search, std::ostream* out) { *out << search.name; }

class Model : public testing::TestWithParam<Search> {
 protected:
  void SetUp() override { fs::create_directories(work_); }
  void TearDown() override { fs::remove_all(work_); }

  void Run(const std::string& command) const {
    const std::string line = "cd '" + work_.string() + "' && " + command;
    ASSERT_EQ(0, std::system(line.c_str())) << line;
  }

  std::string Output() const {
    std::ifstream in(work_ / "pan.log");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

 private:
  const fs::path work_ = fs::absolute("build/model") /
                         (std::to_string(::getpid()) + "-" + std::string(GetParam().name));
};

TEST_P(Model, HasNoErrorUnlessMutated) {
  const Search& search = GetParam();
  const std::string model = fs::absolute(std::string("tests/model/") + search.model).string();
  Run("spin -a " + std::string(search.defines) + " '" + model + "' >spin.log");
  Run("gcc -O2 -DSAFETY -DVECTORSZ=2048 -w -o pan pan.c");
  Run("./pan -m1000000 >pan.log");
  const std::string output = Output();
  ASSERT_EQ(std::string::npos, output.find("max search depth too small")) << output;
  std::smatch errors;
  ASSERT_TRUE(std::regex_search(output, errors, std::regex("errors: ([0-9]+)"))) << output;
  EXPECT_EQ(search.mutated, errors[1] != "0") << output;
  // Getting stuck shows something only where not waking is the fault.
  const std::string fault = search.stuck ? "invalid end state" : "assertion violated";
  EXPECT_EQ(search.mutated, output.find(fault) != std::string::npos) << output;
}

constexpr Search kSearches[] = {
    {"OrderOfTwoWriters", "order.pml", "-DWRITERS=2 -DEVENTS=2", false},
    {"OrderOfThreeWriters", "order.pml", "-DWRITERS=3 -DEVENTS=1", false},
    {"OrderPendingAfterIncrement", "order.pml", "-DPENDING_LATE", true},
    {"OrderIncrementIsNoBarrier", "order.pml", "-DNO_BARRIER -DEVENTS=1", true},
    {"OrderPendingClearedBeforeRecord", "order.pml", "-DCLEAR_EARLY", true},
    {"OrderKeventAfterPendingCleared", "order.pml", "-DNOTIFY_LATE", true},
    {"OrderReaderLooksAtPendingFirst", "order.pml", "-DPENDING_FIRST", true},
    {"OrderPendingIsNoRelease", "order.pml", "-DPLAIN_PENDING", true},
    {"OrderPositionIsNoRelease", "order.pml", "-DPLAIN_POSITION", true},
    {"OrderClearedPendingIsNoRelease", "order.pml", "-DPLAIN_CLEAR", true},
    {"LapOfTwoSubbuffers", "lap.pml", "-DSLOTS=2", false},
    {"LapOfThreeSubbuffers", "lap.pml", "-DSLOTS=3", false},
    {"LapBegunWithoutBarrier", "lap.pml", "-DNO_WMB", true},
    {"LapBegunAfterTheFirstWord", "lap.pml", "-DBEGUN_LATE", true},
    {"LapPositionIsNoRelease", "lap.pml", "-DNO_RELEASE", true},
    {"LapBegunIsReadFirst", "lap.pml", "-DNO_RMB", true},
    {"LapCheckIsOneTooKind", "lap.pml", "-DONE_MORE", true},
    {"LapConsumerInPlace", "lap.pml", "-DCONSUMER", false},
    {"LapConsumerGivesBackEarly", "lap.pml", "-DCONSUMER -DGIVE_BACK_EARLY", true},
    {"RearmOfOneRequest", "rearm.pml", "-DREQUESTS=1", false},
    {"RearmOfTwoRequests", "rearm.pml", "-DREQUESTS=2", false},
    {"RearmFreedIsReadLate", "rearm.pml", "-DFREED_LATE", true},
    {"RearmIsNotCounted", "rearm.pml", "-DNO_FREED", true},
    {"RearmEventHappensAfterTheLook", "rearm.pml", "-DNO_BARRIER", true},
    {"RearmAfterTheRing", "rearm.pml", "-DRING_FIRST -DREQUESTS=1", true},
    {"RingOfThree", "ring.pml", "-DSIZE=3", false},
    {"RingOfOne", "ring.pml", "-DSIZE=1", false},
    {"RingPutIgnoresTheTail", "ring.pml", "-DOVERWRITE", true},
    {"RingTakesStaleCommits", "ring.pml", "-DNO_STALE_CHECK", true},
    {"RingHeadIsNoRelease", "ring.pml", "-DPLAIN_HEAD", true},
    {"RingCommitsBeforeItReads", "ring.pml", "-DCOMMIT_FIRST -DSIZE=1", true},
    {"WakeByTwoWriters", "wake.pml", "-DWRITERS=2", false},
    {"WakeByThreeWriters", "wake.pml", "-DWRITERS=3", false},
    {"WakePollerLooksBeforeItArms", "wake.pml", "-DLOOK_FIRST", true, true},
    {"WakeWriterChecksBeforeTheIncrement", "wake.pml", "-DCHECK_FIRST", true, true},
    {"WakeOfOneIsNotEnough", "wake.pml", "-DWAKE_ONE", true, true},
};

INSTANTIATE_TEST_SUITE_P(Spin, Model, testing::ValuesIn(kSearches),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
