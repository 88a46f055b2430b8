// SPDX-License-Identifier: MIT
#include "hercules/src/machine.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "hercules/src/error.h"

namespace lab {

namespace {

constexpr size_t kTailLines = 200;

// Lines after which nothing will run any more: a disabled wait PSW, a panic.
bool SaysDeath(const std::string& line) {
  return line.find("HHCCP011I") != std::string::npos ||
         line.find("Kernel panic - not syncing") != std::string::npos;
}

}  // namespace

Machine::Machine(Loop& loop, const MachinePlan& plan, const fs::path& log)
    : loop_(loop), console_prefix_(plan.console_prefix), log_(log, std::ios::app) {
  std::array<int, 2> in = {};
  std::array<int, 2> out = {};
  if (pipe2(in.data(), O_CLOEXEC) != 0) ThrowErrno("making a pipe");
  UniqueFd in_read(in[0]);
  input_ = UniqueFd(in[1]);
  if (pipe2(out.data(), O_CLOEXEC) != 0) ThrowErrno("making a pipe");
  output_ = UniqueFd(out[0]);
  UniqueFd out_write(out[1]);

  Command command = plan.command;
  command.in = in_read.get();
  command.out = out_write.get();
  process_ = Process::Start(command);
  out_write.Reset();

  reader_.emplace(output_.get());
  loop_.Watch(output_.get(), [this] { ReadConsole(); });
}

Machine::~Machine() { loop_.Forget(output_.get()); }

void Machine::Type(const std::string& line) {
  const std::string text = line + "\n";
  if (write(input_.get(), text.data(), text.size()) < 0 && errno != EPIPE) {
    ThrowErrno("writing to the machine");
  }
}

std::vector<std::string> Machine::Tail(size_t count) const {
  const size_t first = tail_.size() > count ? tail_.size() - count : 0;
  return {tail_.begin() + static_cast<std::ptrdiff_t>(first), tail_.end()};
}

void Machine::ReadConsole() {
  for (const std::string& line : reader_->Read()) Take(line);
  log_.flush();
  if (!reader_->ended()) return;
  loop_.Forget(output_.get());
  const ExitStatus status = process_->Wait();
  if (!death_) death_ = process_->name() + " ended with status " + std::to_string(status);
}

void Machine::Take(const std::string& line) {
  log_ << line << '\n';
  if (line.find_first_not_of(' ') == std::string::npos) return;
  tail_.push_back(line);
  if (tail_.size() > kTailLines) tail_.pop_front();
  if (line.find("Linux version") != std::string::npos) linux_speaks_ = true;
  if (!death_ && SaysDeath(line)) death_ = line;
  if (on_line) on_line(line);
}

}  // namespace lab
