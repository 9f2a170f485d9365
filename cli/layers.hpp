// SPDX-License-Identifier: Apache-2.0
// The layers of a network, for `show`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fallline/model/linear.hpp"

namespace fallline::cli {

/// weight_size: root mean square of the weights.
struct LayerLine {
  std::string name;
  std::size_t inputs = 0;
  std::size_t units = 0;
  std::string normalization = {};
  std::string activation = {};
  std::size_t parameters = 0;
  double weight_size = 0;
};

/// From the input on, the head last; empty for models without hidden layers.
std::vector<LayerLine> layers_of(const LinearModel& model);

}  // namespace fallline::cli
