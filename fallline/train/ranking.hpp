// SPDX-License-Identifier: Apache-2.0
// Ranking: rows by rising score, however many. They are sorted in memory as long as the run has room; else in runs that go to a scratch
// file and are merged as they are read (Knuth, volume 3, section 5.4). Equal scores stand in the order of the rows, so nothing depends on
// where they were sorted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/scratch.hpp"

namespace fallline {

struct Ranked {
  double score = 0;  // a number
  double weight = 1;
  std::uint32_t row = 0;
  bool positive = false;
};

class Ranking {
 public:
  /// memory: the ceiling, which outlives this; null: none.
  explicit Ranking(Memory* memory) : share_(memory) {}
  Ranking(const Ranking&) = delete;
  Ranking& operator=(const Ranking&) = delete;

  Result<void> add(const Ranked& ranked);
  /// After the last.
  Result<void> finish();

  std::uint64_t size() const { return size_; }
  /// All of them in their order, some at a time.
  using Visit = std::function<void(std::span<const Ranked> some)>;
  Result<void> each(const Visit& visit) const;

 private:
  struct Run {
    std::uint64_t at = 0;
    std::uint64_t count = 0;
  };

  bool grow();
  Result<void> flush();
  Result<void> merge(const Visit& visit) const;
  void drop_buffer();

  MemoryShare share_;  // what the buffer has beyond the least
  std::uint64_t size_ = 0;
  std::vector<Ranked> buffer_;
  std::unique_ptr<ScratchFile> file_;
  std::vector<Run> runs_;
};

}  // namespace fallline
