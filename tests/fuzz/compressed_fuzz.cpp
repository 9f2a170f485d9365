// SPDX-License-Identifier: Apache-2.0
// Any bytes unpack to all of their data within the limit, or are refused.
#include <string_view>

#include "fallline/data/compressed/compressed.hpp"
#include "tests/fuzz/reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t most = 1U << 22U;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const fallline::Compression how : {fallline::Compression::gzip, fallline::Compression::zstd}) {
    const auto text = fallline::unpack(bytes, how, "f", most);
    if (text) {
      fallline::expects(text->size() <= most, "the limit is kept");
    } else {
      fallline::fuzz::expect_data_error(text.error());
    }
  }
  return 0;
}
