// SPDX-License-Identifier: MIT
//
// Allocations that fail while modules are loaded. None of ours may be loaded already.
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/guest/programs/faults/injector.h"
#include "tests/guest/programs/faults/kernel_module.h"

namespace s390log::test {
namespace {

int OpenErrno(const char* path) {
  const UniqueFd fd(open(path, O_RDWR | O_CLOEXEC));
  return fd ? 0 : errno;
}

std::string Contents(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The probes that are in place, ours and others, and the lines of the log that name tape_log.
size_t Probes() {
  const std::string list = Contents("/sys/kernel/debug/kprobes/list");
  return static_cast<size_t>(std::count(list.begin(), list.end(), '\n'));
}

class KernelLog {
 public:
  KernelLog() { lseek(fd_.Get(), 0, SEEK_END); }

  // Are there new lines with this word?
  bool Says(const std::string& word) {
    bool found = false;
    std::string record(8192, '\0');
    ssize_t got = 0;
    while ((got = read(fd_.Get(), record.data(), record.size())) > 0 || errno == EPIPE) {
      if (got > 0)
        found |= record.substr(0, static_cast<size_t>(got)).find(word) != std::string::npos;
      if (got <= 0) errno = 0;
    }
    return found;
  }

 private:
  UniqueFd fd_{open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
};

class ModuleFaults : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(kevent_.Loaded() || log_.Loaded() || tape_.Loaded()) << "unload them first";
  }
  void TearDown() override {
    tape_.Unload();
    log_.Unload();
    kevent_.Unload();
  }

  // Loads a module, which makes a device, with each allocation failing.
  void SweepDevice(const KernelModule& module, const std::string& parameters, const char* device) {
    const auto gone = [&](int) {
      EXPECT_FALSE(module.Loaded());
      EXPECT_EQ(ENOENT, OpenErrno(device)) << "half of it is there";
    };
    Sweep sweep = injector_.Each([&] { return module.Load(parameters); }, gone,
                                 [&] {
                                   EXPECT_EQ(0, OpenErrno(device)) << "loaded, but not there";
                                   EXPECT_EQ(0, module.Unload());
                                   gone(0);
                                 });
    EXPECT_GT(sweep.refused, 0);
  }

  Injector injector_;
  KernelModule kevent_{"kevent"};
  KernelModule log_{"s390_log"};
  KernelModule tape_{"tape_log"};
};

TEST_F(ModuleFaults, KeventIsLoadedWholeOrNotAtAll) { SweepDevice(kevent_, "", "/dev/kevent"); }

class LogModuleFaults : public ModuleFaults, public testing::WithParamInterface<const char*> {};

TEST_P(LogModuleFaults, S390LogIsLoadedWholeOrNotAtAll) {
  ASSERT_EQ(0, kevent_.Load(""));
  SweepDevice(log_, GetParam(), "/dev/s390_log");
  EXPECT_EQ(0, kevent_.Uses()) << "a load that failed still holds kevent";
}

INSTANTIATE_TEST_SUITE_P(Parameters, LogModuleFaults,
                         testing::Values("subbuf_size=4096 n_subbufs=2 mode=no-overwrite",
                                         "subbuf_size=8192 n_subbufs=4 mode=overwrite", ""));

TEST_F(ModuleFaults, TapeLogSaysWhatItIsWithoutOrIsNotLoaded) {
  ASSERT_EQ(0, kevent_.Load(""));
  ASSERT_EQ(0, log_.Load("subbuf_size=4096 n_subbufs=2"));
  const size_t before = Probes();
  ASSERT_EQ(0, tape_.Load(""));
  const size_t whole = Probes();
  ASSERT_EQ(0, tape_.Unload());
  ASSERT_GT(whole, before);
  ASSERT_EQ(before, Probes());

  KernelLog kernel;
  size_t partial = 0;
  injector_.Each([&] { return tape_.Load(""); },
                 [&](int) {
                   EXPECT_FALSE(tape_.Loaded());
                   EXPECT_EQ(before, Probes()) << "a probe without its module";
                   kernel.Says("");
                 },
                 [&] {
                   const bool said = kernel.Says("tape_log: ");
                   if (Probes() < whole) {
                     ++partial;
                     EXPECT_TRUE(said) << "a probe is missing, and nobody was told";
                   }
                   EXPECT_EQ(0, tape_.Unload());
                   EXPECT_EQ(before, Probes());
                 });
  fmt::print("    {} times without one of the probes, and said so\n", partial);
  EXPECT_EQ(0, log_.Uses()) << "a load that failed still holds s390_log";
}

}  // namespace
}  // namespace s390log::test
