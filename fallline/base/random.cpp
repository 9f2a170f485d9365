// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/random.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "fallline/base/expects.hpp"

namespace fallline {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32U) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32U) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

namespace {

std::array<std::uint32_t, 4> draw(std::uint64_t seed, Purpose purpose, std::uint32_t epoch, std::uint64_t index) {
  return philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32U), epoch, static_cast<std::uint32_t>(purpose)},
                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
}

double unit_interval(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32U | low) >> 11U;
  return static_cast<double>(bits) * 0x1p-53;
}

}  // namespace

std::uint64_t Random::bits(std::uint64_t index) const {
  const auto x = draw(seed_, purpose_, epoch_, index);
  return std::uint64_t{x[0]} << 32U | x[1];
}

double Random::uniform(std::uint64_t index) const {
  const auto x = draw(seed_, purpose_, epoch_, index);
  return unit_interval(x[0], x[1]);
}

double Random::normal(std::uint64_t index) const {
  const auto x = draw(seed_, purpose_, epoch_, index);
  const double radius = std::sqrt(-2 * std::log1p(-unit_interval(x[0], x[1])));
  return radius * std::cos(2 * std::numbers::pi * unit_interval(x[2], x[3]));
}

Permutation::Permutation(std::uint64_t size, std::uint64_t seed, Purpose purpose, std::uint32_t epoch)
    : size_(size),
      bits_(static_cast<std::uint32_t>(std::max<std::uint64_t>(2, static_cast<std::uint64_t>(std::bit_width(size > 1 ? size - 1 : 1))))),
      keys_(draw(seed, purpose, epoch, ~std::uint64_t{0})) {}

std::uint64_t Permutation::operator()(std::uint64_t position) const {
  expects(position < size_, "a position lies inside its permutation");
  std::uint64_t x = position;
  do {
    std::uint32_t low_bits = bits_ / 2;  // the halves differ by a bit where the width is odd, and change places each round
    for (const std::uint32_t key : keys_) {
      const std::uint64_t low = x & ((std::uint64_t{1} << low_bits) - 1);
      const std::uint32_t high_bits = bits_ - low_bits;
      const std::uint64_t mixed = (low + key) * 0x9E3779B97F4A7C15ULL;  // multiply and keep the upper half: every bit of `low` reaches it
      const std::uint64_t high = (x >> low_bits) ^ ((mixed ^ (mixed >> 15U)) >> 32U & ((std::uint64_t{1} << high_bits) - 1));
      x = low << high_bits | high;
      low_bits = high_bits;
    }
  } while (x >= size_);
  return x;
}

}  // namespace fallline
