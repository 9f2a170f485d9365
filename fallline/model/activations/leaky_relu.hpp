// SPDX-License-Identifier: Apache-2.0
// Leaky rectified linear unit: x above 0, slope x at 0 and below.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct LeakyRelu {
  static constexpr std::string_view name = "leaky_relu";
  static constexpr std::string_view cites = "Maas, Hannun & Ng 2013";
  static constexpr std::string_view summary = "x above 0, slope x below";
  static constexpr Init init = Init::he;

  double slope = 0.01;

  static constexpr auto fields() { return std::array{field<&LeakyRelu::slope>("slope", nonnegative, "slope below 0")}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    const T s = T(slope);
    return {x > T(0) ? x : s * x, x > T(0) ? T(1) : s};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const {
    const std::string below = graph.add("Relu", {graph.add("Neg", {x}, "minus x")}, "size below 0");
    const std::string scaled = graph.add("Mul", {below, graph.row("slope", {slope})}, "scaled below 0");
    return graph.add("Sub", {graph.add("Relu", {x}, "above 0"), scaled}, "leaky relu");
  }
};

}  // namespace fallline::activations
