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

template <class T>
class Builder {
 public:
  explicit Builder(std::size_t features) { network_.features = features; }
  explicit Builder(Network<T> network) : network_(std::move(network)) {}

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

Result<void> check_network(const NetworkOptions& options) {
  for (const std::size_t width : options.hidden) {
    if (width == 0 || width > widest) {
      return usage_error(fmt::format("A hidden layer has from 1 to {} units, not {}.", widest, width));
    }
  }
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    return usage_error("Dropout is the probability that a unit is left out: a number in [0, 1).");
  }
  const auto activation = parse_activation(options.activation);
  if (!activation) {
    return activation.error();
  }
  if (activation_info(*activation).name == "step") {
    return usage_error(
        "The activation step is flat wherever it does not jump, so no gradient passes it and hidden layers would not learn. It is that of "
        "the classic perceptron, which has none: --model perceptron. For hidden layers use sigmoid or tanh, its smooth forms.");
  }
  return {};
}

template <class T>
Network<T> make_hidden(const NetworkOptions& options, std::size_t features) {
  const auto activation = parse_activation(options.activation);
  expects(activation.has_value(), "the options of a network were checked");
  Builder<T> builder(features);
  for (std::size_t i = 0; i < options.hidden.size(); ++i) {
    const std::string name = fmt::format("layer {}", i + 1);
    const std::size_t width = options.hidden[i];
    builder.add(network::Dense<T>(name, i == 0 ? features : options.hidden[i - 1], width, true));
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
  return builder.take();
}

template <class T>
Network<T> make_network(const NetworkOptions& options, std::size_t features, std::size_t outputs, bool intercept) {
  Builder<T> builder(make_hidden<T>(options, features));
  builder.add(network::Dense<T>("head", options.hidden.empty() ? features : options.hidden.back(), outputs, intercept));
  return builder.take();
}

template struct Network<float>;
template struct Network<double>;
template struct Network<Dual<double>>;
template Network<float> make_hidden(const NetworkOptions&, std::size_t);
template Network<double> make_hidden(const NetworkOptions&, std::size_t);
template Network<Dual<double>> make_hidden(const NetworkOptions&, std::size_t);
template Network<float> make_network(const NetworkOptions&, std::size_t, std::size_t, bool);
template Network<double> make_network(const NetworkOptions&, std::size_t, std::size_t, bool);
template Network<Dual<double>> make_network(const NetworkOptions&, std::size_t, std::size_t, bool);

}  // namespace fallline
