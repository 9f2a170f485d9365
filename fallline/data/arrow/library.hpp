// SPDX-License-Identifier: Apache-2.0
// Parquet and Arrow IPC files, read and written by libarrow. The only door to that library: `loader.cpp`, which loads the module that is
// linked to it (`library.cpp`, `module.hpp`), where the build has it, else `without_library.cpp`, which says how to build with it. Both are
// in `fallline_arrow` in CMake, apart from the room's library.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/file.hpp"
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

/// A file of one table, written some rows at a time: each append is row groups of Parquet, or record batches of Arrow.
class ArrowWriter {
 public:
  virtual ~ArrowWriter() = default;
  /// Both structs are released.
  virtual Result<void> append(ArrowSchema* schema, ArrowArray* rows) = 0;
  /// After the last rows; there were some.
  virtual Result<void> finish() = 0;
};

/// Where there is no library.
class NoArrowWriter final : public ArrowWriter {
 public:
  explicit NoArrowWriter(Error why) : why_(std::move(why)) {}
  Result<void> append(ArrowSchema* schema, ArrowArray* rows) override {
    rows->release(rows);
    schema->release(schema);
    return why_;
  }
  Result<void> finish() override { return why_; }

 private:
  Error why_;
};

/// out: gets the bytes of the file in their order.
std::unique_ptr<ArrowWriter> arrow_writer(ArrowFormat format, TakeBytes out);

}  // namespace fallline
