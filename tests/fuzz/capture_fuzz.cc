// SPDX-License-Identifier: MIT
// The files of a capture, from anybody: replay says what it finds, in order, and its books balance.
//
// The input: for each file a byte that names it, a 16-bit length, and so many bytes.
#include <filesystem>
#include <fstream>

#include "s390log/capture_files.h"
#include "s390log/capture_reader.h"
#include "s390log/payload.h"
#include "tests/fuzz/input_reader.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

namespace fs = std::filesystem;

std::string NameOfFile(uint8_t number) {
  if (number % 16 == 15) return kCapturePositions;
  const uint32_t cpu = number % 4;
  if (number % 16 < 4) return CapturePartName(cpu, {});
  return CapturePartName(cpu, number / 4 % 4);
}

void WriteFiles(const std::string& folder, FuzzInput input) {
  constexpr int kMostFiles = 8;
  InputReader reader(input);
  for (int i = 0; i < kMostFiles && !reader.Empty(); ++i) {
    const std::string name = NameOfFile(reader.Take<uint8_t>());
    const std::string text = reader.Text(reader.Take<uint16_t>());
    std::ofstream(folder + "/" + name, std::ios::binary) << text;
  }
}

uint64_t Replay(CaptureReader& reader) {
  uint64_t sum = 0;
  std::optional<SequenceNumber> expected;
  while (const auto item = reader.Next()) {
    const Record* record = std::get_if<Record>(&*item);
    const SequenceNumber first = record ? record->sequence : std::get<Missing>(*item).first;
    const SequenceNumber last = record ? first : std::get<Missing>(*item).last;
    Require(!expected || first == *expected, "items follow on each other");
    Require(first <= last, "a hole ends after it begins");
    sum += CountOf(first, last);
    expected = last.Next();
    if (record) FieldsOf(DecodePayload(*record));
  }
  return sum;
}

}  // namespace
}  // namespace s390log

FUZZ_TARGET(capture)(s390log::FuzzInput input) {
  using namespace s390log;
  TempDir dir;
  const std::string folder = dir.File("capture");
  fs::create_directory(folder);
  WriteFiles(folder, input);
  std::optional<CaptureReader> reader;
  try {
    reader.emplace(folder, [](const CaptureFault& fault) {
      Require(!fault.what.empty() && !fault.file.empty(), "a fault is named and located");
    });
  } catch (const BrokenPromise&) {
    throw;
  } catch (const std::runtime_error&) {
    return;  // no capture
  }
  const uint64_t told = Replay(*reader);
  Require(reader->Before() + told == reader->Emitted().Value(), "the books balance");
}
