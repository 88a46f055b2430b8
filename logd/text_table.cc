// SPDX-License-Identifier: MIT
#include "logd/text_table.h"

#include <algorithm>
#include <numeric>

#include "logd/display_width.h"
#include "logd/syslog_format.h"

namespace s390log {
namespace {

constexpr size_t kGap = 2;  // between columns

std::string Spaces(size_t width, const std::string& text) {
  const size_t taken = DisplayWidth(text);
  return std::string(width > taken ? width - taken : 0, ' ');
}

}  // namespace

void TextTable::Add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = EscapeControl(cell.text);
  row.resize(columns_.size(), Cell(""));
  rows_.push_back(std::move(row));
}

std::vector<size_t> TextTable::Widths() const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = DisplayWidth(columns_[i].name);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i].text));
    widths.push_back(width);
  }
  return widths;
}

// Nothing stands behind the last text of a line.
std::string TextTable::Line(const std::vector<Cell>& row, const std::vector<size_t>& widths,
                            const Style& style) const {
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) {
    const std::string spaces = Spaces(widths[i], row[i].text);
    const std::string text = style.Paint(row[i].text, row[i].colour);
    const bool right = columns_[i].align == Align::kRight;
    line += right ? spaces + text : text + spaces;
    if (i + 1 < row.size()) line.append(kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line += '\n';
}

std::string TextTable::Blocks(const Style& style) const {
  size_t width = 0;
  for (const Column& column : columns_) width = std::max(width, DisplayWidth(column.name));
  std::string text;
  for (const auto& row : rows_) {
    if (!text.empty()) text += '\n';
    for (size_t i = 0; i < row.size(); ++i) {
      text += style.Paint(columns_[i].name, Colour::kBold) + Spaces(width + kGap, columns_[i].name);
      text += style.Paint(row[i].text, row[i].colour) + '\n';
    }
  }
  return text;
}

std::string TextTable::Text(const Style& style) const {
  const std::vector<size_t> widths = Widths();
  const size_t total = std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  if (style.width > 0 && total > style.width) return Blocks(style);
  std::vector<Cell> head;
  for (const Column& column : columns_) head.emplace_back(column.name, Colour::kBold);
  std::string text = Line(head, widths, style);
  for (const auto& row : rows_) text += Line(row, widths, style);
  return text;
}

}  // namespace s390log
