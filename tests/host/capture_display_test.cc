// SPDX-License-Identifier: MIT
#include "logd/capture_display.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "s390log/unique_fd.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

const std::vector<CaptureReport> kCpus = {{0, 1000, 64000, 0, 0}, {3, 234, 1 << 20, 7, 2}};

TEST(CaptureDisplay, SizesAreRounded) {
  EXPECT_EQ(SizeText(0), "0 B");
  EXPECT_EQ(SizeText(1023), "1023 B");
  EXPECT_EQ(SizeText(1536), "1.5 KiB");
  EXPECT_EQ(SizeText(uint64_t{5} << 30), "5.0 GiB");
  EXPECT_EQ(SizeText(UINT64_MAX), "16777216.0 TiB");
}

TEST(CaptureDisplay, LineHasTheSumAndEachCpu) {
  EXPECT_EQ(CaptureLine(kCpus, 0),
            "1234 records, 1.1 MiB, 7 missed, 2 dropped"
            " | cpu0 1000 records, 62.5 KiB, 0 missed"
            " | cpu3 234 records, 1.0 MiB, 7 missed, 2 dropped");
}

TEST(CaptureDisplay, LineIsNeverWiderThanTheTerminal) {
  EXPECT_EQ(CaptureLine(kCpus, 90),
            "1234 records, 1.1 MiB, 7 missed, 2 dropped"
            " | cpu0 1000 records, 62.5 KiB, 0 missed | ...");
  for (size_t width = 1; width < 150; ++width) EXPECT_LE(CaptureLine(kCpus, width).size(), width);
}

TEST(CaptureDisplay, SummaryHasARowForEachCpuAndTheSum) {
  EXPECT_EQ(CaptureSummary(kCpus),
            "CPU         records           bytes      missed     dropped\n"
            "0              1000           64000           0           0\n"
            "3               234         1048576           7           2\n"
            "all            1234         1112576           7           2\n");
}

TEST(CaptureDisplay, FileGetsALineNowAndThen) {
  TempDir dir;
  const UniqueFd fd(::open(dir.File("out").c_str(), O_RDWR | O_CREAT, 0600));
  CaptureDisplay display(fd.Get(), false);
  display.Show(kCpus, true);
  display.Show(kCpus, false);  // too soon
  display.End();
  EXPECT_EQ(Contents(dir.File("out")), CaptureLine(kCpus, 0) + "\n");
}

TEST(CaptureDisplay, QuietIsQuiet) {
  TempDir dir;
  const UniqueFd fd(::open(dir.File("out").c_str(), O_RDWR | O_CREAT, 0600));
  CaptureDisplay display(fd.Get(), true);
  display.Show(kCpus, true);
  display.End();
  EXPECT_EQ(Contents(dir.File("out")), "");
}

// A terminal may hand it over in pieces.
std::string Received(int fd, size_t size) {
  std::string text(size, '\0');
  size_t length = 0;
  pollfd readable{fd, POLLIN, 0};
  while (length < size && ::poll(&readable, 1, 10'000) == 1) {
    const ssize_t count = ::read(fd, text.data() + length, size - length);
    if (count <= 0) break;
    length += static_cast<size_t>(count);
  }
  text.resize(length);
  return text;
}

TEST(CaptureDisplay, TerminalsLineIsRewrittenInPlace) {
  const UniqueFd other(::posix_openpt(O_RDWR | O_NOCTTY));
  ASSERT_TRUE(other);
  ASSERT_EQ(::grantpt(other.Get()), 0);
  ASSERT_EQ(::unlockpt(other.Get()), 0);
  const UniqueFd terminal(::open(::ptsname(other.Get()), O_RDWR | O_NOCTTY));
  const winsize size{24, 60, 0, 0};
  ASSERT_EQ(::ioctl(terminal.Get(), TIOCSWINSZ, &size), 0);
  CaptureDisplay display(terminal.Get(), false);
  display.Show(kCpus, true);
  display.Show(kCpus, true);
  const std::string line = "\r" + CaptureLine(kCpus, 59) + "\033[K";
  EXPECT_EQ(Received(other.Get(), 2 * line.size()), line + line);
}

}  // namespace
}  // namespace s390log
