// SPDX-License-Identifier: Apache-2.0
// Where records end in text that is still coming: only whole records are handed on, however the bytes arrive.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "fallline/data/csv/dialect.hpp"

namespace fallline::online {

/// The front of a text: so many bytes, which are so many whole records with the idle lines (blank, comments) before them.
struct Cut {
  std::size_t bytes = 0;
  std::size_t records = 0;
};

/// At most `most` records of the front of `text`; ended: nothing comes after it, so that its last line needs no end.
using CutRecords = std::function<Cut(std::string_view text, bool ended, std::size_t most)>;

/// Records of a CSV text: a line end inside quotes ends nothing.
CutRecords cut_csv(csv::Dialect dialect);

/// Lines of a LIBSVM text.
CutRecords cut_libsvm();

}  // namespace fallline::online
