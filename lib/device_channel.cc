// SPDX-License-Identifier: MIT
#include "s390log/device_channel.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/s390_log.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace s390log {
namespace {

[[noreturn]] void Throw(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

// What the modules promise. A position divided by a size of 0 would be our end.
void Check(const std::string& path, const s390_log_info& info) {
  const bool power_of_two = (info.subbuf_size & (info.subbuf_size - 1)) == 0;
  if (info.subbuf_size < sizeof(s390_log_subbuf) || !power_of_two || info.n_subbufs == 0 ||
      info.buffer_size < uint64_t{info.subbuf_size} * info.n_subbufs || info.n_cpus == 0) {
    throw std::runtime_error(
        fmt::format("{} tells an impossible geometry: {} CPUs, {} sub-buffers of {} bytes in {}",
                    path, info.n_cpus, info.n_subbufs, info.subbuf_size, info.buffer_size));
  }
}

UniqueFd Open(const std::string& path, DeviceChannel::Role role) {
  const int access = role == DeviceChannel::Role::kConsumer ? O_RDWR : O_RDONLY;
  UniqueFd fd(::open(path.c_str(), access | O_CLOEXEC));
  if (fd) return fd;
  if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
    throw std::runtime_error(
        fmt::format("{} is not there: load the module s390_log (modprobe s390_log)", path));
  }
  Throw("cannot open " + path);
}

}  // namespace

DeviceChannel::DeviceChannel(const std::string& path, Role role)
    : role_(role), path_(path), fd_(Open(path, role)) {
  const s390_log_info info = Info();
  if (info.abi_version != S390_LOG_ABI_VERSION) {
    throw std::runtime_error(
        fmt::format("{} speaks version {} of its interface, this program version {}: "
                    "install modules and programs of one release",
                    path, info.abi_version, S390_LOG_ABI_VERSION));
  }
  Check(path, info);
  if (Consumes() && ::ioctl(fd_.Get(), S390_LOG_IOC_CONSUMER) < 0) {
    if (errno == EBUSY) {
      throw std::runtime_error("another logd is running: it is the consumer of " + path);
    }
    Throw("cannot become the consumer of " + path);
  }
  geometry_ = {info.n_cpus, info.subbuf_size, info.n_subbufs};
  buffer_size_ = info.buffer_size;
  events_ = info.events;
  positions_ = Mapping::Map(fd_.Get(), S390_LOG_MMAP_POSITION, info.position_size,
                            "cannot map the positions of s390_log");
  if (!positions_) throw std::runtime_error(path + " has no position area");
  buffers_.resize(geometry_.n_cpus);
}

s390_log_info DeviceChannel::Info() const {
  s390_log_info info{};
  if (::ioctl(fd_.Get(), S390_LOG_IOC_INFO, &info) < 0) {
    Throw(path_ + " does not tell its geometry");
  }
  return info;
}

std::span<const std::byte> DeviceChannel::Buffer(uint32_t cpu) {
  std::optional<Mapping>& buffer = buffers_.at(cpu);
  if (!buffer) {
    buffer = Mapping::Map(fd_.Get(), S390_LOG_MMAP_BUFFER(cpu), buffer_size_,
                          "cannot map a CPU's buffer of s390_log");
  }
  return buffer ? buffer->Bytes() : std::span<const std::byte>();
}

ChannelMode DeviceChannel::Mode() const {
  return Info().mode == S390_LOG_OVERWRITE ? ChannelMode::kOverwrite : ChannelMode::kNoOverwrite;
}

void DeviceChannel::SetMode(ChannelMode mode) {
  const uint32_t argument =
      mode == ChannelMode::kOverwrite ? S390_LOG_OVERWRITE : S390_LOG_NO_OVERWRITE;
  if (::ioctl(fd_.Get(), S390_LOG_IOC_MODE, &argument) < 0) {
    Throw(fmt::format("cannot set {} to {} mode", path_, ToString(mode)));
  }
}

void DeviceChannel::SetIdentifyVolumes(bool on) {
  const uint32_t events = on ? KEVENT_S390_TAPE_VOLUME : 0;
  if (::ioctl(fd_.Get(), S390_LOG_IOC_DEMAND, &events) < 0) {
    Throw(path_ + " cannot be asked to identify volumes");
  }
}

void DeviceChannel::SetSeen(SequenceNumber seen) {
  const uint64_t argument = seen.Value();
  if (::ioctl(fd_.Get(), S390_LOG_IOC_SEEN, &argument) < 0) Throw("cannot wait at " + path_);
}

void DeviceChannel::SetThreshold(uint64_t threshold) {
  if (::ioctl(fd_.Get(), S390_LOG_IOC_THRESHOLD, &threshold) < 0) Throw("cannot wait at " + path_);
}

uint64_t DeviceChannel::Memory() const { return Info().memory; }

void DeviceChannel::Take(SequenceNumber taken) {
  const uint64_t argument = taken.Value();
  if (::ioctl(fd_.Get(), S390_LOG_IOC_TAKEN, &argument) < 0) {
    Throw(fmt::format("cannot answer for the events up to {}", argument));
  }
}

void DeviceChannel::GiveBack(uint32_t cpu, uint64_t consumed) {
  s390_log_consumed argument{};
  argument.cpu = cpu;
  argument.consumed = consumed;
  if (::ioctl(fd_.Get(), S390_LOG_IOC_CONSUMED, &argument) < 0) {
    Throw(fmt::format("cannot give sub-buffers of CPU {} back", cpu));
  }
}

}  // namespace s390log
