// SPDX-License-Identifier: Apache-2.0
// Which of 2^bits buckets a text falls into. Part of every model that hashes, so it never changes; docs/onnx.md tells it to users.
#pragma once

#include <cstdint>
#include <string_view>

#include "fallline/base/fnv.hpp"

namespace fallline::encoding {

/// The upper half of an FNV-1a folded onto the lower: the low bits of FNV alone depend on the low bits of the text alone.
constexpr std::uint64_t fold_hash(std::uint64_t hash) { return hash ^ hash >> 32; }

/// Of the UTF-8 bytes of a text.
constexpr std::uint64_t text_hash(std::string_view text) { return fold_hash(fnv(text)); }

constexpr std::uint32_t bucket_of(std::uint64_t hash, std::uint32_t bits) {
  return static_cast<std::uint32_t>(hash & ((std::uint64_t{1} << bits) - 1));
}

}  // namespace fallline::encoding
