// SPDX-License-Identifier: Apache-2.0
// A table of numbers n0, n1, ... in units and sizes of their own, texts t0, t1, ... of a few words each, and the target y. A row's score is
// the sum of w_j z_j over its numbers, z_j being n_j standardised, and of an effect for each word; y is 1 with probability 1 / (1 +
// e^-score), or in a regression the score with noise of a tenth of its spread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/generate/options.hpp"

namespace generate {

/// Numbers are in ten-thousandths; so is the target of a regression.
struct Row {
  std::vector<std::int64_t> numbers;
  std::vector<std::uint64_t> words;
  std::int64_t target = 0;
};

class Table {
 public:
  explicit Table(const Options& options);

  const Options& options() const { return options_; }
  std::vector<std::string> number_names() const;
  std::vector<std::string> text_names() const;
  static std::string word(std::uint64_t level) { return "word" + std::to_string(level); }

  /// Calls take(row) for one row after another; those of class 0 first where the rows are sorted.
  void each(const std::function<void(const Row&)>& take) const;

 private:
  void draw(std::uint64_t number, Row& row) const;

  const Options& options_;
  std::uint64_t seed_;
  std::vector<double> weights_;
  std::vector<double> centers_;
  std::vector<double> spreads_;
  std::vector<double> effects_;
};

void write_csv(const Table& table);

}  // namespace generate
