// SPDX-License-Identifier: MIT
// The death of a guest, on QEMU.
#include "tests/guest/guest_death.h"

namespace lab {
namespace {

class QemuDeath : public GuestTest {
 protected:
  QemuDeath() : GuestTest(BareQemu()) {}
};

TEST_F(QemuDeath, OfTheGuestLosesNothingThatLogdHadAnsweredFor) {
  RunGuestDeath(BareQemu(), "death-qemu", [this](const GuestSpec& spec, const std::string& name) {
    return FreshGuest(spec, name);
  });
}

}  // namespace
}  // namespace lab
