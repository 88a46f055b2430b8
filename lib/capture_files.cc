// SPDX-License-Identifier: MIT
#include "s390log/capture_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace s390log {
namespace {

constexpr std::string_view kPrefix = "cpu";

struct PartName {
  uint32_t cpu;
  std::optional<uint64_t> index;
};

// The whole of `text` as a number.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Only a name that we would give ourselves: "cpu01" is not one.
std::optional<PartName> ParsePartName(const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::string_view rest = std::string_view(name).substr(kPrefix.size());
  const size_t dot = rest.find('.');
  const auto cpu = ParseNumber<uint32_t>(rest.substr(0, dot));
  if (!cpu || *cpu >= kMaxCaptureCpus) return std::nullopt;
  PartName part{*cpu, std::nullopt};
  if (dot != std::string_view::npos) part.index = ParseNumber<uint64_t>(rest.substr(dot + 1));
  if (CapturePartName(part.cpu, part.index) != name) return std::nullopt;
  return part;
}

}  // namespace

std::string CapturePartName(uint32_t cpu, std::optional<uint64_t> index) {
  return index ? fmt::format("{}{}.{:06}", kPrefix, cpu, *index)
               : fmt::format("{}{}", kPrefix, cpu);
}

CaptureListing ListCapture(const std::string& folder) {
  CaptureListing listing;
  std::error_code error;
  const std::filesystem::directory_iterator entries(folder, error);
  if (error) throw std::system_error(error, "cannot read " + folder);
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name == kCapturePositions) listing.positions = entry.path().string();
    const auto part = ParsePartName(name);
    if (part) listing.cpus[part->cpu].push_back({entry.path().string(), part->index});
  }
  for (auto& [cpu, parts] : listing.cpus) {
    std::sort(parts.begin(), parts.end(),
              [](const CapturePart& a, const CapturePart& b) { return a.index < b.index; });
  }
  return listing;
}

}  // namespace s390log
