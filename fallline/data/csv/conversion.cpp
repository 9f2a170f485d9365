// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/conversion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "fallline/data/csv/gathered_text.hpp"

namespace fallline::csv {

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20U;
constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::string_view little_mark = "\xFF\xFE";
constexpr std::string_view big_mark = "\xFE\xFF";

// What windows-1252 has in 0x80 to 0x9F, from the Unicode consortium's table; 0: nothing.
constexpr std::array<char16_t, 32> windows_1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                   0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                   0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

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

/// The text that a file becomes, block by block.
class Converted {
 public:
  Converted(const FileText& from, Memory* memory) : from_(from), text_(memory) {}

  void put(std::uint32_t code) { append(block_, code); }

  /// What was put is kept; the first `read` bytes of the file are not needed any more.
  Result<void> flush(std::size_t read) {
    count_lines();
    from_.let_go(from_.bytes().substr(0, read));
    const Result<void> kept = text_.append(block_);
    block_.clear();
    return kept;
  }

  /// The line that the next character would lie on, as "FILE:LINE". For a message with which the conversion ends.
  std::string place() {
    count_lines();
    return fmt::format("{}:{}", from_.name(), 1 + lines_);
  }

  Result<FileText> finish() {
    const Result<void> same = from_.unchanged();
    return same ? text_.finish(from_.name()) : same.error();
  }

 private:
  /// A line ends with \n, \r or both.
  void count_lines() {
    for (const char c : block_) {
      lines_ += c == '\r' || (c == '\n' && last_ != '\r') ? 1 : 0;
      last_ = c;
    }
  }

  const FileText& from_;
  GatheredText text_;
  std::string block_;
  std::size_t lines_ = 0;
  char last_ = 0;
};

Result<FileText> from_single_bytes(const FileText& file, TextEncoding encoding, Memory* memory, std::vector<std::string>& notes) {
  const std::string_view bytes = file.bytes();
  Converted out(file, memory);
  bool controls = false;
  for (std::size_t i = 0; i < bytes.size();) {
    for (const std::size_t end = std::min(bytes.size(), i + block_bytes); i < end; ++i) {
      const auto byte = static_cast<unsigned char>(bytes[i]);
      const bool upper_control = byte >= 0x80 && byte < 0xA0;
      const std::uint32_t code = upper_control && encoding == TextEncoding::windows1252 ? windows_1252[byte - 0x80U] : byte;
      if (code == 0 && byte != 0) {
        return data_error(fmt::format("{} holds the byte 0x{:02X}, which windows-1252 does not have. Another --encoding may fit: {}.",
                                      out.place(), byte, encoding_names()));
      }
      controls = controls || upper_control;
      out.put(code);
    }
    if (const Result<void> kept = out.flush(i); !kept) {
      return kept.error();
    }
  }
  if (controls && encoding == TextEncoding::latin1) {
    notes.push_back(fmt::format(
        "{} holds bytes from 0x80 to 0x9F, which are control characters in latin1; --encoding windows-1252 reads them as marks and letters",
        file.name()));
  }
  return out.finish();
}

/// Without a byte order mark the first zero byte tells: ASCII letters have theirs second in little endian, and the first lines hold some.
bool is_big_endian(std::string_view bytes) {
  if (bytes.starts_with(big_mark) || bytes.starts_with(little_mark)) {
    return bytes.starts_with(big_mark);
  }
  const std::size_t zero = bytes.substr(0, block_bytes).find('\0');
  return zero != std::string_view::npos && zero % 2 == 0;
}

Result<FileText> from_utf16(const FileText& file, Memory* memory) {
  const std::string_view bytes = file.bytes();
  const std::size_t first = is_big_endian(bytes) ? 0 : 1;
  const auto unit = [&](std::size_t i) -> std::uint32_t {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + first])) << 8U |
           static_cast<unsigned char>(bytes[i + 1 - first]);
  };
  if (bytes.size() % 2 != 0) {
    return data_error(
        fmt::format("{} has {} bytes, an odd number, so it is not UTF-16 or was cut. Check --encoding.", file.name(), bytes.size()));
  }
  Converted out(file, memory);
  for (std::size_t i = bytes.starts_with(big_mark) || bytes.starts_with(little_mark) ? 2 : 0; i < bytes.size();) {
    for (const std::size_t end = std::min(bytes.size(), i + block_bytes); i < end; i += 2) {
      std::uint32_t code = unit(i);
      if (code >= 0xD800 && code < 0xE000) {
        const std::uint32_t low = code < 0xDC00 && i + 2 < bytes.size() ? unit(i + 2) : 0;
        if (low < 0xDC00 || low >= 0xE000) {
          return data_error(fmt::format("{} holds half of a surrogate pair (0x{:04X}), so it is not UTF-16 or was cut. Check --encoding.",
                                        out.place(), code));
        }
        code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
        i += 2;
      }
      out.put(code);
    }
    if (const Result<void> kept = out.flush(i); !kept) {
      return kept.error();
    }
  }
  return out.finish();
}

}  // namespace

Result<FileText> in_utf8(FileText file, std::optional<TextEncoding> encoding, Memory* memory, std::vector<std::string>& notes) {
  const std::string_view bytes = file.bytes();
  const bool marked_16 = bytes.starts_with(little_mark) || bytes.starts_with(big_mark);
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
    return from_utf16(file, memory);
  }
  if (encoding == TextEncoding::latin1 || encoding == TextEncoding::windows1252) {
    return from_single_bytes(file, *encoding, memory, notes);
  }
  return file;
}

}  // namespace fallline::csv
