// SPDX-License-Identifier: MIT
#include "hercules/src/isolation.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hercules/src/error.h"
#include "hercules/src/unique_fd.h"

namespace lab {

namespace {

constexpr char kTun[] = "/dev/net/tun";

ifreq RequestFor(const std::string& name) {
  ifreq request = {};
  name.copy(request.ifr_name, sizeof(request.ifr_name) - 1);
  return request;
}

void Control(int fd, unsigned long command, void* argument, const std::string& doing) {
  if (ioctl(fd, command, argument) != 0) ThrowErrno(doing);
}

UniqueFd AnySocket() {
  UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) ThrowErrno("making a socket");
  return fd;
}

void BringUp(const std::string& name) {
  const UniqueFd fd = AnySocket();
  ifreq request = RequestFor(name);
  Control(fd.get(), SIOCGIFFLAGS, &request, "asking for " + name);
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  Control(fd.get(), SIOCSIFFLAGS, &request, "bringing up " + name);
}

void SetAddress(const std::string& name, unsigned long command, const std::string& address) {
  const UniqueFd fd = AnySocket();
  ifreq request = RequestFor(name);
  sockaddr_in in = {};
  in.sin_family = AF_INET;
  inet_pton(AF_INET, address.c_str(), &in.sin_addr);
  memcpy(&request.ifr_addr, &in, sizeof(in));
  Control(fd.get(), command, &request, "giving " + name + " the address " + address);
}

}  // namespace

void CheckSurroundings() {
  if (geteuid() != 0) {
    throw LabError(ExitCode::kSurroundings, "a lab needs root, for a network of its own");
  }
  const UniqueFd tun(open(kTun, O_RDWR | O_CLOEXEC));
  if (tun) return;
  throw LabError(ExitCode::kSurroundings,
                 std::string("cannot open ") + kTun + ": " + strerror(errno) +
                     (errno == ENOENT ? " (modprobe tun, or mknod /dev/net/tun c 10 200)" : ""));
}

void LeaveForNewNamespaces() {
  if (unshare(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS) == 0) return;
  throw LabError(ExitCode::kSurroundings,
                 std::string("this system lets nobody make namespaces: ") + strerror(errno));
}

void SettleInNamespaces() {
  // In a chroot "/" is no mount point. What we mount goes on top of /proc, so that must be private.
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 &&
      mount("none", "/proc", nullptr, MS_PRIVATE, nullptr) != 0) {
    ThrowErrno("making the mounts private");
  }
  if (mount("proc", "/proc", "proc", 0, nullptr) != 0) ThrowErrno("mounting /proc");
  BringUp("lo");
}

void MakeTap(const std::string& name, const std::string& address) {
  const UniqueFd fd(open(kTun, O_RDWR | O_CLOEXEC));
  if (!fd) ThrowErrno(std::string("opening ") + kTun);
  ifreq request = RequestFor(name);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  Control(fd.get(), TUNSETIFF, &request, "making " + name);
  // Persistent so that the emulator finds it; the namespace takes it along when it ends.
  if (ioctl(fd.get(), TUNSETPERSIST, 1) != 0) ThrowErrno("keeping " + name);
  SetAddress(name, SIOCSIFADDR, address);
  SetAddress(name, SIOCSIFNETMASK, "255.255.255.0");
  BringUp(name);
}

}  // namespace lab
