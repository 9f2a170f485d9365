// SPDX-License-Identifier: Apache-2.0
// What a hidden activation is: a plain struct with its name, source and fields, the formula `at(x) -> {value, slope}`, and the same
// formula as operators of ONNX that every runtime has for double. Adding one is a file in activations/, its name in activations.hpp, and a
// test.
#pragma once

#include <array>
#include <concepts>
#include <string_view>

#include "fallline/base/field.hpp"
#include "fallline/base/onnx_builder.hpp"

namespace fallline {

/// Which spread of initial weights suits an activation: he for those that pass one half, glorot for those that are odd around 0.
enum class Init { he, glorot };

/// The value with its derivative; at a kink the left one.
template <class T>
struct ActivationAt {
  T value;
  T slope;
};

template <class A>
concept HiddenActivation = requires(const A activation) {
  { A::name } -> std::convertible_to<std::string_view>;
  { A::cites } -> std::convertible_to<std::string_view>;
  { A::summary } -> std::convertible_to<std::string_view>;
  { A::init } -> std::convertible_to<Init>;
  A::fields();
  { activation.at(1.0F) } -> std::same_as<ActivationAt<float>>;
  { activation.at(1.0) } -> std::same_as<ActivationAt<double>>;
  { activation.onnx(std::declval<onnx::Builder&>(), std::string()) } -> std::same_as<std::string>;
};

}  // namespace fallline
