// SPDX-License-Identifier: MIT
// A table for eyes. Columns are as wide as what stands in them, so nothing is cut off. On a
// terminal that is too narrow for the table each row becomes a block of lines, so that no value is
// broken.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "logd/style.h"

namespace s390log {

class TextTable {
 public:
  enum class Align { kLeft, kRight };

  struct Column {
    std::string name;
    Align align = Align::kLeft;
  };

  struct Cell {
    Cell(std::string content, Colour paint = Colour::kNone)  // NOLINT: a text is a cell
        : text(std::move(content)), colour(paint) {}
    Cell(const char* content) : text(content) {}             // NOLINT: so is this
    Cell(uint64_t number) : text(std::to_string(number)) {}  // NOLINT: and this

    std::string text;
    Colour colour = Colour::kNone;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // A cell for each column. Control characters are shown as #011.
  void Add(std::vector<Cell> row);

  std::string Text(const Style& style) const;

 private:
  std::vector<size_t> Widths() const;
  std::string Line(const std::vector<Cell>& row, const std::vector<size_t>& widths,
                   const Style& style) const;
  std::string Blocks(const Style& style) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace s390log
