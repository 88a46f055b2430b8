// SPDX-License-Identifier: MIT
//
// The example of docs/format.md: its bytes are a capture, and replay to what the page says. And the
// same capture as a machine of the other byte order would have made it.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "logd/replay_command.h"
#include "tests/host/bytes.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

constexpr char kPage[] = "docs/format.md";

// From little-endian s390x, if there were one.
constexpr char kLittleCpu0[] = R"(
4c 30 39 73                                      # 00 magic "s90L", backwards
01 00                                            # 04 version
60 00                                            # 06 the first record is at 0x60
00 00 00 00 00 00 00 00                          # 08 number
01 00 00 00 00 00 00 00                          # 10 first sequence
00 00 00 00 00 00 00 00                          # 18 lost
00 00 00 00                                      # 20 used: open
00 00 01 00                                      # 24 subbuf size
10 00 00 00                                      # 28 n_subbufs
00 00 00 00                                      # 2c cpu
a3 52 89 a3 92 20 4b b1 b9 71 32 7f f0 c5 4c c8  # 30 boot id
... 60                                           # 40 records, reserved
25 00 00 00                                      # 60 length
00 00 00 80                                      # 64 KEVENT_S390_TEXT
01 00 00 00 00 00 00 00                          # 68 sequence
12 b6 83 34 ca 9a ea 18                          # 70 time
00 00 00 00                                      # 78 no device
00 00 00 00                                      # 7c cpu, flags
68 65 6c 6c 6f 00 00 00                          # 80 "hello", padding
31 00 00 00                                      # 88 length
00 00 00 80                                      # 8c KEVENT_S390_TEXT
03 00 00 00 00 00 00 00                          # 90 sequence
d9 d8 24 38 ca 9a ea 18                          # 98 time
00 00 00 00 00 00 00 00                          # a0 device, cpu, flags
61 6e 64 20 6e 6f 77 20 69 74 20 69 73 20 6e 6f  # a8 "and now it is no"
74 00 00 00 00 00 00 00                          # b8 "t", padding
)";

constexpr char kLittleCpu1[] = R"(
4c 30 39 73 01 00 60 00                          # 00 magic, version, header size
00 00 00 00 00 00 00 00                          # 08 number
01 00 00 00 00 00 00 00                          # 10 first sequence
00 00 00 00 00 00 00 00                          # 18 lost
00 00 00 00 00 00 01 00                          # 20 open, subbuf size
10 00 00 00 01 00 00 00                          # 28 n_subbufs, cpu
a3 52 89 a3 92 20 4b b1 b9 71 32 7f f0 c5 4c c8  # 30 boot id
... 60
3b 00 00 00 00 00 00 80                          # 60 length, KEVENT_S390_TEXT
02 00 00 00 00 00 00 00                          # 68 sequence
72 d9 a1 36 ca 9a ea 18                          # 70 time
00 00 00 00 01 00 00 00                          # 78 device, cpu, flags
64 72 69 76 65 20 30 35 38 30 20 69 73 20        # 80 "drive 0580 is "
62 65 69 6e 67 20 63 6c 65 61 6e 65 64           # 8e "being cleaned"
00 00 00 00 00
)";

constexpr char kLittlePositions[] = R"(
50 30 39 73 01 00 00 00                          # 00 magic "s90P", backwards; version
00 01 00 00 00 01 00 00                          # 08 header size, CPU size
02 00 00 00 00 00 00 00                          # 10 CPUs, reserved
a3 52 89 a3 92 20 4b b1 b9 71 32 7f f0 c5 4c c8  # 18 boot id
... 80
03 00 00 00 00 00 00 00                          # 80 sequence
... 108
c0 00 00 00 00 00 00 00                          # 108 position of CPU 0
... 120
02 00 00 00 00 00 00 00                          # 120 records
01 00 00 00 00 00 00 00                          # 128 begun
... 208
a0 00 00 00 00 00 00 00                          # 208 position of CPU 1
... 220
01 00 00 00 00 00 00 00                          # 220 records
01 00 00 00 00 00 00 00                          # 228 begun
... 300
)";

// "... 60" is zeros up to 0x60.
std::vector<std::byte> BytesOf(const std::string& text) {
  std::vector<std::byte> bytes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("... ")) {
      bytes.resize(std::stoul(line.substr(4), nullptr, 16));
    } else {
      const std::vector<std::byte> more = Hex(line);
      bytes.insert(bytes.end(), more.begin(), more.end());
    }
  }
  return bytes;
}

// The fenced blocks of the page: "hex cpu0", "text". A block of hex is named by the line above.
std::map<std::string, std::string> BlocksOfPage() {
  std::map<std::string, std::string> blocks;
  std::ifstream page(kPage);
  std::string name;
  std::string* block = nullptr;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("The file `")) name = line.substr(10, line.rfind('`') - 10);
    if (line == "```hex") {
      block = &blocks[name];
    } else if (line == "```text") {
      block = &blocks["text"];
    } else if (line == "```") {
      block = nullptr;
    } else if (block != nullptr) {
      *block += line + '\n';
    }
  }
  return blocks;
}

std::string ReplayOf(const std::map<std::string, std::string>& files) {
  const TempDir folder;
  for (const auto& [name, hex] : files) {
    const std::vector<std::byte> bytes = BytesOf(hex);
    std::ofstream(folder.File(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  const std::string printed = folder.File("printed");
  std::FILE* to = std::fopen(printed.c_str(), "w");
  ReplayOptions options;
  options.folder = folder.File("");
  EXPECT_EQ(RunReplay(options, to), 0);
  std::fclose(to);
  return Contents(printed);
}

TEST(FormatPage, ExampleReplaysToWhatItSays) {
  auto blocks = BlocksOfPage();
  const std::string text = blocks["text"];
  ASSERT_NE(text, "") << "run the tests where " << kPage << " is";
  blocks.erase("text");
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(BytesOf(blocks["cpu0"]).size(), 192u);
  EXPECT_EQ(BytesOf(blocks["cpu1"]).size(), 160u);
  EXPECT_EQ(BytesOf(blocks["positions"]).size(), 768u);
  EXPECT_EQ(ReplayOf(blocks), text);
}

TEST(FormatPage, ExampleOfTheOtherByteOrderReplaysToTheSame) {
  const std::map<std::string, std::string> files = {
      {"cpu0", kLittleCpu0}, {"cpu1", kLittleCpu1}, {"positions", kLittlePositions}};
  EXPECT_EQ(ReplayOf(files), BlocksOfPage()["text"]);
}

}  // namespace
}  // namespace s390log
