// SPDX-License-Identifier: Apache-2.0
// Logistic function 1 / (1 + e^-x).
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";
  static constexpr std::string_view cites = "Rumelhart, Hinton & Williams 1986";
  static constexpr std::string_view summary = "1 / (1 + e^-x)";
  static constexpr Init init = Init::glorot;

  static constexpr auto fields() { return std::array<Field<Sigmoid>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    const T p = fallline::sigmoid(x);
    return {p, p * (T(1) - p)};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const { return graph.add("Sigmoid", {x}, "sigmoid"); }
};

}  // namespace fallline::activations
