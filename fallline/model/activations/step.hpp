// SPDX-License-Identifier: Apache-2.0
// The unit step of the classic perceptron. Its slope is 0 everywhere, so back-propagation cannot train what lies below it.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Step {
  static constexpr std::string_view name = "step";
  static constexpr std::string_view cites = "Rosenblatt 1958";
  static constexpr std::string_view summary = "1 above 0, else 0";
  static constexpr Init init = Init::glorot;

  static constexpr auto fields() { return std::array<Field<Step>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    return {x > T(0) ? T(1) : T(0), T(0)};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const {
    const std::string above = graph.add("Greater", {x, graph.row("zero", {0})}, "is above 0");
    return graph.cast(above, onnx::ElementType::float64, "step");
  }
};

}  // namespace fallline::activations
