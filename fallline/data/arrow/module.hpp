// SPDX-License-Identifier: Apache-2.0
// What the module that is linked to libarrow (`library.cpp`) lends the program, which loads it when the first Parquet or Arrow file turns
// up: to link that library costs every start of the program more than all of its own work.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "fallline/base/result.hpp"
#include "fallline/data/arrow/c_data.hpp"
#include "fallline/data/arrow/library.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline {

struct ArrowModule {
  /// Told of each batch that was read, and of the end.
  using Watch = std::function<Result<void>(bool over)>;

  /// Fills `stream` with the table of one file; what is cut off or corrupt is a data error that names it.
  Result<void> (*open)(const csv::FileText& file, Watch watch, ArrowFormat format, std::size_t threads, ArrowArrayStream* stream);
  std::unique_ptr<ArrowWriter> (*writer)(ArrowFormat format, TakeBytes out);
};

/// The one function of the module, by the name that it is looked for.
inline constexpr const char* arrow_module_entry = "fallline_arrow_module";
using ArrowModuleEntry = const ArrowModule* (*)();

}  // namespace fallline
