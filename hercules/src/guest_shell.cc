// SPDX-License-Identifier: MIT
#include "hercules/src/guest_shell.h"

#include <fcntl.h>
#include <fmt/core.h>

#include "hercules/src/spec.h"
#include "hercules/src/unique_fd.h"

namespace lab {

namespace {

// The name of a Unix socket has at most 108 bytes, and a source tree may lie deep: ssh runs in the
// state directory and gets a short name.
std::vector<std::string> Ssh(const Layout& layout) {
  return {"ssh", "-F", "none", "-S", layout.SshSocket().filename(), "-o", "LogLevel=ERROR"};
}

std::string GuestUser() { return fmt::format("root@{}", kGuestAddress); }

}  // namespace

Process StartConnection(const Layout& layout) {
  Command command{.argv = Ssh(layout), .directory = layout.State(), .user = CallingUser()};
  const fs::path known_hosts = Layout::Keys() / "known_hosts";
  for (const std::string& word :
       {std::string("-M"), std::string("-N"), std::string("-i"),
        (Layout::Keys() / "operator").string(), std::string("-o"),
        std::string("IdentitiesOnly=yes"), std::string("-o"), std::string("BatchMode=yes"),
        std::string("-o"), std::string("ConnectTimeout=20"), std::string("-o"),
        fmt::format("UserKnownHostsFile=\"{}\"", known_hosts.string()), std::string("-o"),
        std::string("StrictHostKeyChecking=yes"), GuestUser()}) {
    command.argv.push_back(word);
  }
  const UniqueFd log(
      open((layout.State() / "ssh.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  command.out = command.err = log.get();
  return Process::Start(command);
}

Command InGuest(const Layout& layout, const std::string& line, bool tty) {
  Command command{.argv = Ssh(layout), .directory = layout.State()};
  if (tty) command.argv.push_back("-t");
  // Should the connection be gone, ssh must not try to make one of its own.
  command.argv.insert(command.argv.end(), {"-o", "ProxyCommand=false", GuestUser()});
  if (!line.empty()) command.argv.push_back(line);
  return command;
}

}  // namespace lab
