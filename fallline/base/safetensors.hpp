// SPDX-License-Identifier: Apache-2.0
// safetensors: named arrays of plain numbers in one file, so laid out that it can be mapped. Checkpoints and caches are such files, and so
// any tool that reads the format can look into them.
//   8 bytes: length of the header; the header, JSON, blanks up to a multiple of 64 bytes; the arrays, little-endian, one behind the other
// Ours begin with {"__metadata__":{"checksum":"16 hexadecimal digits"...: the digest of the header, with zeros for those digits, and of
// each array, so that a change of any byte is seen. Arrays of wide numbers come first, so that every one is aligned to its numbers.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "fallline/base/digest.hpp"
#include "fallline/base/file.hpp"
#include "fallline/base/result.hpp"

namespace fallline::safetensors {

enum class Type : std::uint8_t { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64 };

std::size_t bytes_of(Type type);

/// The format's own limit, in bytes.
inline constexpr std::uint64_t largest_header = 100'000'000;

template <class T>
constexpr Type type_of() {
  constexpr bool is_float = !std::is_integral_v<T>;
  constexpr int width = std::countr_zero(sizeof(T));
  static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8);
  return static_cast<Type>(is_float ? 6 + width : 2 * width + (std::is_signed_v<T> ? 1 : 0));
}

/// shape: [rows, columns], row-major; none: one number. offset: where its first byte stands in the file.
struct Array {
  std::string name;
  Type type = Type::u8;
  std::vector<std::uint64_t> shape;
  std::uint64_t offset = 0;

  std::uint64_t size() const;
  std::uint64_t bytes() const { return size() * bytes_of(type); }
};

/// What the header says of an array: "name":{...}. Its offset is counted from the first array here.
std::string told_in_header(const Array& array);

/// What a file holds; arrays in the order of their offsets.
struct Header {
  std::vector<std::pair<std::string, std::string>> metadata;  // without the checksum
  std::vector<Array> arrays;
  std::uint64_t file_bytes = 0;
  std::optional<std::uint64_t> checksum;  // as the file tells it; nothing: it tells none
  std::uint64_t digest = 0;               // of the header's own bytes

  const Array* find(std::string_view name) const;
  /// Empty where there is none of that name.
  std::string_view told(std::string_view name) const;
};

/// The checksum of a file whose arrays come in pieces, each array from its first byte on.
class Checksum {
 public:
  explicit Checksum(const Header& header) : header_(header.digest), arrays_(header.arrays.size()) {}
  /// The next bytes of the array at this place of Header::arrays.
  void add(std::size_t array, std::string_view bytes) { arrays_[array].add(bytes); }
  std::uint64_t value() const;

 private:
  std::uint64_t header_;
  std::vector<Digest> arrays_;
};

/// The header at the start of a file. `start` holds all of it, and may hold the rest. Anything that the format does not allow, above all
/// lengths and offsets that do not fit one another or `file_bytes`, is a data error that names the path.
Result<Header> parse_header(std::string_view start, std::uint64_t file_bytes, const std::string& path);

/// As above, from the file itself, of which no more than the header is read.
Result<Header> read_header(const std::string& path);

/// Whether the bytes of the whole file (read or mapped) are those that were written: a data error that names the path where not.
Result<void> verify(const Header& header, std::string_view bytes, const std::string& path);

/// A whole file in memory, verified.
struct Loaded {
  std::string path;
  Header header;
  std::string bytes;

  /// The numbers of an array; a data error where there is none of this name and type.
  template <class T>
  Result<std::vector<T>> numbers(std::string_view name) const {
    const Array* array = header.find(name);
    if (array == nullptr || array->type != type_of<T>()) {
      return missing(name);
    }
    std::vector<T> values(array->size());
    if (!values.empty()) {
      std::memcpy(values.data(), bytes.data() + array->offset, array->bytes());
    }
    return values;
  }

 private:
  Error missing(std::string_view name) const;
};
Result<Loaded> read(const std::string& path);

/// Writes a file whose names, types and shapes are known before its numbers are. Nobody sees it before `finish`.
class Writer {
 public:
  /// Offsets are filled in; the order of `header().arrays` is that of the file.
  static Result<Writer> begin(std::string path, std::vector<std::pair<std::string, std::string>> metadata, std::vector<Array> arrays);

  const Header& header() const { return header_; }
  /// The next numbers of an array. Arrays may be written by turns.
  template <class T>
  Result<void> write(std::string_view name, std::span<const T> numbers) {
    return write(name, type_of<T>(), {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
  }
  /// Every array must have come whole. previous: as in NewFile.
  Result<void> finish(const std::string& previous = {});

 private:
  Writer(NewFile file, Header header);
  Result<void> write(std::string_view name, Type type, std::string_view bytes);
  Result<void> put(std::uint64_t offset, std::string_view bytes);
  Result<void> flush();

  NewFile file_;
  Header header_;
  Checksum checksum_;
  std::vector<std::uint64_t> written_;
  std::string waiting_;  // bytes that belong at `waits_at_`: small arrays go out together
  std::uint64_t waits_at_ = 0;
};

}  // namespace fallline::safetensors
