// SPDX-License-Identifier: Apache-2.0
// Files for what does not fit into memory. They have no name: when the process ends, however it ends, they are gone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "fallline/base/result.hpp"

namespace fallline {

/// Where files for scratch go without another word: TMPDIR, or /tmp.
std::string scratch_folder();

/// A file that bytes are put at the end of, by several threads at once, and read from.
class ScratchFile {
 public:
  /// bytes: about as many as will be put there; no_room where the disk has not so many free.
  static Result<std::unique_ptr<ScratchFile>> create(const std::string& folder, std::uint64_t bytes = 0);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  /// Where the bytes stand now; no_room where the disk does not hold them.
  Result<std::uint64_t> append(std::span<const std::byte> bytes);
  Result<void> read(std::uint64_t at, std::span<std::byte> bytes) const;
  /// Asks the system to fetch these bytes, which will be read soon.
  void soon(std::uint64_t at, std::uint64_t bytes) const;
  std::uint64_t size() const { return end_.load(); }
  /// All that was put there, as pages of the file, which outlive this. There is something.
  Result<std::shared_ptr<const void>> map() const;

 private:
  ScratchFile(int file, std::string folder) : file_(file), folder_(std::move(folder)) {}

  [[maybe_unused]] int file_;
  std::string folder_;
  std::atomic<std::uint64_t> end_ = 0;
};

}  // namespace fallline
