// SPDX-License-Identifier: MIT
// logd as it is, its main() included, but with devices that this machine has: see host_devices.h.
// For `make bench` alone.
#include "s390log/device_channel.h"
#include "s390log/kevent_queue.h"
#include "tests/bench/life/host_devices.h"

#define DeviceChannel HostChannel
#define KeventQueue HostKevents
#include "logd/logd.cc"
