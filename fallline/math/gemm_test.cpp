// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/gemm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

struct Shape {
  std::size_t m;
  std::size_t n;
  std::size_t k;
};

template <class T>
std::vector<T> numbers(std::size_t count, std::uint32_t which) {
  const Random random(5, Purpose::test, which);
  std::vector<T> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<T>(random.normal(i));
  }
  return out;
}

/// c = op(a) b (+ c) inside wider matrices, whose other columns have to stay.
template <class T>
void expect_product(const Shape& shape, Factor a_is, Factor b_is, bool add, double tolerance) {
  const auto [m, n, k] = shape;
  const bool turned = a_is == Factor::transposed;
  const bool b_turned = b_is == Factor::transposed;
  constexpr std::size_t wider = 3;
  const std::size_t a_cols = turned ? m : k;
  const std::size_t b_cols = b_turned ? k : n;
  const std::vector<T> a = numbers<T>((turned ? k : m) * (a_cols + wider), 1);
  const std::vector<T> b = numbers<T>((b_turned ? n : k) * (b_cols + wider), 2);
  const std::vector<T> before = numbers<T>(m * (n + wider), 3);
  std::vector<T> c = before;
  const Mat<const T> a_view(a.data(), turned ? k : m, a_cols, a_cols + wider);
  const Mat<const T> b_view(b.data(), b_turned ? n : k, b_cols, b_cols + wider);
  gemm(a_is, a_view, b_is, b_view, add, Mat<T>(c.data(), m, n, n + wider));
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n + wider; ++j) {
      const double old = static_cast<double>(before[i * (n + wider) + j]);
      double sum = add || j >= n ? old : 0;
      double size = 1;
      for (std::size_t p = 0; p < k && j < n; ++p) {
        const double x = static_cast<double>(turned ? a_view(p, i) : a_view(i, p));
        const double y = static_cast<double>(b_turned ? b_view(j, p) : b_view(p, j));
        sum += x * y;
        size += std::abs(x * y);
      }
      ASSERT_NEAR(static_cast<double>(c[i * (n + wider) + j]), sum, tolerance * size)
          << m << "x" << n << "x" << k << " at " << i << ", " << j;
    }
  }
}

TEST(Gemm, ProductsOfEveryShapeAgreeWithPlainSumsAndLeaveTheirNeighboursAlone) {
  for (const Shape& shape :
       {Shape{1, 1, 1}, {8, 32, 5}, {13, 10, 128}, {16, 128, 98}, {15, 47, 3}, {40, 600, 7}, {70, 33, 64}, {9, 17, 0}}) {
    for (const Factor a_is : {Factor::plain, Factor::transposed}) {
      for (const Factor b_is : {Factor::plain, Factor::transposed}) {
        for (const bool add : {false, true}) {
          expect_product<float>(shape, a_is, b_is, add, 1e-6);
          expect_product<double>(shape, a_is, b_is, add, 1e-14);
        }
      }
    }
  }
}

}  // namespace
}  // namespace fallline
