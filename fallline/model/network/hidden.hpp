// SPDX-License-Identifier: Apache-2.0
// HiddenLayers: the hidden part of a fitted network, from features to what the last hidden layer puts out. The head on top of it is a
// LinearModel like any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fallline/math/rows.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/model/network/options.hpp"

namespace fallline {

/// shape: [n], or [units, inputs] for weights.
struct NamedArray {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// arrays: parameters ("layer 1 weights", "layer 1 bias", "layer 1 gain", ...) in the order of the layers, then what training gathered
/// besides ("layer 1 running mean").
struct HiddenLayers {
  std::size_t features = 0;
  NetworkOptions options;
  std::vector<NamedArray> arrays;

  bool empty() const { return options.hidden.empty(); }
  /// Numbers that training moves by their gradient.
  std::size_t parameters() const;
};

/// The names and shapes that `arrays` must have, in order; values are those of a fresh network, weights 0. Empty for options that make no
/// network.
std::vector<NamedArray> hidden_arrays(const NetworkOptions& options, std::size_t features);

/// [picked, width of the last layer] in double: a row's values depend on that row alone.
template <class T>
std::vector<double> hidden_outputs(const HiddenLayers& hidden, const Rows<T>& rows, std::span<const std::uint32_t> picked,
                                   ThreadPool& pool);

}  // namespace fallline
