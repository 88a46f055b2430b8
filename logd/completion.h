// SPDX-License-Identifier: MIT
// What can come next on a command line: found by walking the same CLI::App that reads the line, so
// that it cannot fall behind. The scripts in logd/completion/ ask for it.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace s390log {

struct Candidate {
  std::string word;
  std::string meaning = {};
};

using Candidates = std::vector<Candidate>;

// Stand for what the shell itself can complete.
inline constexpr const char* kCompleteFiles = ":file";
inline constexpr const char* kCompleteFolders = ":folder";

class Completion {
 public:
  // Values by the name of an option's type, "DEVICE". FILE and FOLDER are known, and so are the
  // values of an option that is checked with CLI::IsMember. `app` outlives this.
  Completion(const CLI::App& app, std::map<std::string, std::function<Candidates()>> values)
      : app_(app), values_(std::move(values)) {}

  // `words` are those behind the program's name; the last is the one that is being written, and may
  // be empty. Sorted as the program has them.
  Candidates Next(std::vector<std::string> words) const;

 private:
  Candidates ValuesOf(const CLI::Option& option) const;

  const CLI::App& app_;
  std::map<std::string, std::function<Candidates()>> values_;
};

}  // namespace s390log
