// SPDX-License-Identifier: MIT
#include "hercules/src/receiver.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <fstream>

#include "hercules/src/error.h"
#include "hercules/src/port.h"
#include "hercules/src/spec.h"
#include "hercules/src/unique_fd.h"

namespace lab {

namespace {

constexpr seconds kStartLimit(20);

constexpr char kConfig[] = R"(# Made by the lab.
global(workDirectory="{dir}" maxMessageSize="64k")
module(load="imtcp")
template(name="asItCame" type="string" string="%rawmsg%\n")
ruleset(name="guest") {{
  action(type="omfile" file="{file}" template="asItCame")
}}
input(type="imtcp" port="{port}" ruleset="guest")
)";

}  // namespace

Process StartReceiver(Loop& loop, const Layout& layout) {
  const fs::path dir = layout.State() / "rsyslog";
  fs::create_directories(dir);
  std::ofstream(layout.SyslogFile(), std::ios::app).close();
  std::ofstream(dir / "rsyslog.conf")
      << fmt::format(kConfig, fmt::arg("dir", dir.string()),
                     fmt::arg("file", layout.SyslogFile().string()), fmt::arg("port", kSyslogPort));

  const UniqueFd log(open((dir / "log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  Process process =
      Process::Start({.argv = {"rsyslogd", "-n", "-f", dir / "rsyslog.conf", "-i", dir / "pid"},
                      .directory = dir,
                      .out = log.get(),
                      .err = log.get()});
  const bool listening =
      loop.RunUntil([&] { return PortAnswers("127.0.0.1", kSyslogPort) || process.Poll(); },
                    Deadline(kStartLimit));
  if (!listening || process.Poll()) {
    throw LabError(ExitCode::kSurroundings,
                   "rsyslogd did not start; its reasons are in " + (dir / "log").string());
  }
  return process;
}

}  // namespace lab
