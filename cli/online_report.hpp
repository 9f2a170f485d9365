// SPDX-License-Identifier: Apache-2.0
// How an endless run goes, told at rows 1, 2, 4, 8, ... and from 65,536 on at each multiple of it: a line or a JSON record on stderr, and a
// line of history.csv in the run directory at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/options.hpp"
#include "fallline/base/result.hpp"
#include "fallline/train/online.hpp"

namespace fallline::cli {

class OnlineReport {
 public:
  /// metric: accuracy or rmse. folder: the run directory, or empty.
  OnlineReport(LogForm form, std::string folder, std::string_view metric) : form_(form), folder_(std::move(folder)), metric_(metric) {}

  /// Begins history.csv, or after so many rows of a run that goes on keeps what it tells of these.
  Result<void> begin(std::int64_t rows);

  bool due(std::int64_t rows) const { return rows >= next_; }
  bool told(std::int64_t rows) const { return rows == last_; }
  Result<void> tell(const StepRecord& last, const Progressive& progressive, const Progressive& recent);

 private:
  Result<void> write_history(const std::string& line) const;

  LogForm form_;
  std::string folder_;
  std::string metric_;
  std::int64_t next_ = 1;
  std::int64_t last_ = 0;
};

}  // namespace fallline::cli
