// SPDX-License-Identifier: Apache-2.0
// Any bytes are a Parquet or Arrow file that reads to its end, or are refused. libarrow itself is not instrumented.
#include <string_view>
#include <utility>

#include "fallline/data/arrow/library.hpp"
#include "tests/fuzz/reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!fallline::arrow_is_built()) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto format = bytes.starts_with("PAR1") ? fallline::ArrowFormat::parquet : fallline::ArrowFormat::ipc;
  std::vector<fallline::csv::FileText> files;
  files.push_back(fallline::csv::FileText::holding(std::string(bytes), "f"));
  fallline::fuzz::read_to_the_end(fallline::open_arrow(std::move(files), format, {}));
  return 0;
}
