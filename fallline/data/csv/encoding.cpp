// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "fallline/base/text.hpp"

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

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

// What windows-1252 has in 0x80 to 0x9F, from the Unicode consortium's table; 0: nothing.
constexpr std::array<char16_t, 32> windows_1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                   0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                   0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

void append(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

/// The line that the next character of a converted text would lie on, as "FILE:LINE".
std::string place_after(const std::string& converted, const std::string& name) {
  const FileText so_far = FileText::holding(converted + " ", name);
  return so_far.place(so_far.bytes().data() + so_far.bytes().size() - 1);
}

Result<FileText> from_single_bytes(const FileText& file, TextEncoding encoding, std::vector<std::string>& notes) {
  const std::string_view bytes = file.bytes();
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  bool controls = false;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool upper_control = byte >= 0x80 && byte < 0xA0;
    const std::uint32_t code = upper_control && encoding == TextEncoding::windows1252 ? windows_1252[byte - 0x80U] : byte;
    if (code == 0 && byte != 0) {
      return data_error(fmt::format("{} holds the byte 0x{:02X}, which windows-1252 does not have. Another --encoding may fit: {}.",
                                    place_after(out, file.name()), byte, fmt::join(names, ", ")));
    }
    controls = controls || upper_control;
    append(out, code);
  }
  if (controls && encoding == TextEncoding::latin1) {
    notes.push_back(fmt::format(
        "{} holds bytes from 0x80 to 0x9F, which are control characters in latin1; --encoding windows-1252 reads them as marks and letters",
        file.name()));
  }
  return FileText::holding(std::move(out), file.name());
}

/// Without a byte order mark the first zero byte tells: ASCII letters have theirs second in little endian.
bool is_big_endian(std::string_view bytes) {
  if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")) {
    return bytes.starts_with("\xFE\xFF");
  }
  const std::size_t zero = bytes.find('\0');
  return zero != std::string_view::npos && zero % 2 == 0;
}

Result<FileText> from_utf16(const FileText& file) {
  const std::string_view bytes = file.bytes();
  const bool big = is_big_endian(bytes);
  const auto unit = [&](std::size_t i) { return byte_at(bytes, i + (big ? 0 : 1)) << 8U | byte_at(bytes, i + (big ? 1 : 0)); };
  std::string out;
  out.reserve(bytes.size());
  if (bytes.size() % 2 != 0) {
    return data_error(
        fmt::format("{} has {} bytes, an odd number, so it is not UTF-16 or was cut. Check --encoding.", file.name(), bytes.size()));
  }
  const bool marked = bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE");
  for (std::size_t i = marked ? 2 : 0; i < bytes.size(); i += 2) {
    std::uint32_t code = unit(i);
    if (code >= 0xD800 && code < 0xE000) {
      const std::uint32_t low = code < 0xDC00 && i + 2 < bytes.size() ? unit(i + 2) : 0;
      if (low < 0xDC00 || low >= 0xE000) {
        return data_error(fmt::format("{} holds half of a surrogate pair (0x{:04X}), so it is not UTF-16 or was cut. Check --encoding.",
                                      place_after(out, file.name()), code));
      }
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
      i += 2;
    }
    append(out, code);
  }
  return FileText::holding(std::move(out), file.name());
}

}  // namespace

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

Result<FileText> in_utf8(FileText file, std::optional<TextEncoding> encoding, std::vector<std::string>& notes) {
  const std::string_view bytes = file.bytes();
  const bool marked_16 = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  const bool marked_8 = bytes.starts_with(utf8_mark);
  if (encoding && ((marked_8 && *encoding != TextEncoding::utf8) || (marked_16 && *encoding != TextEncoding::utf16))) {
    return data_error(fmt::format("{} begins with the byte order mark of {}, but --encoding says {}. Pass --encoding {}.", file.name(),
                                  marked_8 ? "UTF-8" : "UTF-16", encoding_name(*encoding), marked_8 ? "utf-8" : "utf-16"));
  }
  if (marked_8) {
    file.skip_front(utf8_mark.size());
    return file;
  }
  if (marked_16 || encoding == TextEncoding::utf16) {
    if (!encoding) {
      notes.push_back(fmt::format("{} begins with the byte order mark of UTF-16 and is read as such", file.name()));
    }
    return from_utf16(file);
  }
  if (encoding == TextEncoding::latin1 || encoding == TextEncoding::windows1252) {
    return from_single_bytes(file, *encoding, notes);
  }
  return file;
}

}  // namespace csv

}  // namespace fallline
