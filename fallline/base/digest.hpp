// SPDX-License-Identifier: Apache-2.0
// Digest: 64 bits that tell whether bytes are the same, at the speed of memory. Not a secret: it guards against faults, not against foes.
//   Words of 8 bytes go to four lanes in turn:  h <- rotate(h ^ word, 29) p,  a bijection of h for each word and of the word for each h, so
//   that a change of any one word is always seen. What is left over is filled up with zeros; the lanes and the length make the value.
// The value depends on the bytes alone, not on the pieces in which they came.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace fallline {

class Digest {
 public:
  void add(std::string_view bytes) {
    if (bytes.empty()) {
      return;
    }
    length_ += bytes.size();
    if (held_ > 0) {
      const std::size_t more = std::min(bytes.size(), block_.size() - held_);
      std::memcpy(block_.data() + held_, bytes.data(), more);
      held_ += more;
      bytes.remove_prefix(more);
      if (held_ < block_.size()) {
        return;
      }
      mix(block_.data());
      held_ = 0;
    }
    for (; bytes.size() >= block_.size(); bytes.remove_prefix(block_.size())) {
      mix(bytes.data());
    }
    std::memcpy(block_.data(), bytes.data(), bytes.size());
    held_ = bytes.size();
  }

  /// Of plain numbers, by their bytes.
  template <class T>
  void add(std::span<const T> numbers) {
    add({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
  }
  void add(std::uint64_t number) { add(std::span<const std::uint64_t>(&number, 1)); }

  std::uint64_t value() const {
    Digest last = *this;
    std::memset(last.block_.data() + held_, 0, block_.size() - held_);
    last.mix(last.block_.data());
    std::uint64_t all = length_;
    for (const std::uint64_t lane : last.lanes_) {
      all = step(all, lane);
    }
    all = (all ^ (all >> 32U)) * prime;
    return all ^ (all >> 29U);
  }

 private:
  static constexpr std::uint64_t prime = 0x9e3779b97f4a7c15;  // odd, which is what the bijection needs; the golden ratio

  static std::uint64_t step(std::uint64_t h, std::uint64_t word) { return std::rotl(h ^ word, 29) * prime; }

  void mix(const char* block) {
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), block, sizeof words);
    for (std::size_t i = 0; i < words.size(); ++i) {
      lanes_[i] = step(lanes_[i], words[i]);
    }
  }

  std::array<std::uint64_t, 4> lanes_ = {1, 2, 3, 4};
  std::array<char, 32> block_ = {};
  std::size_t held_ = 0;
  std::uint64_t length_ = 0;
};

}  // namespace fallline
