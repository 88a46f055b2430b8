// SPDX-License-Identifier: MIT
#include "logd/query_command.h"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "logd/store.h"
#include "tests/host/fake_channel.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using Numbers = std::vector<uint64_t>;

class QueryCommand : public testing::Test {
 protected:
  QueryCommand() {
    options_.store = dir_.File("events.db");
    options_.json = true;
  }

  void Fill() {
    Store store(options_.store);
    Backlog backlog(100, TestBootId().ToString(), store.End(), nullptr);
    for (uint64_t i = 1; i <= 3; ++i) {
      Event text = TextEvent(i, "text 100% of " + std::to_string(i));
      text.time_ns += i * 1'000'000'000;
      backlog.Append(text);
    }
    Event tape = TapeEvent(4);
    tape.device_word = tape.device->Word();
    tape.raw.resize(sizeof(s390_log_tape));
    backlog.Append(tape);
    backlog.Append(GapEvent(5, 7));
    store.Commit(backlog, TestBootId(), {});
  }

  std::string Output() {
    char* text = nullptr;
    size_t size = 0;
    const auto close = [&text](std::FILE* file) {
      std::fclose(file);
      std::free(text);
    };
    const std::unique_ptr<std::FILE, decltype(close)> to(::open_memstream(&text, &size), close);
    EXPECT_EQ(RunQuery(options_, to.get()), 0);
    std::fflush(to.get());
    return {text, size};
  }

  Numbers Found() {
    Numbers numbers;
    std::istringstream lines(Output());
    std::string line;
    while (std::getline(lines, line)) {
      const auto json = nlohmann::json::parse(line);
      numbers.push_back(
          (json.contains("first") ? json["first"] : json["sequence"]).get<uint64_t>());
    }
    return numbers;
  }

  std::string Refusal() {
    try {
      Output();
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }

  TempDir dir_;
  QueryOptions options_;
};

TEST_F(QueryCommand, WithoutAFilterEverythingComesOldestFirst) {
  Fill();
  EXPECT_EQ(Found(), (Numbers{1, 2, 3, 4, 5}));
}

TEST_F(QueryCommand, LimitLeavesTheNewestOldestFirst) {
  Fill();
  options_.limit = 2;
  EXPECT_EQ(Found(), (Numbers{4, 5}));
}

TEST_F(QueryCommand, TimesAreAHalfOpenRange) {
  Fill();
  options_.since = "2026-11-23T02:20:03Z";
  options_.until = "2026-11-23T02:20:04Z";
  EXPECT_EQ(Found(), Numbers{2});
}

TEST_F(QueryCommand, FiltersAreJoined) {
  Fill();
  options_.device = "0580";
  EXPECT_EQ(Found(), Numbers{4});
  options_.message = "TAP001I";
  EXPECT_EQ(Found(), Numbers{4});
  options_.message = "tape_loaded";
  EXPECT_EQ(Found(), Numbers{4});
  options_.text = "no such text";
  EXPECT_EQ(Found(), Numbers());
}

TEST_F(QueryCommand, SeverityIsALowerBound) {
  Fill();
  options_.severity = "warning";
  EXPECT_EQ(Found(), Numbers{5});
}

TEST_F(QueryCommand, TextIsTakenToTheLetter) {
  Fill();
  options_.text = "100% OF";
  EXPECT_EQ(Found(), (Numbers{1, 2, 3}));
  options_.text = "1_0";
  EXPECT_EQ(Found(), Numbers());
}

TEST_F(QueryCommand, LinesForPeopleNameTheMessage) {
  Fill();
  options_.json = false;
  options_.device = "0.0.0580";
  EXPECT_NE(Output().find("0.0.0580  TAP001I   Tape mounted on drive 0.0.0580"), std::string::npos)
      << Output();
}

TEST_F(QueryCommand, WrongOptionsAreNamed) {
  Fill();
  options_.since = "soon";
  EXPECT_EQ(Refusal().substr(0, 23), "--since soon is no time");
  options_.since.clear();
  options_.device = "tape";
  EXPECT_EQ(Refusal(), "--device tape is no device; such are: 0.0.0580, 0580");
  options_.device.clear();
  options_.severity = "awful";
  EXPECT_EQ(Refusal().substr(0, 25), "--severity awful is none;");
}

TEST_F(QueryCommand, StoreThatIsNotThereIsNamed) {
  EXPECT_EQ(Refusal().substr(0, 21), "there is no store at ");
  EXPECT_NE(Refusal().find("events.db (No such file or directory): name it with --store"),
            std::string::npos)
      << Refusal();
}

}  // namespace
}  // namespace s390log
