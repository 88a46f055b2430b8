// SPDX-License-Identifier: MIT
// What the kernel itself says of the channel, as one line of JSON: the books of the tests have it
// from here and not from logd.
#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <exception>

#include "s390log/device_channel.h"
#include "s390log/position_area.h"

int main() {
  using s390log::DeviceChannel;
  try {
    const DeviceChannel channel("/dev/s390_log", DeviceChannel::Role::kObserver);
    const s390log::PositionArea area(channel.Positions());
    uint64_t records = 0;
    uint64_t dropped = 0;
    for (uint32_t cpu = 0; cpu < area.CpuCount(); ++cpu) {
      const s390log::CpuCounters counters = area.Counters(cpu);
      records += counters.records;
      dropped += counters.lost;
    }
    fmt::print(
        "{{\"boot_id\":\"{}\",\"emitted\":{},\"taken\":{},\"records\":{},\"dropped\":{},"
        "\"memory\":{}}}\n",
        area.Boot().ToString(), area.Sequence().Value(), area.Taken().Value(), records, dropped,
        channel.Memory());
  } catch (const std::exception& error) {
    fmt::print(stderr, "channel_state: {}\n", error.what());
    return 1;
  }
  return 0;
}
