// SPDX-License-Identifier: Apache-2.0
// The LIBSVM reader (SVMlight's format): lines of `label [qid:n] index:value ... [# comment]`, the indices ascending. The label is a column
// of numbers, the entries are the matrix beside it. Every fault is told with file, line, character and what was expected there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/source.hpp"

namespace fallline {

/// The only column of such a source.
inline constexpr const char* libsvm_label = "label";

/// What a model knows of the file that it was trained on; nothing where there is no model yet.
struct LibsvmOptions {
  std::optional<bool> zero_based = std::nullopt;    // nothing: the first feature is 0 where any line has that index, else 1
  std::optional<std::size_t> width = std::nullopt;  // nothing: up to the largest index; entries past it are left out and counted in a note
  Memory* memory = nullptr;                         // the ceiling that the source keeps, which must outlive it; null: none
};

/// Opens files that are read one after the other. A file that does not exist or is empty is a data error.
Result<std::unique_ptr<Source>> open_libsvm(std::vector<std::string> paths, LibsvmOptions options);

/// As above, from text in memory; `name` stands in messages.
Result<std::unique_ptr<Source>> libsvm_from_text(std::string text, std::string name, LibsvmOptions options);

}  // namespace fallline
