// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/elementary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fallline {
namespace {

/// Error in units of the last place of the true value, the truth being worked out in long double.
template <class T>
double ulps(T got, long double truth) {
  const T rounded = static_cast<T>(truth);
  const T gap = std::nextafter(std::abs(rounded), std::numeric_limits<T>::infinity()) - std::abs(rounded);
  return static_cast<double>(std::abs(static_cast<long double>(got) - truth) / gap);
}

template <class T>
void exp_is_right(T low, T high, double allowed) {
  for (int i = 0; i <= 100000; ++i) {
    const T x = low + (high - low) * static_cast<T>(i) / 100000;
    ASSERT_LE(ulps(fast_exp(x), std::exp(static_cast<long double>(x))), allowed) << "x = " << x;
  }
}

TEST(Elementary, ExpIsWithinTwoUnitsInTheLastPlace) {
  exp_is_right<float>(-87, 88.7F, 2);
  exp_is_right<double>(-708, 709.7, 2);
}

TEST(Elementary, ExpEndsInZeroAndInfinity) {
  EXPECT_EQ(fast_exp(-1e4F), 0);
  EXPECT_EQ(fast_exp(1e4F), std::numeric_limits<float>::infinity());
  EXPECT_EQ(fast_exp(-1e4), 0);
  EXPECT_EQ(fast_exp(1e4), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(fast_exp(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(fast_exp(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_EQ(fast_exp(0.0), 1);
}

template <class T>
void log_is_right() {
  for (int i = -300; i <= 300; ++i) {
    const T x = std::exp(static_cast<T>(i) / 10);
    ASSERT_LE(ulps(fast_log(x), std::log(static_cast<long double>(x))), 2.0) << "x = " << x;
  }
  for (int i = 1; i <= 20000; ++i) {
    const T z = static_cast<T>(i) / 20000;
    ASSERT_LE(ulps(fast_log1p(z), std::log1p(static_cast<long double>(z))), 2.5) << "z = " << z;
    const T tiny = z * T(1e-9);
    ASSERT_LE(ulps(fast_log1p(tiny), std::log1p(static_cast<long double>(tiny))), 2.5) << "z = " << tiny;
  }
}

TEST(Elementary, LogIsWithinTwoUnitsInTheLastPlaceInFloat) { log_is_right<float>(); }
TEST(Elementary, LogIsWithinTwoUnitsInTheLastPlaceInDouble) { log_is_right<double>(); }

TEST(Elementary, SigmoidAndSoftplusAreSafeFarOut) {
  EXPECT_EQ(sigmoid(1e4F), 1);
  EXPECT_EQ(sigmoid(-1e4F), 0);
  EXPECT_EQ(softplus(1e4F), 1e4F);
  EXPECT_EQ(softplus(-1e4F), 0);
  EXPECT_DOUBLE_EQ(sigmoid(0.0), 0.5);
  EXPECT_DOUBLE_EQ(softplus(0.0), std::log(2.0));
}

}  // namespace
}  // namespace fallline
