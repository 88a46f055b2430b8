// SPDX-License-Identifier: MIT
// Explicit readers for numbers in a buffer. All decoding of records, headers and payloads goes
// through this file: a buffer is never cast to a struct, and the byte order is always said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>

namespace s390log {

enum class ByteOrder { kBig, kLittle };

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
inline constexpr ByteOrder kNativeOrder = ByteOrder::kBig;
#else
inline constexpr ByteOrder kNativeOrder = ByteOrder::kLittle;
#endif

// A window on bytes of one byte order. Callers check Holds() (or size()) before they read; a read
// past the end is a fault of the program and ends it, it never touches what lies behind.
class Decoder {
 public:
  Decoder(std::span<const std::byte> bytes, ByteOrder order) : bytes_(bytes), order_(order) {}

  size_t Size() const { return bytes_.size(); }
  ByteOrder Order() const { return order_; }

  bool Holds(size_t offset, size_t length) const {
    return offset <= bytes_.size() && length <= bytes_.size() - offset;
  }

  uint8_t U8(size_t offset) const { return static_cast<uint8_t>(Read<1>(offset)); }
  uint16_t U16(size_t offset) const { return static_cast<uint16_t>(Read<2>(offset)); }
  uint32_t U32(size_t offset) const { return static_cast<uint32_t>(Read<4>(offset)); }
  uint64_t U64(size_t offset) const { return Read<8>(offset); }

  std::span<const std::byte> Bytes(size_t offset, size_t length) const {
    Require(offset, length);
    return bytes_.subspan(offset, length);
  }

 private:
  void Require(size_t offset, size_t length) const {
    if (!Holds(offset, length)) std::abort();
  }

  // Written as shifts; compilers make one load, with a byte swap where it is needed.
  template <size_t kBytes>
  uint64_t Read(size_t offset) const {
    Require(offset, kBytes);
    const std::byte* at = bytes_.data() + offset;
    uint64_t value = 0;
    if (order_ == ByteOrder::kBig) {
      for (size_t i = 0; i < kBytes; ++i) value = value << 8 | std::to_integer<uint64_t>(at[i]);
    } else {
      for (size_t i = kBytes; i-- > 0;) value = value << 8 | std::to_integer<uint64_t>(at[i]);
    }
    return value;
  }

  std::span<const std::byte> bytes_;
  ByteOrder order_;
};

// The byte order in which the first four bytes spell the magic number; nothing if in neither.
std::optional<ByteOrder> OrderOfMagic(std::span<const std::byte> bytes, uint32_t magic);

}  // namespace s390log
