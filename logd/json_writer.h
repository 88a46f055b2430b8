// SPDX-License-Identifier: MIT
// One JSON object, written straight into a text: for what is written a million times a second,
// where a document in memory would cost more than all the rest. Keys are the caller's, and plain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace s390log {

class JsonWriter {
 public:
  // Begins an object at the end of `out`, which outlives this.
  explicit JsonWriter(std::string& out) : out_(out) { out_ += '{'; }

  // `value` is valid UTF-8.
  void Text(std::string_view key, std::string_view value);
  // The same of what `append` adds to the text that it is called with.
  template <typename Append>
  void TextFrom(std::string_view key, Append&& append) {
    Key(key);
    out_ += '"';
    const size_t begin = out_.size();
    append(out_);
    EscapeFrom(begin);
    out_ += '"';
  }
  void Number(std::string_view key, uint64_t value);
  void Flag(std::string_view key, bool value);
  void Null(std::string_view key);

  // An object in this one, until End().
  void Object(std::string_view key);
  void End() { out_ += '}'; }

 private:
  void Key(std::string_view key);
  void Escape(std::string_view text);
  void EscapeFrom(size_t begin);  // what is in out_ already

  std::string& out_;
};

}  // namespace s390log
