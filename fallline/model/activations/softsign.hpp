// SPDX-License-Identifier: Apache-2.0
// x / (1 + |x|): like tanh, but its tails are flat only slowly.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Softsign {
  static constexpr std::string_view name = "softsign";
  static constexpr std::string_view cites = "Bergstra, Desjardins, Lamblin & Bengio 2009";
  static constexpr std::string_view summary = "x / (1 + |x|)";
  static constexpr Init init = Init::glorot;

  static constexpr auto fields() { return std::array<Field<Softsign>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    const T d = T(1) / (T(1) + (x < T(0) ? -x : x));
    return {x * d, d * d};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const {
    const std::string size = graph.add("Abs", {x}, "size");
    return graph.add("Div", {x, graph.add("Add", {size, graph.row("one", {1})}, "one and size")}, "softsign");
  }
};

}  // namespace fallline::activations
