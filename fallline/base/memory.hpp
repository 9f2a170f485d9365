// SPDX-License-Identifier: Apache-2.0
// Memory: the ceiling of a run. Data asks it for room and goes to a file where there is none, so what is computed never depends on it.
//
// The pages of mapped files count as ours as long as nobody else needs them. So they are watched: a thread of its own looks every few
// milliseconds and, near the ceiling, hands the watched pages back to the system, which has them in the file. Whoever reads them next finds
// the same bytes, a little later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace fallline {

class Memory {
 public:
  /// limit: bytes that the process is to stay under. folder: where files go that hold what does not fit.
  Memory(std::uint64_t limit, std::string folder);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  std::uint64_t limit() const { return limit_; }
  const std::string& folder() const { return folder_; }

  /// Whether so many bytes of data may stay in memory: of all that is kept, a share of the ceiling that leaves room to work.
  bool take(std::uint64_t bytes);
  bool has_room(std::uint64_t bytes) const;
  /// What was taken is free again.
  void give(std::uint64_t bytes);

  /// How many bytes may be under work at a time, read but not yet put where they stay.
  std::size_t in_flight() const;

  /// Told by those who read watched pages fast: so many bytes of them may have come into memory. Every so often this looks by itself, for
  /// on a busy machine the thread that watches may wait long for its turn.
  void touched(std::uint64_t bytes);

  /// Pages of a file mapped for sharing or for reading only; `unwatch` before they are unmapped.
  void watch(void* pages, std::size_t bytes);
  void unwatch(void* pages);

 private:
  struct Watch;
  std::uint64_t limit_;
  std::string folder_;
  std::unique_ptr<Watch> watch_;
};

/// Half of what the machine, or the control group that the process runs in, has free.
std::uint64_t free_memory_to_use();

}  // namespace fallline
