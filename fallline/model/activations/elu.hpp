// SPDX-License-Identifier: Apache-2.0
// Exponential linear unit: x above 0, alpha (e^x - 1) below.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Elu {
  static constexpr std::string_view name = "elu";
  static constexpr std::string_view cites = "Clevert, Unterthiner & Hochreiter 2015";
  static constexpr std::string_view summary = "x above 0, alpha (e^x - 1) below";
  static constexpr Init init = Init::he;

  double alpha = 1;

  static constexpr auto fields() { return std::array{field<&Elu::alpha>("alpha", nonnegative, "how far below 0 it goes")}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    const T below = x < T(0) ? x : T(0);
    return {x > T(0) ? x : T(alpha) * fast_expm1(below), x > T(0) ? T(1) : T(alpha) * fast_exp(below)};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const {
    const std::string above = graph.add("Relu", {x}, "above 0");
    const std::string power = graph.add("Exp", {graph.add("Sub", {x, above}, "below 0")}, "exponential");
    const std::string less = graph.add("Sub", {power, graph.row("one", {1})}, "exponential less 1");
    return graph.add("Add", {above, graph.add("Mul", {less, graph.row("alpha", {alpha})}, "scaled below 0")}, "elu");
  }
};

}  // namespace fallline::activations
