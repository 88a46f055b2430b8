// SPDX-License-Identifier: MIT
// After all that, an ordinary program still gets what it asks for.
#ifndef TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_SANE_ROUND_H_
#define TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_SANE_ROUND_H_

#include <string>

namespace s390log::test {

// A request of each type, an event for each, through the array and through the ring; then the
// record of the event with its number. Throws std::runtime_error with what went wrong.
void CheckThatDevicesWork();

// How often a module is used, as /proc/modules has it.
long UsersOf(const std::string& module);

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_SANE_ROUND_H_
