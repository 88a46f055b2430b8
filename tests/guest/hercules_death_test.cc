// SPDX-License-Identifier: MIT
// The death of a guest, on Hercules.
#include "tests/guest/guest_death.h"

namespace lab {
namespace {

class HerculesDeath : public GuestTest {
 protected:
  HerculesDeath() : GuestTest(WithoutVolumes()) {}
};

TEST_F(HerculesDeath, OfTheGuestLosesNothingThatLogdHadAnsweredFor) {
  RunGuestDeath(
      WithoutVolumes(), "death-hercules",
      [this](const GuestSpec& spec, const std::string& name) { return FreshGuest(spec, name); });
}

}  // namespace
}  // namespace lab
