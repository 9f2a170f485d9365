// SPDX-License-Identifier: Apache-2.0
// The shape of the hidden layers of a network. What is off costs nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fallline {

enum class Normalization { none, batch, layer };

struct NetworkOptions {
  std::vector<std::size_t> hidden = {};  // widths, from the input on; none: no hidden layers
  std::string activation = "relu";       // a spec: "relu", "leaky_relu:slope=0.1"
  Normalization normalization = Normalization::none;
  double dropout = 0;  // after each hidden layer
};

/// Added to variances before their root is taken.
inline constexpr double normalization_epsilon = 1e-5;

}  // namespace fallline
