// SPDX-License-Identifier: MIT
// What calls returned, counted; and whether they may have: each has the errors that its page of the
// ABI names, and no others.
#ifndef TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_TALLY_H_
#define TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_TALLY_H_

#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace s390log::test {

enum class Call : uint32_t {
  kOpenQueue,
  kInfo,
  kInit,
  kAdd,
  kRemove,
  kModify,
  kReady,
  kWait,
  kGetEvents,
  kCommit,
  kStat,
  kOpenLog,
  kLogInfo,
  kConsumer,
  kConsumed,
  kSeen,
  kTaken,
  kMode,
  kThreshold,
  kDemand,
  kWrite,
  kUnknown,
  kMap,
  kUnmap,
  kPopulate,
  kProtect,
  kMove,
  kPoll,
  kEpoll,
  kDup,
  kClose,
  kFork,
  kEmit,
  kSignal,
  kCpu,
  kCount,
};

const char* NameOf(Call call);

// Counts of one thread.
class Tally {
 public:
  static constexpr int kMaxErrno = 134;

  // `rc` is what the call returned, `most` the most it may return; errno is looked at if it failed.
  void Note(Call call, long rc, long most = 0);

  void Add(const Tally& other);
  std::string Report() const;
  // The first result that should not be, or "".
  const std::string& Fault() const { return fault_; }

 private:
  using Row = std::array<uint64_t, kMaxErrno + 1>;  // by errno; [0]: succeeded
  std::array<Row, static_cast<size_t>(Call::kCount)> rows_{};
  std::string fault_;
};

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_TALLY_H_
