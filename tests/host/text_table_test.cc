// SPDX-License-Identifier: MIT
#include "logd/text_table.h"

#include <gtest/gtest.h>

#include "logd/display_width.h"
#include "logd/sink_display.h"

namespace s390log {
namespace {

using Align = TextTable::Align;

TextTable Example() {
  TextTable table({{"name"}, {"count", Align::kRight}, {"state"}});
  table.Add({"json /tmp/Löwe", uint64_t{7}, TextTable::Cell("up", Colour::kGreen)});
  table.Add({"a", uint64_t{18446744073709551615u}, "down: no space left on device"});
  return table;
}

TEST(DisplayWidth, IsThatOfATerminal) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("L\xc3\xb6we"), 4u);               // one sign of two bytes
  EXPECT_EQ(DisplayWidth("o\xcc\x88"), 1u);                 // a sign and what is put above it
  EXPECT_EQ(DisplayWidth("\xe6\x97\xa5\xe6\x9c\xac"), 4u);  // two of two columns each
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2u);                  // no UTF-8
  EXPECT_EQ(DisplayWidth(std::string("\xc3\xb6\0x", 4)), 3u);
}

TEST(TextTable, ColumnsAreAsWideAsWhatStandsInThem) {
  EXPECT_EQ(Example().Text({}),
            "name                           count  state\n"
            "json /tmp/Löwe                     7  up\n"
            "a               18446744073709551615  down: no space left on device\n");
}

TEST(TextTable, TooNarrowATerminalGetsBlocksAndNoValueIsBroken) {
  const std::string wide = Example().Text({false, 67});
  EXPECT_EQ(wide, Example().Text({}));
  EXPECT_EQ(Example().Text({false, 66}),
            "name   json /tmp/Löwe\n"
            "count  7\n"
            "state  up\n"
            "\n"
            "name   a\n"
            "count  18446744073709551615\n"
            "state  down: no space left on device\n");
}

TEST(TextTable, ColoursTakeNoRoom) {
  std::string coloured = Example().Text({true, 0});
  EXPECT_NE(coloured.find("\033[32mup\033[0m"), std::string::npos) << coloured;
  for (const char* code : {"\033[32m", "\033[1m", "\033[0m"}) {
    for (size_t at = coloured.find(code); at != std::string::npos; at = coloured.find(code))
      coloured.erase(at, std::string(code).size());
  }
  EXPECT_EQ(coloured, Example().Text({}));
}

TEST(TextTable, ControlCharactersForgeNothing) {
  TextTable table({{"a"}, {"b"}});
  table.Add({"x\n\033[2J", "y"});
  EXPECT_EQ(table.Text({}), "a             b\nx#012#033[2J  y\n");
}

TEST(SinkDisplay, ShowsWhatALogdSaysAndLeavesOutWhatItDoesNotKnow) {
  nlohmann::ordered_json stats;
  stats["sinks"] = {{{"name", "json -"},
                     {"up", false},
                     {"reason", "No space left on device"},
                     {"taken", 11},
                     {"undelivered", 3},
                     {"lag_seconds", 90.5},
                     {"repeated", 1}},
                    {{"name", "store"},
                     {"up", true},
                     {"reason", ""},
                     {"taken", 14},
                     {"undelivered", 0},
                     {"lag_seconds", 0.0},
                     {"repeated", 0}}};
  EXPECT_EQ(SinkDisplay(stats, {}),
            "sink    waiting  oldest  taken  repeated  state\n"
            "json -        3   2 min     11         1  down: No space left on device\n"
            "store         0       -     14         0  up\n");
  for (auto& sink : stats["sinks"]) sink["suppressed"] = 5;
  EXPECT_NE(SinkDisplay(stats, {}).find("taken  suppressed  repeated"), std::string::npos);
}

TEST(SinkDisplay, AgesAreRounded) {
  EXPECT_EQ(AgeText(0.3504), "350 ms");
  EXPECT_EQ(AgeText(1.54), "1.5 s");
  EXPECT_EQ(AgeText(720), "12 min");
  EXPECT_EQ(AgeText(5400), "1.5 h");
  EXPECT_EQ(AgeText(864'000), "10.0 days");
}

}  // namespace
}  // namespace s390log
