// SPDX-License-Identifier: Apache-2.0
#include "tools/generate/parquet.hpp"

namespace generate {

fallline::Result<void> write_parquet(const Table& /*table*/) {
  return fallline::usage_error(
      "This build writes no Parquet. Build it with libarrow: cmake -DFALLLINE_ARROW=ON with a Python that has pyarrow. Or ask for --format "
      "csv.");
}

}  // namespace generate
