// SPDX-License-Identifier: Apache-2.0
// Files as a whole: read one, or write one, at once or in pieces, so that nobody ever sees half of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "fallline/base/result.hpp"

namespace fallline {

/// All bytes to an open descriptor, whatever share the system takes at a time; false where it takes no more (errno tells why).
bool write_all(int fd, std::string_view bytes);

/// Gets bytes piece by piece, in their order; an error ends it and is passed on.
using TakeBytes = std::function<Result<void>(std::string_view bytes)>;

/// All that an open descriptor gives until its end. `name` stands in the error where it cannot be read.
Result<void> read_pieces(int fd, const std::string& name, const TakeBytes& take);

/// The bytes of a file, or a data error that names it and says why it cannot be read.
Result<std::string> read_file(const std::string& path);
Result<void> read_file(const std::string& path, const TakeBytes& take);

/// The first bytes of a file, no more than `most`, and how many it has in all.
struct FileStart {
  std::string bytes;
  std::uint64_t file_bytes = 0;
};
Result<FileStart> read_start(const std::string& path, std::uint64_t most);

/// A file in the making: it stands under a temporary name beside `path` until `finish` has synced and renamed it, and is removed where that
/// never comes. What stood at `path` before still stands until then. Errors (code no_room) name the path.
class NewFile {
 public:
  /// Where there is a device or a pipe already, it is written to and never replaced.
  static Result<NewFile> begin(std::string path);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  Result<void> append(std::string_view bytes);
  /// Anywhere in the file, past what was appended too.
  Result<void> write_at(std::uint64_t offset, std::string_view bytes);
  /// previous: the name that what stood at `path` is kept under; empty: it is replaced.
  Result<void> finish(const std::string& previous = {});

 private:
  NewFile(std::string path, bool device);
  Error cannot(const char* doing) const;

  std::string path_;
  std::string temporary_;  // `path_` itself for a device; empty once it is gone
  bool device_;
  int fd_ = -1;
};

/// Writes to a temporary name beside `path`, syncs, renames. On any fault (no room, no permission) the temporary file is removed, what
/// stood at `path` before still stands, and the error (code no_room) names the path.
Result<void> write_file_whole(const std::string& path, std::string_view bytes);

}  // namespace fallline
