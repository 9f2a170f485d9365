// SPDX-License-Identifier: Apache-2.0
// Cases of other libraries' own tests, run through minimize. Facts and figures are theirs; each file names its source. One line for each
// case that fails, and one for all.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "tests/peers/cases.hpp"

namespace {

using peers::Case;

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  }
  return std::sqrt(sum);
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    most = std::isnan(a[i]) ? a[i] : std::max(most, std::abs(a[i] - b[i]));
  }
  return most;
}

/// Why the case failed; empty where it passed.
std::string fault(const Case& one) {
  const auto result =
      one.sum.rows > 0 ? fallline::minimize(one.sum, one.start, one.how) : fallline::minimize(one.objective, one.start, one.how);
  if (!result) {
    return result.error().message;
  }
  if (one.wanted.missed) {
    const double missed = one.wanted.missed(result->x);
    return missed <= one.wanted.missed_at_most ? "" : "a share of " + std::to_string(missed) + " is wrong. " + result->why;
  }
  std::vector<double> gradient(one.start.size());
  const double value = one.objective(result->x, gradient);
  const auto& wanted = one.wanted;
  const double largest = largest_difference(gradient, std::vector<double>(gradient.size(), 0));
  char said[120] = "";
  if (wanted.within != peers::unasked && !(largest_difference(result->x, wanted.point) <= wanted.within)) {
    std::snprintf(said, sizeof said, "%.3g from the minimum. ", largest_difference(result->x, wanted.point));
  } else if (!(std::abs(value - wanted.value) <= wanted.value_within)) {
    std::snprintf(said, sizeof said, "a value of %.17g. ", value);
  } else if (!(largest <= wanted.gradient)) {
    std::snprintf(said, sizeof said, "a gradient of %.3g at a value of %.3g. ", largest, value);
  } else if (wanted.nearer && !(distance(result->x, wanted.point) <= distance(one.start, wanted.point))) {
    std::snprintf(said, sizeof said, "farther off: %.3g. ", distance(result->x, wanted.point));
  }
  return said[0] == '\0' ? "" : said + result->why;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string only = count > 1 ? arguments[1] : "";
  std::size_t ran = 0;
  std::size_t failed = 0;
  for (const auto& list : {peers::ensmallen_cases(), peers::ensmallen_logistic_cases(), peers::optax_cases(), peers::torch_cases(),
                           peers::gonum_cases(), peers::scipy_cases()}) {
    for (const Case& one : list) {
      if (!only.empty() && one.source != only && one.function != only) {
        continue;
      }
      ++ran;
      const std::string why = fault(one);
      if (!why.empty()) {
        ++failed;
        std::printf("FAIL %s, %s with %s: %s\n", one.source.c_str(), one.function.c_str(), one.how.optimizer.spec().c_str(), why.c_str());
      }
    }
  }
  std::printf("%zu of %zu cases passed\n", ran - failed, ran);
  return failed == 0 && ran > 0 ? 0 : 1;
}
