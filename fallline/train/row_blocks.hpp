// SPDX-License-Identifier: Apache-2.0
// The rows of a data set in their order, a block at a time, whether they are in memory or in a file. Where the blocks end is a function of
// the data alone.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "fallline/base/result.hpp"
#include "fallline/data/dataset.hpp"

namespace fallline {

/// Gets rows by their numbers in a view; an error ends it and is passed on.
template <class T>
using VisitBlock = std::function<Result<void>(const Rows<T>& rows, std::span<const std::uint32_t> numbers)>;

/// Blocks of `block_rows` rows, some with fewer. Of rows in a file about 16 MiB are read at a time.
template <class T>
Result<void> each_block(const Dataset<T>& data, std::size_t block_rows, const VisitBlock<T>& visit);

/// As many rows as make some MiB, where so many numbers of each are worked out.
std::size_t rows_of_a_block(std::size_t numbers_a_row);

}  // namespace fallline
