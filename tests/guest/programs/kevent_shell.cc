// SPDX-License-Identifier: MIT
//
// kevent_shell: a queue for tests that act outside of the guest in between. Reads commands from
// standard input, answers each with one line, and closes the queue at the end of its input:
//
//   add LABEL EVENTS FLAGS   "ok", or "errno N"
//   fetch                    LABEL:SEQUENCE of each ready event, or "nothing"
//   coalesced LABEL          how many repeats the request has counted
#include <fmt/core.h>

#include <iostream>
#include <sstream>
#include <string>

#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

std::string Add(const Queue& queue, std::istringstream& words) {
  uint32_t label = 0;
  uint32_t events = 0;
  uint32_t flags = 0;
  words >> std::hex >> label >> events >> flags;
  const int rc = queue.Add(KEVENT_S390_LOG, label, events, flags);
  return rc == 0 ? "ok" : fmt::format("errno {}", -rc);
}

std::string Fetch(const Queue& queue) {
  std::string line;
  for (const ukevent& event : queue.Fetch()) {
    const uint64_t sequence = static_cast<uint64_t>(event.ret_data[0]) << 32 | event.ret_data[1];
    line += fmt::format("{}{:#x}:{}", line.empty() ? "" : " ", event.id.raw[0], sequence);
  }
  return line.empty() ? "nothing" : line;
}

std::string Answer(const Queue& queue, const std::string& line) {
  std::istringstream words(line);
  std::string command;
  words >> command;
  if (command == "add") return Add(queue, words);
  if (command == "fetch") return Fetch(queue);
  uint32_t label = 0;
  words >> std::hex >> label;
  if (command == "coalesced")
    return std::to_string(queue.Stat(KEVENT_S390_LOG, label).request_coalesced);
  return "unknown command " + command;
}

}  // namespace
}  // namespace s390log::test

int main() {
  const s390log::test::Queue queue;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << s390log::test::Answer(queue, line) << std::endl;
}
