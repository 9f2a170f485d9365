// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/network.hpp"

#include <fmt/format.h>

#include "fallline/base/text.hpp"
#include "fallline/model/hidden_activation.hpp"
#include "fallline/model/network/activate.hpp"
#include "fallline/model/network/batch_norm.hpp"
#include "fallline/model/network/dense.hpp"
#include "fallline/model/network/dropout.hpp"
#include "fallline/model/network/layer_norm.hpp"

namespace fallline {

namespace {

constexpr std::size_t widest = std::size_t{1} << 24U;

Result<void> check(const NetworkOptions& options) {
  for (const std::size_t width : options.hidden) {
    if (width == 0 || width > widest) {
      return usage_error(fmt::format("A hidden layer has from 1 to {} units, not {}.", widest, width));
    }
  }
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    return usage_error("Dropout is the probability that a unit is left out: a number in [0, 1).");
  }
  return {};
}

template <class T>
class Builder {
 public:
  explicit Builder(std::size_t features) { network_.features = features; }

  template <class Layer>
  void add(Layer layer) {
    PlacedLayer<T> placed{std::make_unique<Layer>(std::move(layer)), network_.parameters, 0};
    for (network::Tensor& tensor : placed.layer->tensors()) {
      placed.size += tensor.size();
      network_.tensors.push_back(std::move(tensor));
    }
    network_.parameters += placed.size;
    network_.outputs = placed.layer->outputs();
    network_.layers.push_back(std::move(placed));
  }

  Network<T> take() { return std::move(network_); }

 private:
  Network<T> network_;
};

}  // namespace

template <class T>
bool Network<T>::mixes_rows() const {
  for (const PlacedLayer<T>& placed : layers) {
    if (placed.layer->column_parts() > 0) {
      return true;
    }
  }
  return false;
}

template <class T>
Result<Network<T>> make_network(const NetworkOptions& options, std::size_t features, std::size_t outputs) {
  if (const auto well = check(options); !well) {
    return well.error();
  }
  const auto activation = parse_activation(options.activation);
  if (!activation) {
    return activation.error();
  }
  Builder<T> builder(features);
  std::size_t width = features;
  for (std::size_t i = 0; i < options.hidden.size(); ++i) {
    const std::string name = fmt::format("layer {}", i + 1);
    builder.add(network::Dense<T>(name, width, options.hidden[i], true));
    width = options.hidden[i];
    if (options.normalization == Normalization::batch) {
      builder.add(network::BatchNorm<T>(name, width));
    } else if (options.normalization == Normalization::layer) {
      builder.add(network::LayerNorm<T>(name, width));
    }
    builder.add(network::Activate<T>(*activation, width));
    if (options.dropout > 0) {
      builder.add(network::Dropout<T>(options.dropout, width, i));
    }
  }
  builder.add(network::Dense<T>("head", width, outputs, options.intercept));
  return builder.take();
}

template struct Network<float>;
template struct Network<double>;
template struct Network<Dual<double>>;
template Result<Network<float>> make_network(const NetworkOptions&, std::size_t, std::size_t);
template Result<Network<double>> make_network(const NetworkOptions&, std::size_t, std::size_t);
template Result<Network<Dual<double>>> make_network(const NetworkOptions&, std::size_t, std::size_t);

}  // namespace fallline
