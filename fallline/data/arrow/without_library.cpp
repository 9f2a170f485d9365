// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/arrow/library.hpp"

#include <fmt/format.h>

namespace fallline {

Result<void> arrow_is_built() {
  return usage_error(
      "This build reads and writes no Parquet and Arrow files. Build it with them: ./dev build, or cmake -DFALLLINE_ARROW=ON with a Python "
      "that has pyarrow. Or convert the file to CSV.");
}

Result<std::unique_ptr<Source>> open_arrow(std::vector<csv::FileText> files, ArrowFormat /*format*/, ArrowOptions /*options*/) {
  return data_error(fmt::format("{} cannot be read. {}", files.front().name(), arrow_is_built().error().message));
}

std::unique_ptr<ArrowWriter> arrow_writer(ArrowFormat /*format*/, TakeBytes /*out*/) {
  return std::make_unique<NoArrowWriter>(arrow_is_built().error());
}

}  // namespace fallline
