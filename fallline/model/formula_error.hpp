// SPDX-License-Identifier: Apache-2.0
// What the user is told about a place in a formula.
#pragma once

#include <cstddef>
#include <string_view>

#include "fallline/base/result.hpp"

namespace fallline {

/// "formula:7: WHAT", the text around byte `at`, and a mark under it. Positions count characters from 1.
Error formula_error(std::string_view text, std::size_t at, std::string_view what);

}  // namespace fallline
