// SPDX-License-Identifier: Apache-2.0
// Hyperbolic tangent.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Tanh {
  static constexpr std::string_view name = "tanh";
  static constexpr std::string_view cites = "LeCun, Bottou, Orr & Mueller 1998";
  static constexpr std::string_view summary = "tanh(x)";
  static constexpr Init init = Init::glorot;

  static constexpr auto fields() { return std::array<Field<Tanh>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    const T t = fast_tanh(x);
    return {t, (T(1) - t) * (T(1) + t)};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const { return graph.add("Tanh", {x}, "tanh"); }
};

}  // namespace fallline::activations
