// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/idx/idx.hpp"
#include "tests/fuzz/array_reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fallline::fuzz::read_array(data, size, "f-ubyte", fallline::read_idx);
}
