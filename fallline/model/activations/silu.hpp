// SPDX-License-Identifier: Apache-2.0
// Sigmoid linear unit: x sigmoid(x).
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Silu {
  static constexpr std::string_view name = "silu";
  static constexpr std::string_view cites = "Hendrycks & Gimpel 2016; Ramachandran, Zoph & Le 2017 (swish)";
  static constexpr std::string_view summary = "x sigmoid(x)";
  static constexpr Init init = Init::he;

  static constexpr auto fields() { return std::array<Field<Silu>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    const T p = fallline::sigmoid(x);
    return {x * p, p + x * p * (T(1) - p)};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const {
    return graph.add("Mul", {x, graph.add("Sigmoid", {x}, "sigmoid")}, "silu");
  }
};

}  // namespace fallline::activations
