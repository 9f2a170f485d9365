// SPDX-License-Identifier: Apache-2.0
// Files as a whole: read one, or write one so that nobody ever sees half of it.
#pragma once

#include <string>
#include <string_view>

#include "fallline/base/result.hpp"

namespace fallline {

/// All bytes to an open descriptor, whatever share the system takes at a time; false where it takes no more (errno tells why).
bool write_all(int fd, std::string_view bytes);

/// The bytes of a file, or a data error that names it and says why it cannot be read.
Result<std::string> read_file(const std::string& path);

/// Writes to a temporary name beside `path`, syncs, renames. On any fault (no room, no permission) the temporary file is removed, what
/// stood at `path` before still stands, and the error (code no_room) names the path.
Result<void> write_file_whole(const std::string& path, std::string_view bytes);

}  // namespace fallline
