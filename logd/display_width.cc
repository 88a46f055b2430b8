// SPDX-License-Identifier: MIT
#include "logd/display_width.h"

#include <clocale>
#include <cwchar>

namespace s390log {
namespace {

// The locale for as long as it lives, whatever the user's is; the user's if there is none.
class Utf8 {
 public:
  Utf8() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = ::uselocale(locale_);
  }
  ~Utf8() {
    if (locale_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  Utf8(const Utf8&) = delete;
  Utf8& operator=(const Utf8&) = delete;

 private:
  locale_t locale_;
  locale_t before_ = nullptr;
};

bool IsAscii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  if (IsAscii(text)) return text.size();
  const Utf8 utf8;
  size_t width = 0;
  std::mbstate_t state{};
  while (!text.empty()) {
    wchar_t sign = 0;
    size_t bytes = std::mbrtowc(&sign, text.data(), text.size(), &state);
    const bool valid = bytes != 0 && bytes <= text.size();
    if (!valid) {
      state = {};
      bytes = 1;
    }
    const int columns = valid ? ::wcwidth(sign) : 1;
    width += static_cast<size_t>(columns < 0 ? 1 : columns);
    text.remove_prefix(bytes);
  }
  return width;
}

}  // namespace s390log
