// SPDX-License-Identifier: MIT
#include "logd/metrics_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "logd/deadline_stream.h"
#include "logd/metrics_text.h"

namespace s390log {
namespace {

// When there are no descriptors left: until the next try.
constexpr int kPauseMs = 100;

void Answer(MetricsBoard& board, httplib::Response& response) {
  const auto text = board.Ask();
  if (text != nullptr) {
    response.set_content(*text, std::string(MetricsText::kContentType));
    return;
  }
  response.status = 503;
  response.set_content("logd does not answer in time, or is ending\n", "text/plain");
}

}  // namespace

// Handlers and the handling of one request; this server never listens itself.
class MetricsServer::Http : public httplib::Server {
 public:
  explicit Http(MetricsBoard& board) {
    Get("/metrics", [&board](const httplib::Request&, httplib::Response& response) {
      Answer(board, response);
    });
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.status == 404) response.set_content("there is only /metrics\n", "text/plain");
    });
    set_payload_max_length(0);
  }

  // One request; the connection is closed after it. Many ranges of a text would be many texts.
  void Process(httplib::Stream& stream) {
    bool closed = false;
    process_request(stream, true, closed,
                    [](httplib::Request& request) { request.ranges.clear(); });
  }
};

MetricsServer::MetricsServer(const ListenAddress& address, MetricsBoard& board,
                             std::chrono::milliseconds time)
    : address_(address),
      board_(board),
      time_(time),
      http_(std::make_unique<Http>(board)),
      stop_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!stop_) throw std::system_error(errno, std::system_category(), "eventfd");
  Listen();
  Start();
}

MetricsServer::~MetricsServer() {
  board_.Close();
  const uint64_t one = 1;
  (void)!::write(stop_.Get(), &one, sizeof(one));
  for (std::thread& thread : threads_) thread.join();
}

void MetricsServer::Listen() {
  const auto fail = [this] {
    throw std::system_error(errno, std::system_category(), address_.ToString());
  };
  fd_.Reset(::socket(address_.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) fail();
  const int yes = 1;  // connections of a logd before this one may linger
  (void)::setsockopt(fd_.Get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (::bind(fd_.Get(), address_.Get(), address_.length) < 0) fail();
  if (::listen(fd_.Get(), kWaiting) < 0) fail();
  address_.length = sizeof(address_.storage);
  auto* name = reinterpret_cast<sockaddr*>(&address_.storage);
  if (::getsockname(fd_.Get(), name, &address_.length) < 0) fail();
}

// The threads leave all signals to the daemon's, which waits for them.
void MetricsServer::Start() {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  for (size_t i = 0; i < kClients; ++i) threads_.emplace_back([this] { Work(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void MetricsServer::Work() {
  while (true) {
    std::array<pollfd, 2> waits = {{{fd_.Get(), POLLIN, 0}, {stop_.Get(), POLLIN, 0}}};
    (void)::poll(waits.data(), waits.size(), -1);
    if (waits[1].revents != 0) return;
    const UniqueFd client(::accept4(fd_.Get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client) {
      Serve(client.Get());
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pollfd stop{stop_.Get(), POLLIN, 0};
      (void)::poll(&stop, 1, kPauseMs);
    }
  }
}

// Whatever a client brings about ends with its connection.
void MetricsServer::Serve(int fd) {
  DeadlineStream stream(fd, stop_.Get(), DeadlineStream::Clock::now() + time_, kMaxRequest);
  try {
    http_->Process(stream);
  } catch (const std::exception&) {
    return;
  }
  ::shutdown(fd, SHUT_WR);
}

}  // namespace s390log
