// SPDX-License-Identifier: Apache-2.0
// Output activations with their slopes.
#pragma once

#include "fallline/math/elementary.hpp"
#include "fallline/model/linear.hpp"

namespace fallline {

template <class T>
struct Activated {
  T value;
  T slope;
};

template <class T>
inline Activated<T> activated(OutputActivation activation, T s) {
  switch (activation) {
    case OutputActivation::sigmoid: {
      const T p = sigmoid(s);
      return {p, p * (T(1) - p)};
    }
    case OutputActivation::tanh: {
      const T p = T(2) * sigmoid(T(2) * s) - T(1);
      return {p, (T(1) - p) * (T(1) + p)};
    }
    case OutputActivation::relu:
      return {s > 0 ? s : T(0), s > 0 ? T(1) : T(0)};
    case OutputActivation::softplus:
      return {softplus(s), sigmoid(s)};
    case OutputActivation::exp: {
      const T p = fast_exp(s);
      return {p, p};
    }
    case OutputActivation::identity:
      break;
  }
  return {s, T(1)};
}

}  // namespace fallline
