// SPDX-License-Identifier: Apache-2.0
// Files for what does not fit into memory. They have no name: when the process ends, however it ends, they are gone.
//
// What is appended is gathered in blocks, which are written beside the caller. A file that outgrows what the system can keep of it in its
// cache of pages is written and read past that cache: there every page would cost a search for another one to give up.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "fallline/base/ahead.hpp"
#include "fallline/base/aligned_bytes.hpp"
#include "fallline/base/memory.hpp"
#include "fallline/base/mutex.hpp"
#include "fallline/base/result.hpp"

namespace fallline {

/// Where files for scratch go without another word: TMPDIR, or /tmp.
std::string scratch_folder();

/// A file that bytes are put at the end of, by several threads at once, and read from.
class ScratchFile {
 public:
  /// In the folder of the run. bytes: about as many as will be put there; no_room where the disk has not so many free. front: whole pages
  /// that are kept free at the start of the file, for write_front.
  static Result<std::unique_ptr<ScratchFile>> create(const Memory& memory, std::uint64_t bytes = 0, std::uint64_t front = 0);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  /// Where the bytes stand now; no_room where the disk does not hold them, or those before them.
  Result<std::uint64_t> append(std::span<const std::byte> bytes);
  /// To where nothing is appended.
  Result<void> write_front(std::uint64_t at, std::span<const std::byte> bytes) const;
  /// After the last bytes: whether all are in the file, or why not.
  Result<void> finish();
  /// So many bytes, which stand in `room` until it is used again.
  Result<std::span<const std::byte>> read(std::uint64_t at, std::size_t bytes, AlignedBytes& room);
  /// The same, copied.
  Result<void> read(std::uint64_t at, std::span<std::byte> bytes);
  std::uint64_t size() const { return end_.load(); }
  /// All that was put there, as pages of the file, which outlive this. There is something, and nothing more comes.
  Result<std::shared_ptr<const void>> map();

 private:
  ScratchFile(int file, int direct, const Memory& memory, std::uint64_t front);

  Result<void> put(std::uint64_t at, std::span<const std::byte> bytes, bool direct) const;
  bool goes_direct(std::uint64_t at) const;
  Result<void> write_block();
  Result<void> flush();

  [[maybe_unused]] int file_;
  [[maybe_unused]] int direct_;            // the same file past the system's cache; below 0 where that cannot be
  [[maybe_unused]] std::uint64_t cached_;  // so many bytes the system may keep in its cache
  [[maybe_unused]] std::size_t block_bytes_;
  std::string folder_;
  std::atomic<std::uint64_t> end_ = 0;
  std::atomic<std::uint64_t> flushed_ = 0;  // what may be read

  Mutex mutex_;
  AlignedBytes front_;  // the bytes before end_, `filled_` of them,
  std::size_t filled_ = 0;
  AlignedBytes back_;  // and those that are being written
  Result<void> written_ = {};
  bool finished_ = false;
  Ahead ahead_;  // last, so that it has ended before what it works on goes
};

}  // namespace fallline
