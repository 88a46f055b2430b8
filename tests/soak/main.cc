// SPDX-License-Identifier: MIT
// soak: a verdict on the books after hours of trouble. `make soak` says how it is run.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "hercules/src/error.h"
#include "hercules/src/interrupt.h"
#include "hercules/src/progress.h"
#include "tests/soak/soak.h"

namespace lab {

namespace {

std::string FromEnvironment(const char* name, const std::string& otherwise) {
  const char* set = getenv(name);
  return set == nullptr || *set == '\0' ? otherwise : set;
}

uint64_t NumberOf(const char* name, uint64_t otherwise) {
  const std::string text = FromEnvironment(name, std::to_string(otherwise));
  try {
    return std::stoull(text);
  } catch (const std::exception&) {
    throw LabError(ExitCode::kUsage, fmt::format("{}={} is no number", name, text));
  }
}

SoakOptions Options() {
  SoakOptions options;
  const std::string tier = FromEnvironment("TIER", "qemu");
  if (tier != "qemu" && tier != "hercules") {
    throw LabError(ExitCode::kUsage, "TIER is qemu or hercules, not " + tier);
  }
  options.machine = tier == "qemu" ? MachineKind::kQemu : MachineKind::kHercules;
  options.kernel = FromEnvironment("KERNEL", options.kernel);
  options.duration =
      std::chrono::hours(NumberOf("HOURS", 0)) + std::chrono::minutes(NumberOf("MINUTES", 0));
  if (options.duration.count() == 0) options.duration = std::chrono::hours(1);
  options.seed = NumberOf("SEED", std::random_device()());
  return options;
}

void Print(const std::string& line) { std::cout << line << std::endl; }

int Main() {
  const SoakOptions options = Options();
  const std::string again = fmt::format(
      "SEED={} TIER={} KERNEL={} MINUTES={}", options.seed, NameOf(options.machine), options.kernel,
      std::chrono::duration_cast<std::chrono::minutes>(options.duration).count());
  Print("soak: " + again);
  NoteInterrupts();
  Lab lab = Lab::Up(SoakGuest(options), Lifetime::kOwned, ProgressOnTerminal());
  std::vector<std::string> failures;
  try {
    failures = Soak(lab, options, Print).Run();
  } catch (const LabError& error) {
    if (error.code() == ExitCode::kInterrupted) throw;
    failures.push_back(error.what());
  }
  for (const std::string& line : lab.Complaints()) failures.push_back("guest kernel: " + line);
  for (const std::string& line : failures) Print("FAULT: " + line);
  Print("logs: " + lab.layout().State().string());
  Print(fmt::format("{}: {}", failures.empty() ? "PASSED" : "FAILED", again));
  return failures.empty() ? 0 : 1;
}

}  // namespace

}  // namespace lab

int main(int argc, char**) {
  if (argc > 1) {
    std::cerr
        << "soak: takes no arguments but from the environment: HOURS, MINUTES, TIER, SEED, KERNEL"
        << std::endl;
    return static_cast<int>(lab::ExitCode::kUsage);
  }
  try {
    return lab::Main();
  } catch (const lab::LabError& error) {
    std::cerr << "soak: " << error.what() << std::endl;
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    std::cerr << "soak: " << error.what() << std::endl;
    return 1;
  }
}
