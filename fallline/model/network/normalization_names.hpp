// SPDX-License-Identifier: Apache-2.0
// How normalisations are called on every surface.
#pragma once

#include <array>
#include <string_view>

#include "fallline/model/network/options.hpp"

namespace fallline {

/// In the order of the enumeration.
inline constexpr std::array<std::string_view, 3> normalization_names = {"none", "batch", "layer"};

inline std::string_view normalization_name(Normalization normalization) {
  return normalization_names.at(static_cast<std::size_t>(normalization));
}

}  // namespace fallline
