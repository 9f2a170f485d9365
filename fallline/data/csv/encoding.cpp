// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace fallline {

namespace {

constexpr std::array<std::string_view, 4> names{"utf-8", "latin1", "windows-1252", "utf-16"};

struct OtherName {
  std::string_view name;
  TextEncoding encoding;
};
constexpr std::array other_names{
    OtherName{"utf8", TextEncoding::utf8},         OtherName{"latin-1", TextEncoding::latin1},
    OtherName{"iso-8859-1", TextEncoding::latin1}, OtherName{"cp1252", TextEncoding::windows1252},
    OtherName{"utf16", TextEncoding::utf16},
};

}  // namespace

std::string_view encoding_name(TextEncoding encoding) { return names[static_cast<std::size_t>(encoding)]; }

std::optional<TextEncoding> encoding_named(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (lower == names[i]) {
      return static_cast<TextEncoding>(i);
    }
  }
  for (const OtherName& other : other_names) {
    if (lower == other.name) {
      return other.encoding;
    }
  }
  return std::nullopt;
}

namespace csv {

namespace {

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

}  // namespace

std::string encoding_names() { return fmt::format("{}", fmt::join(names, ", ")); }

std::size_t valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte_at(text, i);
    const std::size_t length =
        lead < 0x80 ? 1 : (lead >= 0xC2 && lead < 0xE0 ? 2 : (lead >= 0xE0 && lead < 0xF0 ? 3 : (lead >= 0xF0 && lead < 0xF5 ? 4 : 0)));
    if (length == 0 || i + length > text.size()) {
      return i;
    }
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte_at(text, i + k) & 0xC0U) != 0x80) {
        return i;
      }
    }
    if (length > 2) {  // overlong forms, surrogates, beyond U+10FFFF
      const unsigned next = byte_at(text, i + 1);
      if ((lead == 0xE0 && next < 0xA0) || (lead == 0xED && next > 0x9F) || (lead == 0xF0 && next < 0x90) ||
          (lead == 0xF4 && next > 0x8F)) {
        return i;
      }
    }
    i += length;
  }
  return text.size();
}

}  // namespace csv

}  // namespace fallline
