// SPDX-License-Identifier: MIT
// The troubles of a soak. Each begins, lasts for a random time, and ends.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "hercules/src/deadline.h"
#include "tests/soak/site.h"

namespace lab {

using Random = std::mt19937_64;

inline int Between(Random& random, int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random);
}

class Fault {
 public:
  // Beginning at most `longest` seconds before its end, and chosen by its weight.
  Fault(std::string name, int longest, int weight)
      : name_(std::move(name)), longest_(longest), weight_(weight) {}
  virtual ~Fault() = default;

  const std::string& name() const { return name_; }
  seconds longest() const { return seconds(longest_); }
  int weight() const { return weight_; }

  // While it lasts, logd cannot take what it should.
  virtual bool HoldsLogd() const { return false; }

  virtual void Begin(Site& site, Random& random) = 0;
  virtual void End(Site& site, Random& random) = 0;

 private:
  std::string name_;
  int longest_;
  int weight_;
};

// Those that the site can have.
std::vector<std::unique_ptr<Fault>> AllFaults(const Site& site);

}  // namespace lab
