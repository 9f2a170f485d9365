// SPDX-License-Identifier: Apache-2.0
// Memory: the ceiling of a run. Data asks it for room and goes to a file where there is none, so what is computed never depends on it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace fallline {

class Memory {
 public:
  /// limit: bytes that the process is to stay under. folder: where files go that hold what does not fit. cache: whether what can be read
  /// again where it came from goes there too.
  Memory(std::uint64_t limit, std::string folder, bool cache = true);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  std::uint64_t limit() const { return limit_; }
  const std::string& folder() const { return folder_; }
  bool cache() const { return cache_; }
  /// What all data together may take of it: the rest is for reading, for the model and for the program.
  std::uint64_t room() const { return limit_ / 8 * 3; }

  /// Whether so many bytes of data may stay in memory, beside those that do already.
  bool take(std::uint64_t bytes);
  bool has_room(std::uint64_t bytes) const;
  /// What was taken is free again.
  void give(std::uint64_t bytes);

  /// How many bytes the system has left besides, in which it may keep pages of files.
  std::uint64_t beside() const;

  /// How many bytes may be under work at a time, read but not yet put where they stay.
  std::size_t in_flight() const;

 private:
  std::uint64_t limit_;
  std::string folder_;
  bool cache_;
  std::atomic<std::uint64_t> taken_ = 0;
};

/// What one holder took of a run's memory, which it gives back at its end. Several threads may take at once.
class MemoryShare {
 public:
  /// memory: outlives this; null: there is no ceiling, and everything may stay.
  explicit MemoryShare(Memory* memory) : memory_(memory) {}
  ~MemoryShare() { give_back(); }
  MemoryShare(const MemoryShare&) = delete;
  MemoryShare& operator=(const MemoryShare&) = delete;

  Memory* memory() const { return memory_; }
  std::uint64_t taken() const { return taken_.load(); }
  bool take(std::uint64_t bytes);
  void give(std::uint64_t bytes);
  void give_back() { give(taken()); }

 private:
  Memory* memory_;
  std::atomic<std::uint64_t> taken_ = 0;
};

/// Half of what the machine, or the control group that the process runs in, has free.
std::uint64_t free_memory_to_use();

}  // namespace fallline
