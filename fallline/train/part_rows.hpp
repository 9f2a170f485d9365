// SPDX-License-Identifier: Apache-2.0
// PartRows: which rows of a data set are trained on, or held out, without a list of them: there may be billions.
#pragma once

#include <cstdint>
#include <vector>

#include "fallline/base/split.hpp"

namespace fallline {

enum class Part { training, held_out };

class PartRows {
 public:
  /// Of rows 0 .. rows - 1 those that the split leaves in the part.
  PartRows(std::size_t rows, const Split& split, Part part);

  /// Of the data set.
  std::size_t rows() const { return rows_; }
  std::size_t size() const { return before_.back(); }
  bool holds(std::size_t row) const { return split_.holds_out(row) == (part_ == Part::held_out); }

  /// Appends those among the rows [first, last), ascending.
  void append(std::size_t first, std::size_t last, std::vector<std::uint32_t>& to) const;
  /// The row that stands at this place among them.
  std::uint32_t operator[](std::size_t place) const;

 private:
  std::size_t rows_;
  Split split_;
  Part part_;
  std::vector<std::uint64_t> before_;  // how many stand before each stretch of `stretch` rows, and at last how many there are
};

}  // namespace fallline
