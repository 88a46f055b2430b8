// SPDX-License-Identifier: MIT
// What a client sends to the control socket, in pieces of any size: at most one request, bounded
// and without its newline, one reply, and the client is gone.
//
// The input: bytes that give the sizes of the first pieces, up to a zero; then what is sent.
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>

#include "logd/control_server.h"
#include "s390log/unique_fd.h"
#include "tests/fuzz/input_reader.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

UniqueFd Connect(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  Require(::connect(fd.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0,
          "a client can connect");
  return fd;
}

std::string ReadAll(int fd) {
  std::string all;
  std::array<char, 1024> bytes;
  for (ssize_t got; (got = ::recv(fd, bytes.data(), bytes.size(), 0)) > 0;)
    all.append(bytes.data(), static_cast<size_t>(got));
  return all;
}

struct Bench {
  std::vector<std::string> requests;
  TempDir dir;
  std::string path = dir.File("control");
  ControlServer server{path, [this](const std::string& request) {
                         requests.push_back(request);
                         return "reply to " + std::to_string(request.size());
                       }};
};

}  // namespace
}  // namespace s390log

FUZZ_TARGET(control)(s390log::FuzzInput input) {
  using namespace s390log;
  static Bench bench;
  bench.requests.clear();
  InputReader sizes(input);
  const UniqueFd fd = Connect(bench.path);
  const auto now = ControlServer::Clock::now();
  std::string sent;
  bool open = true;
  std::vector<uint8_t> pieces;
  while (const auto size = sizes.Take<uint8_t>()) pieces.push_back(size);
  pieces.push_back(0);  // the rest
  for (const uint8_t size : pieces) {
    const std::string piece = size == 0 ? sizes.Text(input.size()) : sizes.Text(size);
    open = open && ::send(fd.Get(), piece.data(), piece.size(), MSG_NOSIGNAL) >= 0;
    if (open) sent += piece;
    bench.server.Serve(now);
  }
  const size_t end = sent.find('\n');
  Require(bench.requests.size() <= 1, "one request for each client");
  if (!bench.requests.empty()) {
    Require(end != std::string::npos && bench.requests[0] == sent.substr(0, end),
            "the request is the first line");
    Require(end < ControlServer::kMaxRequest, "a request is bounded");
    Require(ReadAll(fd.Get()) == "reply to " + std::to_string(end) + "\n", "it gets its reply");
  } else {
    Require(end == std::string::npos || end >= ControlServer::kMaxRequest,
            "a line of the right size is answered");
    // Who says no more is dropped in the end.
    bench.server.Serve(now + ControlServer::kClientTimeout + std::chrono::seconds(1));
    Require(ReadAll(fd.Get()).empty(), "what is no request gets no reply");
  }
  Require(!bench.server.Deadline(), "the client is gone");
}
