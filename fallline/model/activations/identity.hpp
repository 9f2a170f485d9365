// SPDX-License-Identifier: Apache-2.0
// The identity: layers without an activation multiply into one linear map.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct Identity {
  static constexpr std::string_view name = "identity";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "x";
  static constexpr Init init = Init::glorot;

  static constexpr auto fields() { return std::array<Field<Identity>, 0>{}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    return {x, T(1)};
  }

  std::string onnx(onnx::Builder& /*graph*/, const std::string& x) const { return x; }
};

}  // namespace fallline::activations
