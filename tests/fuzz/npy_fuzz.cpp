// SPDX-License-Identifier: Apache-2.0
// Any bytes are a .npy file that reads to its end, or are refused.
#include <optional>
#include <utility>

#include "fallline/data/array/source.hpp"
#include "fallline/data/npy/npy.hpp"
#include "tests/fuzz/reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto file = fallline::csv::FileText::holding(std::string(reinterpret_cast<const char*>(data), size), "f.npy");
  auto array = fallline::read_npy(std::move(file));
  if (!array) {
    fallline::fuzz::expect_data_error(array.error());
    return 0;
  }
  std::vector<fallline::ArrayFile> arrays;
  arrays.push_back(std::move(*array));
  fallline::fuzz::read_to_the_end(fallline::array_source(std::move(arrays), std::nullopt));
  return 0;
}
