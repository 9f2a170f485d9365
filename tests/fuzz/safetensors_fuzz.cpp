// SPDX-License-Identifier: Apache-2.0
// Any bytes are a safetensors file whose arrays lie inside it, one behind the other, or are refused.
#include <cstdlib>

#include "fallline/base/safetensors.hpp"
#include "tests/fuzz/reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto header = fallline::safetensors::parse_header(bytes, size, "f.safetensors");
  if (!header) {
    fallline::fuzz::expect_data_error(header.error());
    return 0;
  }
  std::uint64_t sum = 0;
  for (const auto& array : header->arrays) {
    if (array.offset > size || array.bytes() > size - array.offset) {
      std::abort();
    }
    sum += array.bytes();
  }
  if (sum > size) {
    std::abort();
  }
  (void)fallline::safetensors::verify(*header, bytes, "f.safetensors");
  return 0;
}
