// SPDX-License-Identifier: Apache-2.0
// A text that comes piece by piece: out of a pipe, a packed file or another encoding. It stays in memory where there is room for it and for
// the columns that will be made of it; else it goes to a scratch file, whose pages are read as those of any file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/scratch.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline::csv {

class GatheredText {
 public:
  /// memory: outlives the text; null: it may take any.
  explicit GatheredText(Memory* memory);

  /// no_room where the disk does not hold it.
  Result<void> append(std::string_view piece);
  /// The pieces as one text; nothing is appended after.
  Result<FileText> finish(std::string name);

 private:
  struct Held;

  bool stays(std::size_t size);
  Result<void> move_to_file();

  Memory* memory_;
  std::shared_ptr<Held> held_;
  std::unique_ptr<ScratchFile> file_;  // where there is one, all of the text is in it
};

}  // namespace fallline::csv
