// SPDX-License-Identifier: Apache-2.0
// Random numbers as a function of (seed, purpose, epoch, index): whoever asks, in whatever order, on however many threads, gets the
// same number. Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
#pragma once

#include <array>
#include <cstdint>

namespace fallline {

/// What a number is for; a new use gets a new word, so that streams never meet.
enum class Purpose : std::uint32_t {
  row_order = 1,
  initial_weights = 2,
  validation_split = 3,
  noise = 4,
  probe = 5,
  range_test = 6,
  test = 7,
  bootstrap = 8,
  dropout = 9,
  gradient_noise = 10,
  group_order = 11,
  window_order = 12
};

/// Ten rounds of Philox on a 128-bit counter under a 64-bit key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// The numbers of one purpose and epoch; `index` picks one.
class Random {
 public:
  Random(std::uint64_t seed, Purpose purpose, std::uint32_t epoch = 0) : seed_(seed), purpose_(purpose), epoch_(epoch) {}

  std::uint64_t bits(std::uint64_t index) const;
  /// Uniform in [0, 1), 53 bits.
  double uniform(std::uint64_t index) const;
  /// Standard normal (Box & Muller 1958).
  double normal(std::uint64_t index) const;

 private:
  std::uint64_t seed_;
  Purpose purpose_;
  std::uint32_t epoch_;
};

/// A seeded permutation of 0 .. size-1 that needs no memory: position -> row. A Feistel network over the next power of
/// two, walked along its cycle until it lands inside (Black & Rogaway 2002, "Ciphers with arbitrary finite domains").
class Permutation {
 public:
  Permutation(std::uint64_t size, std::uint64_t seed, Purpose purpose, std::uint32_t epoch);
  std::uint64_t operator()(std::uint64_t position) const;

 private:
  std::uint64_t size_;
  std::uint32_t bits_;
  std::array<std::uint32_t, 4> keys_;
};

}  // namespace fallline
