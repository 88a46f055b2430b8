// SPDX-License-Identifier: MIT
// Sinks with their other ends, for sink_contract_test.cc.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "logd/journal_sink.h"
#include "logd/json_sink.h"
#include "logd/local_transport.h"
#include "logd/syslog_sink.h"
#include "logd/tcp_connection.h"
#include "logd/udp_transport.h"
#include "logd/unix_address.h"
#include "tests/host/fake_sink.h"
#include "tests/host/file_size_limit.h"
#include "tests/host/journal_server.h"
#include "tests/host/loopback.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_server.h"

namespace s390log {

// A sink's other end, which is down at first.
class SinkBench {
 public:
  virtual ~SinkBench() = default;
  // One that sends there. The one before is gone by then, as after a restart of logd.
  virtual std::unique_ptr<Sink> NewSink() = 0;
  virtual void Mend() = 0;
  virtual void Break() = 0;
  virtual void Beside() {}
  // All that has come so far. What may be repeated by the contract, is.
  virtual std::vector<uint64_t> Received() = 0;
};

// A sink that outlives what the contract sees of it.
class Borrowed : public Sink {
 public:
  explicit Borrowed(Sink& sink) : sink_(sink) {}
  void StartAt(uint64_t index) override { sink_.StartAt(index); }
  void Follow(const Backlog& backlog, Clock::time_point now) override {
    sink_.Follow(backlog, now);
  }
  uint64_t Taken() const override { return sink_.Taken(); }
  uint64_t Safe() const override { return sink_.Safe(); }
  bool Flushed() const override { return sink_.Flushed(); }
  bool Up() const override { return sink_.Up(); }
  Wait GetWait(const Backlog& backlog) const override { return sink_.GetWait(backlog); }
  SinkReport Report() const override { return sink_.Report(); }

 private:
  Sink& sink_;
};

class FakeBench : public SinkBench {
 public:
  FakeBench() { sink_.SetUp(false); }
  std::unique_ptr<Sink> NewSink() override { return std::make_unique<Borrowed>(sink_); }
  void Mend() override { sink_.SetUp(true); }
  void Break() override { sink_.SetUp(false); }
  std::vector<uint64_t> Received() override { return sink_.Received(); }

 private:
  FakeSink sink_;
};

inline std::vector<uint64_t> SequencesOf(const std::string& lines) {
  std::vector<uint64_t> sequences;
  std::istringstream stream(lines);
  std::string line;
  while (std::getline(stream, line)) {
    sequences.push_back(nlohmann::json::parse(line).at("sequence").get<uint64_t>());
  }
  return sequences;
}

// A pipe that is full, and later is read.
class JsonPipeBench : public SinkBench {
 public:
  JsonPipeBench() {
    ::mkfifo(dir_.File("fifo").c_str(), 0600);
    reader_.Reset(::open(dir_.File("fifo").c_str(), O_RDWR | O_NONBLOCK));
    const std::string filler(4096, ' ');
    while (::write(reader_.Get(), filler.data(), filler.size()) > 0) {
    }
  }
  std::unique_ptr<Sink> NewSink() override { return std::make_unique<JsonSink>(dir_.File("fifo")); }
  void Mend() override { reading_ = true; }
  void Break() override { reading_ = false; }
  void Beside() override {
    std::array<char, 4096> bytes;
    ssize_t count = 0;
    while (reading_ && (count = ::read(reader_.Get(), bytes.data(), bytes.size())) > 0) {
      received_.append(bytes.data(), static_cast<size_t>(count));
    }
  }
  std::vector<uint64_t> Received() override {
    const size_t begin = received_.find('{');
    return begin == std::string::npos ? std::vector<uint64_t>()
                                      : SequencesOf(received_.substr(begin));
  }

 private:
  TempDir dir_;
  UniqueFd reader_;
  bool reading_ = false;
  std::string received_;
};

// A file whose folder is not there at first, and whose disk is full later.
class JsonFileBench : public SinkBench {
 public:
  std::unique_ptr<Sink> NewSink() override { return std::make_unique<JsonSink>(path_, Rotation()); }
  void Mend() override {
    full_.reset();
    std::filesystem::create_directories(dir_.File("folder"));
  }
  // There is room for a part of the next line.
  void Break() override { full_.emplace(std::filesystem::file_size(path_) + 100); }
  std::vector<uint64_t> Received() override {
    std::string lines;
    for (int number = 99; number > 0; --number) {
      lines += Contents(path_ + "." + std::to_string(number));
    }
    lines += Contents(path_);
    return SequencesOf(lines);
  }

 protected:
  virtual LineFile::Rotation Rotation() const { return {}; }

