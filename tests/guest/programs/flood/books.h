// SPDX-License-Identifier: MIT
// What readers said of each number, in a file that outlives them: a reader appends before it
// answers for the numbers, so one that is killed leaves its word, and the next may say it again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "s390log/unique_fd.h"

namespace s390log::test {

enum class Fate : uint64_t { kDelivered = 1, kLost = 2 };

struct Entry {
  uint64_t first;
  uint64_t last;
  Fate fate;
};

class BookWriter {
 public:
  explicit BookWriter(const std::string& path);

  void Add(uint64_t first, uint64_t last, Fate fate);
  // All that was added is in the file.
  void Flush();

 private:
  UniqueFd fd_;
  std::vector<Entry> entries_;
};

struct Balance {
  uint64_t emitted = 0;
  uint64_t delivered = 0;
  uint64_t lost = 0;
  uint64_t unnamed = 0;   // nobody said anything
  uint64_t repeated = 0;  // said more than once: by readers that were killed
};

// Of the numbers from first to last. What was delivered once is delivered, whatever is said later.
Balance ReadBooks(const std::string& path, uint64_t first, uint64_t last);

}  // namespace s390log::test
