// SPDX-License-Identifier: Apache-2.0
// Gaussian error linear unit, exact: x Phi(x) with Phi the normal distribution function.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Gelu {
  static constexpr std::string_view name = "gelu";
  static constexpr std::string_view cites = "Hendrycks & Gimpel 2016";
  static constexpr std::string_view summary = "x Phi(x), by the error function";
  static constexpr Init init = Init::he;

  static constexpr auto fields() { return std::array<Field<Gelu>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    const T share = T(0.5) * (T(1) + fast_erf(x * T(0.70710678118654752440)));
    const T density = T(0.39894228040143267794) * fast_exp(T(-0.5) * x * x);
    return {x * share, share + x * density};
  }

  // Runtimes have Erf for float alone, good to 1e-7.
  std::string onnx(onnx::Builder& graph, const std::string& x) const {
    const std::string scaled = graph.add("Mul", {x, graph.row("root of half", {0.70710678118654752440})}, "scaled");
    const std::string narrow = graph.cast(scaled, onnx::ElementType::float32, "scaled as float");
    const std::string erf = graph.cast(graph.add("Erf", {narrow}, "erf"), onnx::ElementType::float64, "erf as double");
    const std::string twice = graph.add("Add", {erf, graph.row("one", {1})}, "twice the share");
    return graph.add("Mul", {x, graph.add("Mul", {twice, graph.row("half", {0.5})}, "share")}, "gelu");
  }
};

}  // namespace fallline::activations
