// SPDX-License-Identifier: Apache-2.0
#include "tools/generate/table.hpp"

#include <algorithm>
#include <cmath>

#include "tools/generate/draw.hpp"
#include "tools/generate/text.hpp"

namespace generate {

namespace {

std::vector<std::string> numbered(char letter, std::uint64_t count) {
  std::vector<std::string> names;
  for (std::uint64_t j = 0; j < count; ++j) {
    names.push_back(letter + std::to_string(j));
  }
  return names;
}

}  // namespace

Table::Table(const Options& options) : options_(options), seed_(options.of("seed")) {
  const std::uint64_t numbers = options.of("numbers");
  for (std::uint64_t j = 0; j < numbers; ++j) {
    weights_.push_back(2 * of_column(seed_, j, 0) / std::sqrt(static_cast<double>(std::max<std::uint64_t>(1, numbers))));
    spreads_.push_back(std::pow(10, std::abs(of_column(seed_, j, 1))));
    centers_.push_back(spreads_.back() * 2 * of_column(seed_, j, 2));
  }
  for (std::uint64_t j = 0; j < options.of("texts") * options.of("levels"); ++j) {
    effects_.push_back(of_column(seed_, j, 3) / 2);
  }
}

std::vector<std::string> Table::number_names() const { return numbered('n', options_.of("numbers")); }
std::vector<std::string> Table::text_names() const { return numbered('t', options_.of("texts")); }

void Table::each(const std::function<void(const Row&)>& take) const {
  Row row;
  const bool sorted = options_.of("sorted") != 0;
  for (int label = 0; label <= (sorted ? 1 : 0); ++label) {
    for (std::uint64_t number = 0; number < options_.of("rows"); ++number) {
      draw(number, row);
      if (!sorted || row.target == label) {
        take(row);
      }
    }
  }
}

void Table::draw(std::uint64_t number, Row& row) const {
  Words words(seed_, number);
  row.numbers.resize(weights_.size());
  row.words.resize(options_.of("texts"));
  double score = 0;
  for (std::size_t j = 0; j < weights_.size(); ++j) {
    // A triangle over (-1, 1) has the variance 1/6.
    const std::uint32_t word = words.next();
    const double z = (static_cast<double>(word & 0xFFFFU) + static_cast<double>(word >> 16U) - 65535) * (std::sqrt(6) / 65536);
    score += weights_[j] * z;
    row.numbers[j] = std::llround(1e4 * (centers_[j] + spreads_[j] * z));
  }
  const std::uint64_t levels = options_.of("levels");
  for (std::size_t j = 0; j < row.words.size(); ++j) {
    const double u = words.uniform();
    row.words[j] = static_cast<std::uint64_t>(u * u * static_cast<double>(levels));  // the first words are the frequent ones
    score += effects_[j * levels + row.words[j]];
  }
  if (options_.regression) {
    const double length = std::sqrt(-2 * std::log(words.uniform()));
    const double noise = length * std::cos(6.283185307179586 * words.uniform());
    row.target = std::llround(1e4 * (score + 0.2 * noise));
  } else {
    row.target = words.uniform() * (1 + std::exp(-score)) < 1 ? 1 : 0;
  }
}

void write_csv(const Table& table) {
  Text out;
  for (const auto& names : {table.number_names(), table.text_names()}) {
    for (const std::string& name : names) {
      out.line += name + ',';
    }
  }
  out.line += 'y';
  out.end_line();
  table.each([&](const Row& row) {
    for (const std::int64_t number : row.numbers) {
      put_fixed(out.line, number);
      out.line += ',';
    }
    for (const std::uint64_t level : row.words) {
      out.line += Table::word(level);
      out.line += ',';
    }
    if (table.options().regression) {
      put_fixed(out.line, row.target);
    } else {
      out.line += static_cast<char>('0' + row.target);
    }
    out.end_line();
  });
}

}  // namespace generate
