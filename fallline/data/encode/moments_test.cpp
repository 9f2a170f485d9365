// SPDX-License-Identifier: Apache-2.0
// Facts of a column against two passes in long double.
#include "fallline/data/encode/moments.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fallline/base/random.hpp"

namespace fallline::encoding {
namespace {

std::vector<double> numbers(double center, double spread) {
  const Random random(2, Purpose::test);
  std::vector<double> all;
  for (std::uint64_t i = 0; i < 30'007; ++i) {
    all.push_back(i % 11 == 3 ? std::nan("") : center + spread * random.normal(i));
  }
  return all;
}

void expect_facts(const std::vector<double>& all, bool near) {
  long double sum = 0;
  long double squares = 0;
  std::uint64_t present = 0;
  for (const double x : all) {
    sum += std::isnan(x) ? 0 : x;
    present += std::isnan(x) ? 0 : 1;
  }
  const long double mean = sum / static_cast<long double>(present);
  for (const double x : all) {
    squares += std::isnan(x) ? 0 : (x - mean) * (x - mean);
  }
  const auto spread = static_cast<double>(std::sqrt(squares / static_cast<long double>(present)));
  Moments moments;
  for (std::size_t first = 0; first < all.size(); first += 1001) {
    moments.add(std::span(all).subspan(first, std::min<std::size_t>(1001, all.size() - first)));
  }
  const NumberFacts facts = moments.facts();
  EXPECT_EQ(facts.present, present);
  EXPECT_EQ(facts.missing, all.size() - present);
  EXPECT_NEAR(facts.mean, static_cast<double>(mean), 1e-12 * std::max(1.0, std::abs(static_cast<double>(mean))));
  EXPECT_EQ(moments.spread_is_near(), near);
  if (near) {
    EXPECT_NEAR(facts.spread, spread, 1e-11 * spread);
  }
}

TEST(Moments, AreThoseOfTwoPasses) {
  expect_facts(numbers(0, 1), true);
  expect_facts(numbers(-3, 0.5), true);
  expect_facts(numbers(1.7e9, 3600), true);  // seconds since 1970: the offset is not in the way
}

TEST(Moments, TellWhereTheFirstValueLiesFarOff) {
  std::vector<double> all = numbers(0, 1);
  all.front() = 1e6;
  expect_facts(all, false);
}

TEST(Moments, OfOneValueOrNone) {
  Moments same;
  same.add(std::vector<double>(100, 0.1));
  EXPECT_EQ(same.facts().spread, 0);
  EXPECT_TRUE(same.spread_is_near());
  EXPECT_EQ(same.facts().mean, 0.1);
  Moments none;
  none.add(std::vector<double>(3, std::nan("")));
  EXPECT_EQ(none.facts().missing, 3U);
  EXPECT_EQ(none.facts().mean, 0);
  EXPECT_GT(none.facts().low, none.facts().high);
}

}  // namespace
}  // namespace fallline::encoding
