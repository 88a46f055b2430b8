// SPDX-License-Identifier: MIT
// The targets over their corpora: what has been found once is not found again, without clang.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/fuzz/target.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCorpora = "tests/fuzz/corpus";

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& [name, target] : FuzzTargets()) names.push_back(name);
  return names;
}

void RunOver(FuzzTarget target, const std::string& bytes) {
  target({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
}

TEST(Corpora, EachBelongsToATarget) {
  for (const fs::path& folder : FilesIn(kCorpora))
    EXPECT_TRUE(FuzzTargets().contains(folder.filename())) << folder;
}

class Corpus : public testing::TestWithParam<std::string> {};

TEST_P(Corpus, BreaksNoPromise) {
  const FuzzTarget target = FuzzTargets().at(GetParam());
  const auto files = FilesIn(fs::path(kCorpora) / GetParam());
  EXPECT_FALSE(files.empty());
  for (const fs::path& file : files)
    EXPECT_NO_THROW(RunOver(target, Contents(file.string()))) << file;
}

// Each file cut short at any place, and with a byte changed: a little of what libFuzzer does.
TEST_P(Corpus, BreaksNoPromiseWhenItIsDamaged) {
  constexpr size_t kSteps = 40;
  const FuzzTarget target = FuzzTargets().at(GetParam());
  for (const fs::path& file : FilesIn(fs::path(kCorpora) / GetParam())) {
    const std::string whole = Contents(file.string());
    for (size_t at = 0; at < whole.size(); at += 1 + whole.size() / kSteps) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0x41);
      EXPECT_NO_THROW(RunOver(target, whole.substr(0, at))) << file << " up to " << at;
      EXPECT_NO_THROW(RunOver(target, changed)) << file << " changed at " << at;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Corpus, testing::ValuesIn(Names()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace s390log
