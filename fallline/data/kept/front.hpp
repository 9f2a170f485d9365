// SPDX-License-Identifier: Apache-2.0
// The header of a safetensors file (base/safetensors.hpp) whose arrays are written before they are all known: room for it is kept free in
// front of them, and filled at the end.
#pragma once

#include <cstdint>
#include <string>

#include "fallline/base/result.hpp"
#include "fallline/base/safetensors.hpp"
#include "fallline/base/scratch.hpp"

namespace fallline::kept {

/// Whole pages for a header with so many bytes about arrays, and with metadata that are short; 0 where the format has no such header.
std::uint64_t room_in_front(std::uint64_t bytes);

class Front {
 public:
  /// room: what the file keeps free in front, not 0.
  Front(ScratchFile& file, std::uint64_t room, const std::string& what);

  /// In the order of the file; where they stand follows from their sizes.
  Result<void> add(safetensors::Array array);
  Result<void> finish();

 private:
  Result<void> write();

  ScratchFile& file_;
  std::uint64_t room_;
  std::string text_;           // not written yet
  std::uint64_t written_ = 0;  // bytes
  std::uint64_t next_ = 0;     // offset of the next array, from the first
};

}  // namespace fallline::kept
