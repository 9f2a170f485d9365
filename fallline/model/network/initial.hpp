// SPDX-License-Identifier: Apache-2.0
// Initial parameters of a network. Weights [inputs, outputs] are drawn so that signals neither grow nor fade from layer to layer:
//   he      variance 2 / inputs (He, Zhang, Ren & Sun 2015), for activations that pass one half
//   glorot  variance 2 / (inputs + outputs) (Glorot & Bengio 2010), for those that are odd around 0
//   orthogonal  columns or rows of a random rotation (Saxe, McClelland & Ganguli 2013)
// Biases and shifts are 0, gains 1.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/model/activation_concept.hpp"
#include "fallline/model/network/layer.hpp"

namespace fallline {

enum class Initial { automatic, he_normal, he_uniform, glorot_normal, glorot_uniform, orthogonal, zeros };

/// auto, he_normal, ...; a usage error offers the nearest.
Result<Initial> parse_initial(std::string_view name);
std::vector<std::string> initial_names();

/// theta: laid out as `tensors`. automatic: he_normal or glorot_uniform in hidden layers, as `suits` says, glorot_uniform in the head (the
/// last matrix). Every value is a function of (seed, tensor, place).
template <class T>
void initialise(const std::vector<network::Tensor>& tensors, Initial initial, Init suits, std::uint64_t seed, std::span<T> theta);

}  // namespace fallline
