// SPDX-License-Identifier: MIT
// The namespaces that a lab lives in. They have no names: with the last of their processes they are
// gone, and since the supervisor is process 1 in there, its death ends all the others.
#pragma once

#include <string>

namespace lab {

// Says in one sentence what this computer lacks for it, by throwing LabError kSurroundings.
void CheckSurroundings();

// The next fork() makes process 1 of new process, network and mount namespaces.
void LeaveForNewNamespaces();

// In the new namespaces: own /proc, loopback up.
void SettleInNamespaces();

// A tap device with an address; it is up.
void MakeTap(const std::string& name, const std::string& address);

}  // namespace lab
