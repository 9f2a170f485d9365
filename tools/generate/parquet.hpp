// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fallline/base/result.hpp"
#include "tools/generate/table.hpp"

namespace generate {

/// The rows that the CSV would have, in groups of 65,536: no more of them are in memory at a time. A usage error where the build has no
/// libarrow.
fallline::Result<void> write_parquet(const Table& table);

}  // namespace generate
