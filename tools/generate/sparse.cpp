// SPDX-License-Identifier: Apache-2.0
#include "tools/generate/sparse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "tools/generate/draw.hpp"
#include "tools/generate/text.hpp"

namespace generate {

void write_sparse(const Options& options) {
  Text out;
  const std::uint64_t seed = options.of("seed");
  const std::uint64_t features = options.of("features");
  std::vector<double> weights;
  for (std::uint64_t j = 0; j < features; ++j) {
    weights.push_back(4 * of_column(seed, j, 0));
  }
  std::vector<std::uint32_t> chosen;
  std::vector<double> values;
  for (std::uint64_t row = 0; row < options.of("rows"); ++row) {
    Words words(seed, row);
    chosen.clear();
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(options.of("nonzeros")) * (0.5 + words.uniform()));
    for (std::uint64_t k = 0; k < wanted; ++k) {
      const double u = words.uniform();
      chosen.push_back(static_cast<std::uint32_t>(u * u * u * static_cast<double>(features)));
    }
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    double square = 0;
    values.clear();
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      values.push_back(0.1 + words.uniform());
      square += values.back() * values.back();
    }
    double score = 0;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      values[k] /= std::sqrt(square);
      score += weights[chosen[k]] * values[k];
    }
    out.line += words.uniform() * (1 + std::exp(-score)) < 1 ? "1" : "-1";
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      fmt::format_to(std::back_inserter(out.line), " {}:", chosen[k] + 1);
      put_fixed(out.line, std::max<std::int64_t>(1, std::llround(1e4 * values[k])));
    }
    out.end_line();
  }
}

}  // namespace generate
