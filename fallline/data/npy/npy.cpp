// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/npy/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline {

namespace {

constexpr std::size_t most_axes = 32;

/// Why an element is none that can be read, after "{file} holds ".
Result<Element> element_of(const std::string& name, std::string_view descr) {
  const auto refuse = [&](std::string_view what, std::string_view advice) {
    return data_error(fmt::format("{} holds {} (dtype {}), not numbers. {}", name, what, quoted(descr), advice));
  };
  const char kind = descr.size() > 1 ? descr[1] : '\0';
  const auto bytes = parse_int(descr.substr(std::min<std::size_t>(2, descr.size()))).value_or(0);
  switch (kind) {
    case 'f':
      if (bytes == 2 || bytes == 4 || bytes == 8) {
        return Element{ElementKind::real, static_cast<std::size_t>(bytes), descr[0] == '>'};
      }
      return refuse("numbers of extended precision", "Save it with .astype('float64').");
    case 'i':
    case 'u':
      if (bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8) {
        return Element{kind == 'i' ? ElementKind::whole : ElementKind::unsigned_whole, static_cast<std::size_t>(bytes), descr[0] == '>'};
      }
      break;
    case 'b':
      if (bytes == 1) {
        return Element{ElementKind::boolean, 1, false};
      }
      break;
    case 'U':
    case 'S':
      return refuse("text",
                    "Save a table with text as CSV or Parquet, or labels as numbers, such as numpy.unique(a, return_inverse=True)[1].");
    case 'O':
      return refuse("pickled Python objects", "Save it with .astype('float64'), or as Parquet.");
    case 'c':
      return refuse("complex numbers", "Save the real and the imaginary parts as two columns.");
    case 'M':
    case 'm':
      return refuse("times", "Save it with .astype('datetime64[s]').astype('float64'), or the table as Parquet.");
    default:
      break;
  }
  return refuse("values of a type that is not known", "Save it with .astype('float64').");
}

/// Reads the dictionary; `fault` holds where it is not as NumPy writes it.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& name, std::size_t begin) : text_(text), name_(name), begin_(begin) {}

  Result<ArrayHeader> read() {
    if (!take('{')) {
      return fault("a dictionary");
    }
    while (!take('}')) {
      std::string_view key;
      if (!word(key) || !take(':')) {
        return fault("a name and a colon");
      }
      if (const Result<void> well = value_of(key); !well) {
        return well.error();
      }
      take(',');
    }
    skip_blanks();
    if (at_ != text_.size() || !has_descr_ || !has_order_ || !has_shape_) {
      return fault("descr, fortran_order and shape, and nothing more");
    }
    return header_;
  }

 private:
  Result<void> value_of(std::string_view key) {
    if (key == "descr" && !has_descr_) {
      return descr();
    }
    if (key == "fortran_order" && !has_order_) {
      has_order_ = literal("True") || literal("False");
      header_.fortran = at_ >= 4 && text_.substr(at_ - 4, 4) == "True";
      return has_order_ ? Result<void>() : fault("True or False");
    }
    if (key == "shape" && !has_shape_) {
      return shape();
    }
    return fault("descr, fortran_order and shape, each once");
  }

  Result<void> descr() {
    if (peek() == '[') {
      return data_error(
          fmt::format("{} holds records of several fields, not a matrix of numbers. Save each field as a column, or the table as "
                      "Parquet.",
                      name_));
    }
    std::string_view text;
    if (!word(text)) {
      return fault("the type of the numbers");
    }
    Result<Element> element = element_of(name_, text);
    if (!element) {
      return element.error();
    }
    header_.element = *element;
    has_descr_ = true;
    return {};
  }

  Result<void> shape() {
    if (!take('(')) {
      return fault("a shape");
    }
    while (!take(')')) {
      skip_blanks();
      const std::size_t first = at_;
      while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
        ++at_;
      }
      const auto length = parse_int(text_.substr(first, at_ - first));
      if (!length || header_.shape.size() == most_axes) {
        return fault("the lengths of the axes");
      }
      header_.shape.push_back(static_cast<std::uint64_t>(*length));
      if (!take(',') && peek() != ')') {
        return fault("a comma or the end of the shape");
      }
    }
    has_shape_ = true;
    return {};
  }

  Error fault(std::string_view expected) const {
    return data_error(
        fmt::format("{}, byte {}: the header of a .npy file has {} there; the file is corrupt.", name_, begin_ + at_, expected));
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) {
      ++at_;
    }
  }
  char peek() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    const bool there = peek() == c;
    at_ += there ? 1 : 0;
    return there;
  }
  bool literal(std::string_view text) {
    skip_blanks();
    const bool there = text_.substr(at_).starts_with(text);
    at_ += there ? text.size() : 0;
    return there;
  }
  bool word(std::string_view& out) {
    const char quote = peek();
    if (quote != '\'' && quote != '"') {
      return false;
    }
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) {
      return false;
    }
    out = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return true;
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t begin_;
  std::size_t at_ = 0;
  ArrayHeader header_;
  bool has_descr_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
};

}  // namespace

Result<ArrayFile> read_npy(csv::FileText file) {
  const std::string_view bytes = file.bytes();
  if (!bytes.starts_with(npy_magic)) {
    return data_error(fmt::format("{} is no .npy file: it does not begin as one.", file.name()));
  }
  const auto byte = [&](std::size_t at) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U; };
  const unsigned version = byte(6);
  if (version < 1 || version > 3) {
    return data_error(fmt::format("{} is a .npy file of version {}; versions 1 to 3 are read.", file.name(), version));
  }
  const std::size_t begin = version == 1 ? 10 : 12;
  const std::size_t length = byte(8) | byte(9) << 8U | (version == 1 ? 0U : byte(10) << 16U | byte(11) << 24U);
  if (bytes.size() < begin || bytes.size() - begin < length) {
    return data_error(fmt::format("{}, byte {}: the file is cut off in its header.", file.name(), bytes.size()));
  }
  Result<ArrayHeader> header = HeaderReader(bytes.substr(begin, length), file.name(), begin).read();
  if (!header) {
    return header.error();
  }
  header->bytes = begin + length;
  return lay_out(std::move(file), *header);
}

}  // namespace fallline
