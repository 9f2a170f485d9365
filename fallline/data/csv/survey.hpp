// SPDX-License-Identifier: Apache-2.0
// Cuts a file into ranges of bytes that threads can parse apart. The parity of the quotes before a range tells whether it begins inside
// a quoted cell, and so where its first record begins. A stray quote makes that a wrong guess: the parser checks it (records.hpp).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fallline/math/thread_pool.hpp"

namespace fallline::csv {

/// The records that begin in [begin, limit), which may end behind it.
struct Range {
  const char* begin = nullptr;
  const char* limit = nullptr;
  std::size_t lines = 0;  // about how many
};

struct Survey {
  std::vector<Range> ranges;
  const char* nul = nullptr;  // the first NUL byte: not a text file
  bool inside = false;        // whether the stretch ends inside a quoted cell
};

/// Ranges of the bytes [first, last) of `records`, the file without byte order mark and header. inside: whether they begin inside a quoted
/// cell, as the survey of the stretch before told. The size of a range is fixed, so that nothing depends on the threads.
Survey survey(std::string_view records, std::size_t first, std::size_t last, bool inside, std::size_t range_bytes, ThreadPool& pool);

}  // namespace fallline::csv
