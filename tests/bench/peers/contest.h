// SPDX-License-Identifier: MIT
// Contestants do the same in turns, round after round, so that what else the machine does meets all
// of them alike; medians of the rounds are what counts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace s390log {

// Of one round: until the last message had arrived; and the processor time, of both ends.
struct Run {
  double seconds = 0;
  double sender_cpu = 0;
  double receiver_cpu = 0;
};

struct Contestant {
  std::string name;
  std::function<Run()> run;
};

struct Contest {
  std::string what;
  uint64_t messages;
  double goal;  // messages a second for the first of them; 0: none
  std::vector<Contestant> contestants;
};

// Says in its turn what it does, and at the end the medians.
void Hold(const Contest& contest, int rounds);

// The processor time of this process, or of its children that have ended, since it was made.
class CpuMeter {
 public:
  enum class Whose { kOurs, kChildren };

  explicit CpuMeter(Whose whose) : whose_(whose), start_(Used()) {}

  double Seconds() const { return Used() - start_; }

 private:
  double Used() const;

  Whose whose_;
  double start_;
};

class Stopwatch {
 public:
  Stopwatch();

  double Seconds() const;

 private:
  int64_t start_ns_;
};

}  // namespace s390log
