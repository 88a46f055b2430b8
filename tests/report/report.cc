// SPDX-License-Identifier: MIT
// report FOLDER: adds up what the GoogleTest programs of a run have left there.
//
// Each program that was started has a NAME.status, its exit status, and if it lived to write it, a
// NAME.json. Programs of the guest have only the latter. A program that failed without a failed
// test to show for it counts as one failure: it crashed, or something outside of a test went wrong.
// The last line is "N passed, N failed", with ", N skipped" if there are any.
#include <fmt/core.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

struct Totals {
  int passed = 0;
  int failed = 0;
  int skipped = 0;

  void operator+=(const Totals& other) {
    passed += other.passed;
    failed += other.failed;
    skipped += other.skipped;
  }
  std::string Text() const {
    std::string text = fmt::format("{} passed, {} failed", passed, failed);
    if (skipped > 0) text += fmt::format(", {} skipped", skipped);
    return text;
  }
};

void CountTest(const std::string& suite, const Json& test, Totals& totals) {
  if (test.value("status", "") != "RUN") return;
  if (test.contains("failures")) {
    ++totals.failed;
    fmt::print("FAILED {}.{}\n", suite, test.value("name", ""));
  } else if (test.value("result", "") == "SKIPPED") {
    ++totals.skipped;
  } else {
    ++totals.passed;
  }
}

Totals CountProgram(const fs::path& folder, const std::string& name) {
  Totals totals;
  std::ifstream in(folder / (name + ".json"));
  const Json results = Json::parse(in, nullptr, false);
  if (results.is_object()) {
    for (const Json& suite : results.value("testsuites", Json::array())) {
      for (const Json& test : suite.value("testsuite", Json::array())) {
        CountTest(name + ": " + suite.value("name", ""), test, totals);
      }
    }
  }
  int status = 0;
  std::ifstream(folder / (name + ".status")) >> status;
  if (totals.failed == 0 && (status != 0 || !results.is_object())) {
    ++totals.failed;
    fmt::print("FAILED {}: ended with status {}{}\n", name, status,
               results.is_object() ? "" : " and left no results");
  }
  return totals;
}

int Report(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json" || entry.path().extension() == ".status") {
      names.insert(entry.path().stem());
    }
  }
  Totals all;
  for (const std::string& name : names) {
    const Totals totals = CountProgram(folder, name);
    fmt::print("{:<32} {}\n", name, totals.Text());
    all += totals;
  }
  if (all.passed + all.failed == 0) fmt::print("no test has run\n");
  fmt::print("{}\n", all.Text());
  return all.failed == 0 && all.passed > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: report FOLDER\n");
    return 2;
  }
  try {
    return Report(argv[1]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "report: {}\n", error.what());
    return 1;
  }
}
