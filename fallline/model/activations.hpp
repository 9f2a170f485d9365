// SPDX-License-Identifier: Apache-2.0
// The list of hidden activations. A name that stands here appears in the command line, its help, `list activations` and the tests.
#pragma once

#include <variant>

#include "fallline/model/activations/elu.hpp"
#include "fallline/model/activations/gelu.hpp"
#include "fallline/model/activations/gelu_tanh.hpp"
#include "fallline/model/activations/identity.hpp"
#include "fallline/model/activations/leaky_relu.hpp"
#include "fallline/model/activations/relu.hpp"
#include "fallline/model/activations/sigmoid.hpp"
#include "fallline/model/activations/silu.hpp"
#include "fallline/model/activations/softplus.hpp"
#include "fallline/model/activations/softsign.hpp"
#include "fallline/model/activations/step.hpp"
#include "fallline/model/activations/tanh.hpp"

namespace fallline::activations {

using Any = std::variant<Relu, LeakyRelu, Elu, Gelu, GeluTanh, Silu, Softplus, Softsign, Tanh, Sigmoid, Identity, Step>;

/// f(the activation that `any` holds). std::visit could throw, which this floor must not.
template <std::size_t index = 0, class F>
void visit(const Any& any, F&& f) {
  if constexpr (index + 1 < std::variant_size_v<Any>) {
    if (any.index() != index) {
      visit<index + 1>(any, f);
      return;
    }
  }
  f(*std::get_if<index>(&any));
}

}  // namespace fallline::activations
