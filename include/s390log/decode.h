// SPDX-License-Identifier: MIT
// Explicit readers for numbers in a buffer. All decoding of records, headers and payloads goes
// through this file: a buffer is never cast to a struct, and the byte order is always said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

  uint8_t U8(size_t offset) const { return std::to_integer<uint8_t>(Bytes(offset, 1)[0]); }
  uint16_t U16(size_t offset) const { return Read<uint16_t>(offset); }
  uint32_t U32(size_t offset) const { return Read<uint32_t>(offset); }
  uint64_t U64(size_t offset) const { return Read<uint64_t>(offset); }

  std::span<const std::byte> Bytes(size_t offset, size_t length) const {
    Require(offset, length);
    return bytes_.subspan(offset, length);
  }

 private:
  void Require(size_t offset, size_t length) const {
    if (!Holds(offset, length)) std::abort();
  }

  static constexpr uint16_t Swap(uint16_t value) { return __builtin_bswap16(value); }
  static constexpr uint32_t Swap(uint32_t value) { return __builtin_bswap32(value); }
  static constexpr uint64_t Swap(uint64_t value) { return __builtin_bswap64(value); }

  template <typename Word>
  Word Read(size_t offset) const {
    Require(offset, sizeof(Word));
    Word word;
    std::memcpy(&word, bytes_.data() + offset, sizeof(Word));
    return order_ == kNativeOrder ? word : Swap(word);
  }

  std::span<const std::byte> bytes_;
  ByteOrder order_;
};

// The byte order in which the first four bytes spell the magic number; nothing if in neither.
std::optional<ByteOrder> OrderOfMagic(std::span<const std::byte> bytes, uint32_t magic);

}  // namespace s390log
