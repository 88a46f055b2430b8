// SPDX-License-Identifier: MIT
#include "tests/guest/programs/flood/books.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace s390log::test {

BookWriter::BookWriter(const std::string& path)
    : fd_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
  if (!fd_) throw std::system_error(errno, std::system_category(), path);
}

void BookWriter::Add(uint64_t first, uint64_t last, Fate fate) {
  if (!entries_.empty() && entries_.back().fate == fate && entries_.back().last + 1 == first) {
    entries_.back().last = last;
  } else {
    entries_.push_back({first, last, fate});
  }
}

void BookWriter::Flush() {
  const auto size = static_cast<ssize_t>(entries_.size() * sizeof(Entry));
  if (size > 0 && ::write(fd_.Get(), entries_.data(), static_cast<size_t>(size)) != size) {
    throw std::system_error(errno, std::system_category(), "write of the books");
  }
  entries_.clear();
}

Balance ReadBooks(const std::string& path, uint64_t first, uint64_t last) {
  std::vector<uint8_t> fates(last - first + 1);
  Balance balance;
  balance.emitted = fates.size();
  std::ifstream in(path, std::ios::binary);
  Entry entry{};
  while (in.read(reinterpret_cast<char*>(&entry), sizeof(entry))) {
    if (entry.first > entry.last || entry.last > last) {
      throw std::runtime_error("the books name numbers that were never emitted");
    }
    for (uint64_t n = std::max(entry.first, first); n <= entry.last; ++n) {
      uint8_t& fate = fates[n - first];
      if (fate != 0) ++balance.repeated;
      if (fate != static_cast<uint8_t>(Fate::kDelivered)) fate = static_cast<uint8_t>(entry.fate);
    }
  }
  for (const uint8_t fate : fates) {
    balance.delivered += fate == static_cast<uint8_t>(Fate::kDelivered);
    balance.lost += fate == static_cast<uint8_t>(Fate::kLost);
    balance.unnamed += fate == 0;
  }
  return balance;
}

}  // namespace s390log::test