 private:
  TempDir dir_;
  std::string path_ = dir_.File("folder") + "/log";
  std::optional<FileSizeLimit> full_;
};

// So many files that none goes.
class JsonRotatedBench : public JsonFileBench {
 protected:
  LineFile::Rotation Rotation() const override { return {100'000, 99}; }
};

class JournalBench : public SinkBench {
 public:
  std::unique_ptr<Sink> NewSink() override {
    return std::make_unique<JournalSink>(dir_.File("socket"), JournalOrigin{"logd", 3});
  }
  void Mend() override { server_.Listen(); }
  void Break() override { server_.Close(); }
  void Beside() override { server_.Serve(3); }
  std::vector<uint64_t> Received() override {
    std::vector<uint64_t> sequences;
    for (const auto& fields : server_.Entries()) {
      sequences.push_back(std::stoull(fields.at("S390_SEQUENCE")));
    }
    return sequences;
  }

 private:
  TempDir dir_;
  JournalServer server_{dir_.File("socket")};
};

// A break follows so soon upon what was sent that it is in doubt.
inline SyslogSinkOptions QuickOptions(SyslogFraming framing) {
  SyslogSinkOptions options;
  options.framing = framing;
  options.doubt_time = std::chrono::milliseconds(20);
  return options;
}

class SyslogTcpBench : public SinkBench {
 public:
  std::unique_ptr<Sink> NewSink() override {
    return std::make_unique<SyslogSink>(
        std::make_unique<TcpConnection>("127.0.0.1", server_.Port()),
        QuickOptions(SyslogFraming::kOctetCounting));
  }
  void Mend() override { server_.Listen(); }
  void Break() override {
    server_.StopListening();
    server_.Close();
  }
  void Beside() override { server_.Serve(); }
  std::vector<uint64_t> Received() override { return server_.Sequences(); }

 private:
  TestServer server_;
};

// Any socket of datagrams, or a stream, by line feeds: read by the test itself.
class SocketBench : public SinkBench {
 public:
  ~SocketBench() override = default;
  void Break() override {
    Beside();
    client_.Reset();
    fd_.Reset();
    listening_ = false;
  }
  void Beside() override {
    if (!listening_) return;
    if (listens_ && !client_) client_.Reset(::accept4(fd_.Get(), nullptr, nullptr, SOCK_NONBLOCK));
    const int fd = listens_ ? client_.Get() : fd_.Get();
    std::array<char, 65536> bytes;
    ssize_t count = 0;
    while ((count = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0) {
      received_.append(bytes.data(), static_cast<size_t>(count));
      if (!listens_) received_ += '\n';
    }
    // The end of a stream: half a message is none.
    if (listens_ && client_ && count == 0) {
      client_.Reset();
      received_.resize(received_.rfind('\n') + 1);
    }
  }
  std::vector<uint64_t> Received() override {
    std::vector<uint64_t> sequences;
    std::istringstream stream(received_);
    std::string line;
    while (std::getline(stream, line) && !stream.eof()) {
      sequences.push_back(std::stoull(ParseMessage(line).value().params.at("sequence")));
    }
    return sequences;
  }

 protected:
  void Listen(UniqueFd fd, bool listens) {
    fd_ = std::move(fd);
    listens_ = listens;
    listening_ = true;
  }

  static std::unique_ptr<Sink> SinkOver(std::unique_ptr<SyslogTransport> transport,
                                        SyslogFraming framing) {
    return std::make_unique<SyslogSink>(std::move(transport), QuickOptions(framing));
  }

 private:
  UniqueFd fd_;
  UniqueFd client_;
  bool listens_ = false;
  bool listening_ = false;
  std::string received_;
};

class SyslogUdpBench : public SocketBench {
 public:
  static constexpr uint32_t kRate = 1'000'000;

  std::unique_ptr<Sink> NewSink() override {
    return SinkOver(std::make_unique<UdpTransport>("127.0.0.1", reserved_.Port(), kRate),
                    SyslogFraming::kNone);
  }
  void Mend() override {
    UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    sockaddr_in address = Loopback(reserved_.Port());
    ::bind(fd.Get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
    Listen(std::move(fd), false);
  }

 private:
  TestServer reserved_;  // a port of TCP that is free is most likely one of UDP
};

template <int Type>
class SyslogLocalBench : public SocketBench {
 public:
  std::unique_ptr<Sink> NewSink() override {
    return SinkOver(std::make_unique<LocalTransport>(dir_.File("log"), Type),
                    Type == SOCK_DGRAM ? SyslogFraming::kNone : SyslogFraming::kLineFeed);
  }
  void Mend() override {
    UniqueFd fd(::socket(AF_UNIX, Type | SOCK_NONBLOCK, 0));
    const sockaddr_un address = UnixAddress(dir_.File("log")).value();
    ::unlink(address.sun_path);
    ::bind(fd.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    if (Type == SOCK_STREAM) ::listen(fd.Get(), 4);
    Listen(std::move(fd), Type == SOCK_STREAM);
  }

 private:
  TempDir dir_;
};

}  // namespace s390log
