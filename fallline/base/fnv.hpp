// SPDX-License-Identifier: Apache-2.0
// FNV-1a of 64 bits (Fowler, Noll and Vo): one multiplication a byte, the same everywhere, easy to write again in any language.
#pragma once

#include <cstdint>
#include <string_view>

namespace fallline {

inline constexpr std::uint64_t fnv_start = 0xcbf29ce484222325;

constexpr std::uint64_t fnv(std::string_view bytes, std::uint64_t hash = fnv_start) {
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return hash;
}

}  // namespace fallline
