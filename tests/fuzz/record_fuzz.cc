// SPDX-License-Identifier: MIT
// A sub-buffer as it lies in a file or a mapping: its header, its records, their payloads.
#include <linux/s390_log.h>

#include <algorithm>

#include "s390log/message.h"
#include "s390log/payload.h"
#include "s390log/record.h"
#include "s390log/subbuf_header.h"
#include "tests/fuzz/target.h"

namespace s390log {
namespace {

bool Within(FuzzInput part, FuzzInput whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void Walk(FuzzInput input, size_t offset, ByteOrder order) {
  RecordParser parser(input, offset, order);
  SequenceNumber last;
  size_t before = parser.Offset();
  while (const auto record = parser.Next()) {
    Require(Within(record->payload, input), "a payload lies in the input");
    const bool aligned = parser.Offset() % S390_LOG_ALIGN == 0 || parser.Offset() == input.size();
    Require(parser.Offset() > before && aligned, "each record is behind the one before");
    Require(record->sequence > last, "numbers rise");
    last = record->sequence;
    before = parser.Offset();
    FieldsOf(DecodePayload(*record));
  }
  Require(parser.Fault() || parser.Offset() >= input.size(),
          "what is not read to its end has a fault");
}

}  // namespace
}  // namespace s390log

FUZZ_TARGET(record)(s390log::FuzzInput input) {
  using namespace s390log;
  size_t offset = 0;
  ByteOrder order = kNativeOrder;
  const auto header = ParseSubbufHeader(input);
  if (const auto* parsed = std::get_if<SubbufHeader>(&header)) {
    offset = std::min<size_t>(parsed->header_size, input.size());
    order = parsed->order;
    const uint32_t used = SubbufUsed(input, order);
    if (used >= offset && used <= input.size()) input = input.first(used);
  }
  Walk(input, offset, order);
  Walk(input, 0, ByteOrder::kBig);
  Walk(input, 0, ByteOrder::kLittle);
}
