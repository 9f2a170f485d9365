// SPDX-License-Identifier: Apache-2.0
// Rectified linear unit: max(0, x), slope 0 at 0 and below.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Relu {
  static constexpr std::string_view name = "relu";
  static constexpr std::string_view cites = "Nair & Hinton 2010; Glorot, Bordes & Bengio 2011";
  static constexpr std::string_view summary = "max(0, x)";
  static constexpr Init init = Init::he;

  static constexpr auto fields() { return std::array<Field<Relu>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    return {x > T(0) ? x : T(0), x > T(0) ? T(1) : T(0)};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const { return graph.add("Relu", {x}, "relu"); }
};

}  // namespace fallline::activations
