// SPDX-License-Identifier: MIT
#include "hercules/src/control.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <optional>

#include "hercules/src/error.h"

namespace lab {

namespace {

constexpr milliseconds kRequestLimit(2000);
constexpr size_t kMaxMessage = 1024 * 1024;

// The address of a socket in a folder of any depth: sun_path holds only 108 bytes, so the folder is
// opened and named by its descriptor.
struct Address {
  explicit Address(const fs::path& path)
      : directory(open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    un.sun_family = AF_UNIX;
    const std::string name =
        fmt::format("/proc/self/fd/{}/{}", directory.get(), path.filename().string());
    name.copy(un.sun_path, sizeof(un.sun_path) - 1);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&un); }

  UniqueFd directory;
  sockaddr_un un = {};
};

UniqueFd NewSocket() {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) ThrowErrno("making a socket");
  return fd;
}

bool Send(int fd, const std::string& line) {
  size_t done = 0;
  while (done < line.size()) {
    const ssize_t n = send(fd, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

// One line; empty if it did not come in time or the other side left.
std::optional<std::string> Receive(int fd, milliseconds limit) {
  const Deadline deadline(limit);
  std::string line;
  std::array<char, 4096> buffer;
  while (line.size() < kMaxMessage) {
    pollfd waiting = {fd, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(deadline.Left().count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    const ssize_t n = recv(fd, buffer.data(), buffer.size(), 0);
    if (n <= 0) return std::nullopt;
    line.append(buffer.data(), static_cast<size_t>(n));
    if (line.back() == '\n') return line;
  }
  return std::nullopt;
}

Json Answer(const std::string& line, const std::function<Json(const Json&)>& handler) {
  try {
    return handler(Json::parse(line));
  } catch (const LabError& error) {
    return {{"error", error.what()}, {"code", static_cast<int>(error.code())}};
  } catch (const std::system_error& error) {
    return {{"error", error.what()}, {"code", static_cast<int>(ExitCode::kFailed)}};
  } catch (const Json::exception& error) {
    return {{"error", error.what()}, {"code", static_cast<int>(ExitCode::kUsage)}};
  }
}

}  // namespace

Json Ask(const Layout& layout, const Json& request, milliseconds limit) {
  const Address address(layout.Control());
  const UniqueFd fd = NewSocket();
  if (!address.directory || connect(fd.get(), address.get(), sizeof(address.un)) != 0) {
    throw LabError(ExitCode::kNoLab, "no lab '" + layout.name() + "' is up");
  }
  Send(fd.get(), request.dump() + "\n");
  const std::optional<std::string> line = Receive(fd.get(), limit);
  if (!line) {
    throw LabError(ExitCode::kTimeout, fmt::format("lab '{}' did not answer '{}'", layout.name(),
                                                   request.value("verb", "")));
  }
  const Json reply = Json::parse(*line);
  if (reply.contains("error")) {
    throw LabError(static_cast<ExitCode>(reply.value("code", 1)), reply["error"]);
  }
  return reply;
}

ControlSocket::ControlSocket(const Layout& layout) : fd_(NewSocket()) {
  const Address address(layout.Control());
  fs::remove(layout.Control());
  if (bind(fd_.get(), address.get(), sizeof(address.un)) != 0 || listen(fd_.get(), 16) != 0) {
    ThrowErrno("listening on " + layout.Control().string());
  }
  GiveToCallingUser(layout.Control());
}

void ControlSocket::Serve(const std::function<Json(const Json&)>& handler) {
  const UniqueFd client(accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!client) return;
  const std::optional<std::string> line = Receive(client.get(), kRequestLimit);
  if (line) Send(client.get(), Answer(*line, handler).dump() + "\n");
}

}  // namespace lab
