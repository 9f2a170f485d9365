// SPDX-License-Identifier: Apache-2.0
// How one column is encoded, decided from what its training rows hold: the kind of coding, or why it is left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/data/encode/statistics.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// What a person is told along the way.
struct Told {
  std::vector<std::string>& notes;
  std::vector<std::string>& warnings;
};

class ColumnFitter {
 public:
  /// source: of training rows. keep, by column of the schema: never left out for looking like names of rows.
  ColumnFitter(Source& source, const Schema& schema, const EncoderOptions& options, const std::vector<bool>& keep, ThreadPool& pool,
               Told told)
      : source_(source), schema_(schema), options_(options), keep_(keep), pool_(pool), told_(told) {}

  /// hash: what the user asks for a text column, bits 0 for one feature a level.
  Result<EncodedColumn> fit(std::size_t column, const Statistics& statistics, const HashCoding& hash);

 private:
  Result<void> fit_number(std::size_t column, const Statistics& statistics, EncodedColumn& encoded);
  Result<void> fit_text(std::size_t column, const Statistics& statistics, EncodedColumn& encoded);
  void fit_levels(const std::vector<std::string>& levels, const Statistics& statistics, EncodedColumn& encoded);

  Source& source_;
  const Schema& schema_;
  const EncoderOptions& options_;
  const std::vector<bool>& keep_;
  ThreadPool& pool_;
  Told told_;
};

/// How the reason of a column begins that holds one value only. These are not told by the fitter, since there may be hundreds.
inline constexpr std::string_view constant_start = "holds only ";

/// Marks a column as left out, and says so.
void leave_out(EncodedColumn& column, std::string why, const std::string& advice, Told told);

}  // namespace fallline::encoding
