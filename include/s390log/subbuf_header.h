// SPDX-License-Identifier: MIT
// The header at the beginning of each sub-buffer.
#pragma once

#include <cstdint>
#include <span>
#include <variant>

#include "s390log/boot_id.h"
#include "s390log/decode.h"
#include "s390log/parse_fault.h"
#include "s390log/sequence_number.h"

namespace s390log {

struct SubbufHeader {
  ByteOrder order;
  uint16_t header_size;
  uint64_t number;
  SequenceNumber first_sequence;
  uint64_t lost;
  uint32_t subbuf_size;
  uint32_t n_subbufs;
  uint32_t cpu;
  BootId boot_id;
  uint64_t records;
};

// `bytes` is the whole sub-buffer, or as much of it as there is. `used` is not looked at: in a live
// buffer the writer may be setting it.
std::variant<SubbufHeader, ParseFault> ParseSubbufHeader(std::span<const std::byte> bytes);

// The word that ParseSubbufHeader() leaves alone; for a sub-buffer that is known to be closed.
uint32_t SubbufUsed(std::span<const std::byte> bytes, ByteOrder order);

// The same of a mapped sub-buffer, which its writer may be closing: the word before, or after.
uint32_t LiveSubbufUsed(std::span<const std::byte> mapped);

}  // namespace s390log
