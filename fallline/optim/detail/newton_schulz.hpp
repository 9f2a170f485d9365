// SPDX-License-Identifier: Apache-2.0
// The nearest orthogonal matrix, nearly, by Newton and Schulz's iteration: it draws all singular values towards one and leaves their
// vectors.
//   X <- X/(|X|_F + epsilon);   several times:  A = X X',  X <- a X + (b A + c A^2) X
// Jordan et al. 2024. X is [rows, cols] with rows <= cols; a wider matrix than tall makes A the smaller product.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "fallline/optim/detail/norms.hpp"

namespace fallline::detail {

struct NewtonSchulz {
  double a = 3.4445;
  double b = -4.775;
  double c = 2.0315;
  double epsilon = 1e-7;
  std::int64_t steps = 5;
  bool bf16 = false;  // round every result to bfloat16
};

/// The nearest number with the eight leading bits of a float's fraction.
template <class T>
T to_bfloat16(T x) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(x));
  const std::uint32_t half = 0x7fffU + ((bits >> 16U) & 1U);
  return static_cast<T>(std::bit_cast<float>((bits + half) & 0xffff0000U));
}

/// out = left right, [rows, inner] x [inner, cols].
template <class T>
std::vector<T> multiply(const std::vector<T>& left, const std::vector<T>& right, std::size_t rows, std::size_t inner, std::size_t cols) {
  std::vector<T> out(rows * cols, T(0));
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < inner; ++k) {
      const T factor = left[i * inner + k];
      for (std::size_t j = 0; j < cols; ++j) {
        out[i * cols + j] += factor * right[k * cols + j];
      }
    }
  }
  return out;
}

template <class T>
std::vector<T> transposed(std::span<const T> x, std::size_t rows, std::size_t cols) {
  std::vector<T> out(x.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      out[j * rows + i] = x[i * cols + j];
    }
  }
  return out;
}

template <class T>
void orthogonalize(std::vector<T>& x, std::size_t rows, std::size_t cols, const NewtonSchulz& options) {
  const auto rounded = [&](std::vector<T>& values) {
    for (T& value : values) {
      value = options.bf16 ? to_bfloat16(value) : value;
    }
  };
  const double length = norm<T>(std::span<const T>(x)) + options.epsilon;
  for (T& value : x) {
    value = length > 0 ? static_cast<T>(static_cast<double>(value) / length) : T(0);
  }
  rounded(x);
  for (std::int64_t step = 0; step < options.steps; ++step) {
    std::vector<T> square = multiply(x, transposed(std::span<const T>(x), rows, cols), rows, cols, rows);
    rounded(square);
    std::vector<T> factor = multiply(square, square, rows, rows, rows);
    for (std::size_t i = 0; i < factor.size(); ++i) {
      factor[i] = static_cast<T>(options.b) * square[i] + static_cast<T>(options.c) * factor[i];
    }
    rounded(factor);
    const std::vector<T> bent = multiply(factor, x, rows, rows, cols);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<T>(options.a) * x[i] + bent[i];
    }
    rounded(x);
  }
}

}  // namespace fallline::detail
