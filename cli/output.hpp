// SPDX-License-Identifier: Apache-2.0
// Results into files.
#pragma once

#include <string>
#include <string_view>

#include "fallline/base/result.hpp"

namespace fallline::cli {

/// Whether a file could be written there, told before the work that makes it. no_room where not.
Result<void> check_writable(const std::string& path);

/// A whole file or none; a device or pipe gets the bytes themselves.
Result<void> write_output(const std::string& path, std::string_view bytes);

}  // namespace fallline::cli
