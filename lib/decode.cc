// SPDX-License-Identifier: MIT
#include "s390log/decode.h"

namespace s390log {

std::optional<ByteOrder> OrderOfMagic(std::span<const std::byte> bytes, uint32_t magic) {
  if (bytes.size() < 4) return std::nullopt;
  for (ByteOrder order : {ByteOrder::kBig, ByteOrder::kLittle}) {
    if (Decoder(bytes, order).U32(0) == magic) return order;
  }
  return std::nullopt;
}

}  // namespace s390log
