// SPDX-License-Identifier: Apache-2.0
// The tanh form of the Gaussian error linear unit: x/2 (1 + tanh(c (x + a x^3))), c = sqrt(2/pi), a = 0.044715.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct GeluTanh {
  static constexpr std::string_view name = "gelu_tanh";
  static constexpr std::string_view cites = "Hendrycks & Gimpel 2016";
  static constexpr std::string_view summary = "x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))";
  static constexpr Init init = Init::he;

  static constexpr auto fields() { return std::array<Field<GeluTanh>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    constexpr double c = 0.79788456080286535588;
    constexpr double a = 0.044715;
    const T t = fast_tanh(T(c) * (x + T(a) * x * x * x));
    const T inner = T(c) * (T(1) + T(3 * a) * x * x);
    return {T(0.5) * x * (T(1) + t), T(0.5) * (T(1) + t) + T(0.5) * x * (T(1) - t) * (T(1) + t) * inner};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const {
    const std::string square = graph.add("Mul", {x, x}, "square");
    const std::string bend = graph.add("Mul", {square, graph.row("a", {0.044715})}, "bend");
    const std::string more = graph.add("Mul", {x, graph.add("Add", {bend, graph.row("one", {1})}, "one and bend")}, "x and cube");
    const std::string inner = graph.add("Mul", {more, graph.row("c", {0.79788456080286535588})}, "inner");
    const std::string twice = graph.add("Add", {graph.add("Tanh", {inner}, "tanh"), graph.row("one", {1})}, "twice the share");
    return graph.add("Mul", {x, graph.add("Mul", {twice, graph.row("half", {0.5})}, "share")}, "gelu");
  }
};

}  // namespace fallline::activations
