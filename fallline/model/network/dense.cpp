// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/dense.hpp"

#include <algorithm>
#include <bit>

#include "fallline/math/gemm.hpp"

namespace fallline::network {

namespace {

constexpr std::size_t worth_a_part = std::size_t{1} << 19U;   // multiplications
constexpr std::size_t worth_halving = std::size_t{1} << 15U;  // weights
constexpr std::size_t most_parts = 16;
constexpr std::size_t least_inputs = 32;  // of a part
constexpr std::size_t grain = 16;         // inputs; parts begin at multiples of it, where tiles of the product and cache lines do

Stretch inputs_of(std::size_t part, std::size_t parts, std::size_t inputs) {
  const std::size_t grains = (inputs + grain - 1) / grain;
  return {std::min(inputs, grains * part / parts * grain), std::min(inputs, grains * (part + 1) / parts * grain)};
}

}  // namespace

std::size_t Tensor::size() const {
  std::size_t size = 1;
  for (const std::size_t side : shape) {
    size *= side;
  }
  return size;
}

template <class T>
std::vector<Tensor> Dense<T>::tensors() const {
  std::vector<Tensor> tensors = {{name_ + " weights", {in_, out_}, true}};
  if (bias_) {
    tensors.push_back({name_ + " bias", {out_}, false});
  }
  return tensors;
}

template <class T>
void Dense<T>::fill_with_bias(std::span<const T> theta, Mat<T> y) const {
  for (std::size_t i = 0; i < y.rows(); ++i) {
    if (bias_) {
      std::copy_n(theta.data() + in_ * out_, out_, y.row(i).data());
    } else {
      std::fill_n(y.row(i).data(), out_, T(0));
    }
  }
}

template <class T>
void Dense<T>::forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& /*mode*/) {
  const std::size_t count = rows.last - rows.first;
  const Mat<T> out = y.rows(rows.first, count);
  fill_with_bias(theta, out);
  if (x.sparse == nullptr) {
    gemm(Factor::plain, x.dense.rows(rows.first, count), Factor::plain, weights(theta), true, out);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    T* row = out.row(i).data();
    const std::uint32_t from = x.order[rows.first + i];
    for (std::uint64_t k = x.sparse->starts[from]; k < x.sparse->starts[from + 1]; ++k) {
      const T value(x.sparse->values[k]);
      const T* w = theta.data() + x.sparse->columns[k] * out_;
      for (std::size_t j = 0; j < out_; ++j) {
        row[j] += value * w[j];
      }
    }
  }
}

template <class T>
Stretch Dense<T>::half_of_inputs(std::size_t half) const {
  return in_ * out_ >= worth_halving ? inputs_of(half, 2, in_) : Stretch{};
}

template <class T>
void Dense<T>::forward_half(std::span<const T> theta, const Input<T>& x, std::size_t half, Mat<T> y, Stretch rows) {
  const auto [first, last] = half_of_inputs(half);
  const std::size_t count = rows.last - rows.first;
  const Mat<T> out = y.rows(rows.first, count);
  if (half == 0) {
    fill_with_bias(theta, out);
  }
  const Mat<const T> columns(x.dense.row(rows.first).data() + first, count, last - first, x.dense.stride());
  gemm(Factor::plain, columns, Factor::plain, weights(theta).rows(first, last - first), half == 0, out);
}

template <class T>
void Dense<T>::backward(std::span<const T> theta, const Input<T>& /*x*/, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& /*mode*/) {
  if (dx.data() != nullptr) {
    const std::size_t count = rows.last - rows.first;
    gemm(Factor::plain, Mat<const T>(dy.rows(rows.first, count)), Factor::transposed, weights(theta), false, dx.rows(rows.first, count));
  }
}

/// A function of the shapes alone.
template <class T>
std::size_t Dense<T>::gradient_parts(std::size_t rows) const {
  const std::size_t worth = std::bit_floor(std::max<std::size_t>(1, in_ * out_ * rows / worth_a_part));
  const std::size_t fit = std::bit_floor(std::max<std::size_t>(1, in_ / least_inputs));
  return std::min({worth, fit, most_parts});
}

template <class T>
void Dense<T>::gradient(const Input<T>& x, Mat<const T> dy, bool add, std::size_t part, std::size_t parts, std::span<T> into) {
  const auto [first, last] = inputs_of(part, parts, in_);
  const Mat<T> out(into.data() + first * out_, last - first, out_);
  if (x.sparse == nullptr) {
    const Mat<const T> columns(x.dense.data() + first, dy.rows(), last - first, x.dense.stride());
    gemm(Factor::transposed, columns, Factor::plain, dy, add, out);
  } else {
    if (!add) {
      std::fill_n(out.data(), (last - first) * out_, T(0));
    }
    for (std::size_t i = 0; i < dy.rows(); ++i) {
      const std::uint32_t from = x.order[i];
      const std::uint32_t* begin = x.sparse->columns.data() + x.sparse->starts[from];
      const std::uint32_t* end = x.sparse->columns.data() + x.sparse->starts[from + 1];
      const real_of<T>* values = x.sparse->values.data() + x.sparse->starts[from];
      const T* slope = dy.row(i).data();
      for (const std::uint32_t* column = std::lower_bound(begin, end, first); column != end && *column < last; ++column) {
        const T value(values[column - begin]);
        T* row = out.row(*column - first).data();
        for (std::size_t j = 0; j < out_; ++j) {
          row[j] += value * slope[j];
        }
      }
    }
  }
  if (bias_ && part == 0) {
    T* bias = into.data() + in_ * out_;
    if (!add) {
      std::fill_n(bias, out_, T(0));
    }
    for (std::size_t i = 0; i < dy.rows(); ++i) {
      const T* slope = dy.row(i).data();
      for (std::size_t j = 0; j < out_; ++j) {
        bias[j] += slope[j];
      }
    }
  }
}

template class Dense<float>;
template class Dense<double>;
template class Dense<Dual<double>>;

}  // namespace fallline::network
