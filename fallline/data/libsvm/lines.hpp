// SPDX-License-Identifier: Apache-2.0
// A range of whole lines as labels and entries. The plain entry (a short index, a plain decimal) is read in one go; whatever is not
// plain is looked at again as a token, which either reads after all or is the fault.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fallline::libsvm {

inline constexpr std::uint32_t largest_index = std::uint32_t{1} << 28U;

enum class FaultKind {
  none,
  no_label,        // an entry stands where the label belongs
  several_labels,  // 1,2
  bad_label,
  bad_entry,  // no index:value at all
  bad_index,
  bad_value,
  not_finite,  // nan, inf
  too_large,   // beyond any double
  repeated,    // the index stood before
  descending,
  index_zero,   // though the first feature is 1
  bad_query,    // qid:x
  lone_return,  // a carriage return inside a line
  changed       // there is more than was counted: the file was written to in between
};

/// at: where the token begins. before: the index of the entry before it.
struct Fault {
  FaultKind kind = FaultKind::none;
  const char* at = nullptr;
  std::uint32_t before = 0;
};

/// A range of lines holds so many rows and entries at most; just so many where it has no comments and blank lines.
struct LineCounts {
  std::size_t rows = 0;
  std::size_t entries = 0;
};
LineCounts count_lines(std::string_view range);

/// Where the rows of a range go; there is room for all that it may hold. ends: of each row, `before` and the entries of the range up to
/// its last. columns: the indices as the lines have them.
struct Room {
  double* labels = nullptr;
  std::uint64_t* ends = nullptr;
  std::uint32_t* columns = nullptr;
  double* values = nullptr;
  LineCounts most;
  std::uint64_t before = 0;
};

/// What a range turned out to hold. zero: index 0 occurs.
struct Lines {
  std::size_t rows = 0;
  std::size_t entries = 0;
  std::uint32_t largest = 0;
  bool zero = false;
  std::uint64_t queries = 0;  // rows with a qid
  std::uint64_t skipped = 0;  // blank lines and such with a comment only
  Fault fault;                // the first; nothing is read after it

  /// Those of the range that follows.
  void add(const Lines& next);
};

/// The lines of `range`, which begins at a line and ends with one; the bytes up to `end` may be looked at. `from_one`: index 0 is a fault.
Lines parse_lines(std::string_view range, const char* end, bool from_one, const Room& room);

/// The token at `at`, which is all that stands up to the next blank, comment or end of line.
std::string_view token_at(const char* at, const char* end);

}  // namespace fallline::libsvm
