// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/array/array_file.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "fallline/data/array/half.hpp"

namespace fallline {

namespace {

/// More are a table laid on its side; each column costs a name and a place in the model.
constexpr std::uint64_t most_columns = 1000000;

template <std::size_t bytes>
struct WholeOf;
template <>
struct WholeOf<1> {
  using type = std::uint8_t;
};
template <>
struct WholeOf<2> {
  using type = std::uint16_t;
};
template <>
struct WholeOf<4> {
  using type = std::uint32_t;
};
template <>
struct WholeOf<8> {
  using type = std::uint64_t;
};

/// T as it stands at `at`, its bytes turned around where `swap`.
template <class T>
double load(const char* at, bool swap) {
  typename WholeOf<sizeof(T)>::type bits = 0;
  std::memcpy(&bits, at, sizeof bits);
  if (swap) {
    auto bytes = std::bit_cast<std::array<unsigned char, sizeof bits>>(bits);
    for (std::size_t i = 0; i < sizeof bits / 2; ++i) {
      std::swap(bytes[i], bytes[sizeof bits - 1 - i]);
    }
    bits = std::bit_cast<decltype(bits)>(bytes);
  }
  return static_cast<double>(std::bit_cast<T>(bits));
}

struct Half {
  std::uint16_t bits = 0;
  explicit operator double() const { return half_to_double(bits); }
};

template <class T>
void copy_as(const char* at, std::size_t stride, bool swap, std::span<double> out) {
  for (double& value : out) {
    value = load<T>(at, swap);
    at += stride;
  }
}

using Copy = void (*)(const char*, std::size_t, bool, std::span<double>);

Copy copy_of(const Element& element) {
  const bool is_signed = element.kind == ElementKind::whole;
  const bool is_real = element.kind == ElementKind::real;
  switch (element.bytes) {
    case 1:
      return is_signed ? copy_as<std::int8_t> : copy_as<std::uint8_t>;
    case 2:
      return is_real ? copy_as<Half> : is_signed ? copy_as<std::int16_t> : copy_as<std::uint16_t>;
    case 4:
      return is_real ? copy_as<float> : is_signed ? copy_as<std::int32_t> : copy_as<std::uint32_t>;
    default:
      return is_real ? copy_as<double> : is_signed ? copy_as<std::int64_t> : copy_as<std::uint64_t>;
  }
}

/// a * b where that can be told in 64 bits.
bool multiply(std::uint64_t& a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) {
    return false;
  }
  a *= b;
  return true;
}

/// Bytes from one index to the next along each axis.
std::vector<std::size_t> strides_of(const ArrayHeader& header) {
  const std::size_t axes = header.shape.size();
  std::vector<std::size_t> strides(axes);
  std::size_t stride = header.element.bytes;
  for (std::size_t i = 0; i < axes; ++i) {
    const std::size_t axis = header.fortran ? i : axes - 1 - i;
    strides[axis] = stride;
    stride *= static_cast<std::size_t>(header.shape[axis]);
  }
  return strides;
}

}  // namespace

Result<ArrayFile> lay_out(csv::FileText file, const ArrayHeader& header) {
  const std::string& name = file.name();
  if (header.shape.empty()) {
    return data_error(fmt::format("{} holds a single number; a table has rows.", name));
  }
  std::uint64_t columns = 1;
  bool fits = true;
  for (std::size_t axis = 1; axis < header.shape.size(); ++axis) {
    fits = fits && multiply(columns, header.shape[axis]);
  }
  std::uint64_t size = columns;
  fits = fits && multiply(size, header.shape[0]) && multiply(size, header.element.bytes);
  if (!fits || size > std::numeric_limits<std::size_t>::max()) {
    return data_error(
        fmt::format("{}: its header tells of more numbers than any file holds ({}); it is corrupt.", name, fmt::join(header.shape, " x ")));
  }
  if (size == 0) {
    return data_error(fmt::format("{} is empty: its shape is {}.", name, fmt::join(header.shape, " x ")));
  }
  const std::size_t there = file.bytes().size() - header.bytes;
  if (there != size) {
    return data_error(fmt::format("{}, byte {}: {} x {} bytes of numbers have to follow ({} bytes), but {} follow; the file is {}.", name,
                                  header.bytes, fmt::join(header.shape, " x "), header.element.bytes, size, there,
                                  there < size ? "cut off" : "longer than its header says"));
  }
  if (columns > most_columns) {
    return data_error(
        fmt::format("{} has {} columns, and more than {} are not read. Do its rows stand in the columns?", name, columns, most_columns));
  }
  const std::vector<std::size_t> strides = strides_of(header);
  ArrayFile array{std::move(file), header.bytes, header.shape[0], strides[0], {0}, header.element};
  for (std::size_t axis = 1; axis < header.shape.size(); ++axis) {
    std::vector<std::size_t> finer;
    finer.reserve(array.offsets.size() * static_cast<std::size_t>(header.shape[axis]));
    for (const std::size_t offset : array.offsets) {
      for (std::size_t i = 0; i < header.shape[axis]; ++i) {
        finer.push_back(offset + i * strides[axis]);
      }
    }
    array.offsets = std::move(finer);
  }
  return array;
}

void copy_column(const ArrayFile& array, std::size_t column, std::uint64_t first_row, std::span<double> out) {
  expects(column < array.offsets.size() && first_row + out.size() <= array.rows, "what is copied lies in the array");
  const char* at = array.file.bytes().data() + array.data + static_cast<std::size_t>(first_row) * array.row_stride + array.offsets[column];
  const bool swap = array.element.big_endian == (std::endian::native == std::endian::little);
  copy_of(array.element)(at, array.row_stride, swap, out);
}

}  // namespace fallline
