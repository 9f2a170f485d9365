// SPDX-License-Identifier: Apache-2.0
// Fetched: pieces of a scratch file in memory. Pieces that lie close together are read in one go, several of these at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fallline/base/aligned_bytes.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/scratch.hpp"

namespace fallline::kept {

struct Piece {
  std::uint64_t at = 0;
  std::uint64_t bytes = 0;
};

class Fetched {
 public:
  /// These pieces, in the place of others.
  Result<void> bring(ScratchFile& file, std::vector<Piece> wanted);
  /// The bytes of one of them.
  std::span<const std::byte> bytes_of(const Piece& piece) const;

 private:
  struct Stretch {
    Piece whole;
    AlignedBytes room = {};
    std::span<const std::byte> bytes = {};
  };

  std::vector<Stretch> stretches_;  // ascending
};

}  // namespace fallline::kept
