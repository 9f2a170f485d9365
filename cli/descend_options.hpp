// SPDX-License-Identifier: Apache-2.0
// What a user asks of descend.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/option.hpp"
#include "cli/options.hpp"
#include "fallline/model/landscape.hpp"
#include "fallline/optim/optimizer.hpp"

namespace fallline::cli {

struct DescendRequest {
  std::string function;
  std::optional<std::size_t> dimension;
  std::vector<double> start;  // empty: the landscape's own
  std::size_t restarts = 0;   // 0: one descent from the start
  std::string optimizer = "l-bfgs";
  std::optional<double> learning_rate;
  std::string schedule = "constant";
  ChainOptions chain;
  double noise = 0;
  std::optional<std::int64_t> steps;
  std::optional<double> tolerance;
  std::uint64_t seed = 0;
  std::size_t threads = 0;
  std::string trace;
  bool plot = false;
  LogForm log = LogForm::text;
  bool json = false;
};

inline constexpr std::int64_t default_descend_steps = 1000;

OptionList descend_options(DescendRequest& to);

/// The landscape or formula, after every name and number of the request was checked against it and the lists.
Result<std::unique_ptr<Landscape>> settle(const DescendRequest& request);

}  // namespace fallline::cli
