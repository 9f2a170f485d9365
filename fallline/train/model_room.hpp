// SPDX-License-Identifier: Apache-2.0
// Whether a model as wide as the data, and the state of its training, can be held: asked before the work begins, for hashed features may be
// hundreds of millions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "fallline/base/result.hpp"

namespace fallline {

struct ModelSize {
  std::uint64_t weights = 0;       // of the model: those of its first layer, which is as wide as the data
  std::uint64_t trained = 0;       // of them, those whose feature occurs
  std::size_t bytes_of_value = 4;  // in training and in the file
};

/// What training and writing it take.
std::uint64_t bytes_for(const ModelSize& size);

/// No room where that is more than `free`, or where the file could not hold the model.
Result<void> check_model_room(const ModelSize& size, std::uint64_t free);

}  // namespace fallline
