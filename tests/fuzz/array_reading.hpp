// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "fallline/data/array/source.hpp"
#include "tests/fuzz/reading.hpp"

namespace fallline::fuzz {

/// Any bytes are a file of this format that reads to its end, or are refused.
inline int read_array(const std::uint8_t* data, std::size_t size, const char* name, Result<ArrayFile> (*read)(csv::FileText)) {
  auto array = read(csv::FileText::holding(std::string(reinterpret_cast<const char*>(data), size), name));
  if (!array) {
    expect_data_error(array.error());
    return 0;
  }
  std::vector<ArrayFile> arrays;
  arrays.push_back(std::move(*array));
  read_to_the_end(array_source(std::move(arrays), std::nullopt));
  return 0;
}

}  // namespace fallline::fuzz
