// SPDX-License-Identifier: Apache-2.0
#include "cli/layers.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace fallline::cli {

namespace {

double root_mean_square(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value * value;
  }
  return values.empty() ? 0 : std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace

std::vector<LayerLine> layers_of(const LinearModel& model) {
  constexpr std::array normalizations{"none", "batch", "layer"};
  std::vector<LayerLine> lines;
  if (model.hidden.empty()) {
    return lines;
  }
  const NetworkOptions& options = model.hidden.options;
  for (std::size_t i = 0; i < options.hidden.size(); ++i) {
    LayerLine line{fmt::format("layer {}", i + 1), i == 0 ? model.hidden.features : options.hidden[i - 1], options.hidden[i]};
    line.normalization = normalizations.at(static_cast<std::size_t>(options.normalization));
    line.activation = options.activation;
    line.parameters = line.units * (line.inputs + (options.normalization == Normalization::none ? 1 : 3));
    for (const NamedArray& array : model.hidden.arrays) {
      line.weight_size = array.name == line.name + " weights" ? root_mean_square(array.values) : line.weight_size;
    }
    lines.push_back(line);
  }
  lines.push_back({"head", model.features, model.outputs, "none", std::string(output_activation_name(model.activation)),
                   model.weights.size() + (model.intercept ? model.outputs : 0), root_mean_square(model.weights)});
  return lines;
}

}  // namespace fallline::cli
