// SPDX-License-Identifier: Apache-2.0
// Columns as few bytes, for files: whole numbers and decimals as whole numbers of 1 to 4 bytes, others as float where that loses
// nothing, else as they are. Unpacked they are the same to the last bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fallline::kept {

enum class Form : std::uint8_t { nothing, bytes1, bytes2, bytes3, bytes4, floats, doubles };

/// Numbers as wholes stand for whole / 10^power; the lowest whole of their size is NaN.
struct Packed {
  Form form = Form::nothing;
  std::uint8_t power = 0;
  std::size_t count = 0;
  std::vector<std::byte> bytes;
};

Packed pack_numbers(std::span<const double> numbers);
/// bytes: those of `packed`, wherever they are.
std::vector<double> unpack_numbers(const Packed& packed, std::span<const std::byte> bytes);

Packed pack_codes(std::span<const std::int32_t> codes);
std::vector<std::int32_t> unpack_codes(const Packed& packed, std::span<const std::byte> bytes);

}  // namespace fallline::kept
