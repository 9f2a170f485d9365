// SPDX-License-Identifier: Apache-2.0
// Parquet and Arrow IPC files, read and written by libarrow. The only door to that library: `loader.cpp`, which loads the module that is
// linked to it (`library.cpp`, `module.hpp`), where the build has it, else `without_library.cpp`, which says how to build with it. Both are
// in `fallline_arrow` in CMake, apart from the room's library.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/arrow/source.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline {

/// ipc: the file or the stream format, which are told apart by their first bytes; Feather version 2 is the file format. Written is the
/// file.
enum class ArrowFormat { parquet, ipc };

/// Whether this build can read and write them; a usage error with advice where not.
Result<void> arrow_is_built();

/// Whole tables of several files. What is cut off or corrupt is a data error that names the file.
Result<std::unique_ptr<Source>> open_arrow(std::vector<csv::FileText> files, ArrowFormat format, ArrowOptions options);

/// The bytes of a file that holds one table; both structs are released.
Result<std::string> write_arrow(ArrowSchema* schema, ArrowArray* rows, ArrowFormat format);

}  // namespace fallline
