// SPDX-License-Identifier: Apache-2.0
// The features of every distinct text of a source, worked out once however many rows share it.
#pragma once

#include <string>
#include <vector>

#include "fallline/data/encode/bind.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline::encoding {

/// no_room where they would take more than a quarter of the ceiling; memory null: none.
Result<BoundWords> bound_words(const EncodedColumn& column, const std::vector<std::string>& texts, ThreadPool& pool, const Memory* memory);

}  // namespace fallline::encoding
