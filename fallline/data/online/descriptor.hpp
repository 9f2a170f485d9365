// SPDX-License-Identifier: Apache-2.0
// Bytes of a pipe, a terminal or a file as they come, without waiting for a buffer to fill.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"

namespace fallline::online {

/// Waits for at least one byte and says how many came; 0 at the end, or where it was asked to stop.
using ReadBytes = std::function<Result<std::size_t>(std::span<char> into, StopToken stop)>;

/// "-" is stdin. The descriptor is closed with the last copy of the function.
Result<ReadBytes> open_bytes(const std::string& path);

}  // namespace fallline::online
