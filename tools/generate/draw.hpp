// SPDX-License-Identifier: Apache-2.0
// What is drawn at random: of a row its words, of a column what the true model says of it. Both are functions of the seed alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "fallline/base/random.hpp"

namespace generate {

/// The random words of a row, four at a time.
class Words {
 public:
  Words(std::uint64_t seed, std::uint64_t row)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)},
        counter_{static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32U), 0,
                 static_cast<std::uint32_t>(fallline::Purpose::test)} {}

  std::uint32_t next() {
    if (at_ == 4) {
      words_ = fallline::philox(counter_, key_);
      ++counter_[2];
      at_ = 0;
    }
    return words_[at_++];
  }
  double uniform() { return (next() + 0.5) * 0x1p-32; }

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> words_{};
  std::size_t at_ = 4;
};

/// The weights of the true model and whatever else belongs to a column.
inline double of_column(std::uint64_t seed, std::uint64_t column, std::uint32_t what) {
  return fallline::Random(seed, fallline::Purpose::test, ~what).normal(column);
}

}  // namespace generate
