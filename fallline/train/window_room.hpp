// SPDX-License-Identifier: Apache-2.0
// Whether a window that the user names can be held in memory, where the rows are in a file.
#pragma once

#include <cstddef>
#include <optional>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/dataset.hpp"

namespace fallline {

/// A usage error where the rows of the window, twice where the next ones are read ahead, take more than data may, and more than those of
/// the usual window.
template <class T>
Result<void> check_window_room(const Dataset<T>& data, std::optional<std::size_t> window, const Memory& memory);

}  // namespace fallline
