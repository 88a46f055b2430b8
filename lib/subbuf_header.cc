// SPDX-License-Identifier: MIT
#include "s390log/subbuf_header.h"

#include <linux/s390_log.h>

namespace s390log {
namespace {

constexpr size_t kHeaderSize = 0x60;
constexpr size_t kUsedAt = 0x20;
static_assert(kHeaderSize == sizeof(s390_log_subbuf));

}  // namespace

std::variant<SubbufHeader, ParseFault> ParseSubbufHeader(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeaderSize) return ParseFault{FaultKind::kHeaderTruncated, 0};
  const std::optional<ByteOrder> order = OrderOfMagic(bytes, S390_LOG_SUBBUF_MAGIC);
  if (!order) return ParseFault{FaultKind::kBadMagic, 0};
  const Decoder decoder(bytes, *order);
  if (decoder.U16(0x04) != S390_LOG_ABI_VERSION) return ParseFault{FaultKind::kBadVersion, 0x04};

  SubbufHeader header;
  header.order = *order;
  header.header_size = decoder.U16(0x06);
  header.number = decoder.U64(0x08);
  header.first_sequence = SequenceNumber(decoder.U64(0x10));
  header.lost = decoder.U64(0x18);
  header.subbuf_size = decoder.U32(0x24);
  header.n_subbufs = decoder.U32(0x28);
  header.cpu = decoder.U32(0x2c);
  header.boot_id = BootId(bytes.subspan<0x30, BootId::kSize>());
  header.records = decoder.U64(0x40);
  if (header.header_size < kHeaderSize || header.header_size > header.subbuf_size ||
      header.header_size % S390_LOG_ALIGN != 0) {
    return ParseFault{FaultKind::kBadHeaderSize, 0x06};
  }
  return header;
}

uint32_t SubbufUsed(std::span<const std::byte> bytes, ByteOrder order) {
  return Decoder(bytes, order).U32(kUsedAt);
}

uint32_t LiveSubbufUsed(std::span<const std::byte> mapped) {
  const auto* word = reinterpret_cast<const uint32_t*>(mapped.subspan<kUsedAt, 4>().data());
  return __atomic_load_n(word, __ATOMIC_RELAXED);
}

}  // namespace s390log
