// SPDX-License-Identifier: Apache-2.0
// log(1 + e^x), a smooth relu.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Softplus {
  static constexpr std::string_view name = "softplus";
  static constexpr std::string_view cites = "Dugas et al. 2001";
  static constexpr std::string_view summary = "log(1 + e^x)";
  static constexpr Init init = Init::he;

  static constexpr auto fields() { return std::array<Field<Softplus>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    return {fallline::softplus(x), fallline::sigmoid(x)};
  }

  std::string onnx(onnx::Builder& graph, const std::string& x) const { return onnx::softplus(graph, x); }
};

}  // namespace fallline::activations
