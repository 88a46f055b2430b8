// SPDX-License-Identifier: MIT
#include "tests/guest/programs/device_fuzz/tally.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>

namespace s390log::test {

namespace {

struct Row {
  const char* name;
  std::initializer_list<int> errors;
};

// In the order of Call. Any call on a device may find a descriptor that another thread has just
// closed, or that is of the other device by now: these errors are kAlways.
const Row kRows[] = {
    {"open kevent", {EACCES, EMFILE}},
    {"INFO", {}},
    {"INIT", {EBUSY, ENOMEM}},
    {"ADD", {E2BIG}},
    {"REMOVE", {E2BIG}},
    {"MODIFY", {E2BIG}},
    {"READY", {E2BIG}},
    {"WAIT", {}},
    {"GET_EVENTS", {}},
    {"COMMIT", {}},
    {"STAT", {ENOENT}},
    {"open s390_log", {EACCES}},
    {"INFO (log)", {}},
    {"CONSUMER", {EBUSY}},
    {"CONSUMED", {EPERM, ENXIO}},
    {"SEEN", {}},
    {"TAKEN", {EPERM}},
    {"MODE", {EBUSY}},
    {"THRESHOLD", {}},
    {"DEMAND", {EPERM}},
    {"write", {EPERM}},
    // One bit away from a real one may be another real one.
    {"unknown ioctl", {EPERM, EBUSY}},
    // EACCES: a descriptor that was not opened for reading. ENODEV: of what is no device of ours.
    {"mmap", {EPERM, ENXIO, EACCES, ENODEV}},
    {"munmap", {}},
    // ENOMEM: nothing is mapped there. ENOSYS: a kernel made small, as for debugging.
    {"populate", {ENOMEM, ENOSYS}},
    // Never writable: a success with PROT_WRITE is a fault by itself.
    {"mprotect", {EACCES, ENOMEM}},
    {"mremap", {ENOMEM}},
    {"poll", {}},
    // EPERM: of a file that cannot be polled, in a slot that was just reused.
    {"epoll", {EEXIST, ENOENT, EPERM}},
    {"dup", {EMFILE}},
    {"close", {}},
    {"fork", {EAGAIN}},
    // EPERM, EACCES: a thread that is not root.
    {"emit", {EACCES, EPERM}},
    {"signal", {}},
    {"CPU", {EBUSY, EACCES, ENOENT}},
};
static_assert(std::size(kRows) == static_cast<size_t>(Call::kCount));

constexpr int kAlways[] = {EBADF, ENOTTY, EFAULT, EINVAL, EINTR};

bool MayFail(Call call, int error) {
  const auto& named = kRows[static_cast<size_t>(call)].errors;
  return std::find(named.begin(), named.end(), error) != named.end() ||
         std::find(std::begin(kAlways), std::end(kAlways), error) != std::end(kAlways);
}

}  // namespace

const char* NameOf(Call call) { return kRows[static_cast<size_t>(call)].name; }

void Tally::Note(Call call, long rc, long most) {
  const int error = rc < 0 ? errno : 0;
  ++rows_[static_cast<size_t>(call)][std::min(error, kMaxErrno)];
  if (!fault_.empty()) return;
  if (error != 0 && !MayFail(call, error)) {
    fault_ = fmt::format("{} failed with errno {} ({}), which it must not", NameOf(call), error,
                         std::strerror(error));
  } else if (rc > most) {
    fault_ = fmt::format("{} returned {}, more than {}", NameOf(call), rc, most);
  }
}

void Tally::Add(const Tally& other) {
  for (size_t row = 0; row < rows_.size(); ++row) {
    for (size_t error = 0; error < rows_[row].size(); ++error)
      rows_[row][error] += other.rows_[row][error];
  }
  if (fault_.empty()) fault_ = other.fault_;
}

std::string Tally::Report() const {
  std::string text;
  for (size_t row = 0; row < rows_.size(); ++row) {
    text += fmt::format("  {:<14}", kRows[row].name);
    for (size_t error = 0; error < rows_[row].size(); ++error) {
      if (rows_[row][error] == 0) continue;
      text += fmt::format(" {}={}", error == 0 ? "ok" : strerrorname_np(static_cast<int>(error)),
                          rows_[row][error]);
    }
    text += '\n';
  }
  return text;
}

}  // namespace s390log::test
