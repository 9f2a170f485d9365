// SPDX-License-Identifier: Apache-2.0
// The version of the program, as models and checkpoints tell it.
#pragma once

namespace fallline {

inline constexpr const char* version = "0.1.0";

}  // namespace fallline
