// SPDX-License-Identifier: Apache-2.0
// Files for what does not fit into memory. They have no name: when the process ends, however it ends, they are gone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"

namespace fallline {

/// Where files for scratch go without another word: TMPDIR, or /tmp.
std::string scratch_folder();

/// A file that bytes are put at the end of, by several threads at once, and read from.
class ScratchFile {
 public:
  static Result<std::unique_ptr<ScratchFile>> create(const std::string& folder);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  /// Where the bytes stand now; no_room where the disk does not hold them.
  Result<std::uint64_t> append(std::span<const std::byte> bytes);
  Result<void> read(std::uint64_t at, std::span<std::byte> bytes) const;
  std::uint64_t size() const { return end_.load(); }

 private:
  ScratchFile(int file, std::string folder) : file_(file), folder_(std::move(folder)) {}

  [[maybe_unused]] int file_;
  std::string folder_;
  std::atomic<std::uint64_t> end_ = 0;
};

/// Room of a size told before, in a file that is mapped: its disk space is there from the start, so that writing cannot fail later.
class ScratchRoom {
 public:
  /// The memory must outlive the room, which it watches.
  static Result<std::shared_ptr<ScratchRoom>> create(Memory& memory, std::uint64_t bytes);
  ~ScratchRoom();
  ScratchRoom(const ScratchRoom&) = delete;
  ScratchRoom& operator=(const ScratchRoom&) = delete;

  /// The next so many bytes, 64-byte aligned; a null pointer where so many are not left.
  void* allocate(std::size_t bytes);
  Memory& memory() const { return memory_; }
  bool holds(const void* at) const { return at >= pages_ && at < pages_ + bytes_; }
  /// What allocate(bytes) takes of the room.
  static constexpr std::uint64_t size_of(std::uint64_t bytes) { return (bytes + 63) / 64 * 64; }

  /// Asks the system to have these pages ready soon.
  static void soon(const void* at, std::size_t bytes);

 private:
  ScratchRoom(Memory& memory, void* pages, std::size_t bytes);

  Memory& memory_;
  std::byte* pages_;
  std::size_t bytes_;
  std::size_t used_ = 0;
};

}  // namespace fallline
