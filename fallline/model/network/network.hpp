// SPDX-License-Identifier: Apache-2.0
// Network<T>: input -> dense hidden layers, each with normalisation, activation and dropout as asked -> dense head. It knows the layers and
// how their parameters lie; NetworkPass runs them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/model/network/layer.hpp"
#include "fallline/model/network/options.hpp"

namespace fallline {

/// The parameters of layer `index` are theta[first, first + size).
template <class T>
struct PlacedLayer {
  std::unique_ptr<network::Layer<T>> layer;
  std::size_t first = 0;
  std::size_t size = 0;
};

template <class T>
struct Network {
  std::size_t features = 0;
  std::size_t outputs = 0;
  std::vector<PlacedLayer<T>> layers;
  std::vector<network::Tensor> tensors;  // of all layers in order: the layout of theta
  std::size_t parameters = 0;

  /// Whether a value of one row depends on the other rows of its batch in training.
  bool mixes_rows() const;
};

/// A usage error names an activation that is not known or a width or probability that makes no sense.
Result<void> check_network(const NetworkOptions& options);

/// The hidden layers alone; the options have been checked.
template <class T>
Network<T> make_hidden(const NetworkOptions& options, std::size_t features);

/// With a head of `outputs` scores on top.
template <class T>
Network<T> make_network(const NetworkOptions& options, std::size_t features, std::size_t outputs, bool intercept);

}  // namespace fallline
