// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/dropout.hpp"

#include <algorithm>
#include <cmath>

#include "fallline/base/random.hpp"

namespace fallline::network {

namespace {

constexpr std::uint32_t whole = 1U << 16U;
constexpr std::size_t draws = 8;  // 16 bits each of one block of random numbers

}  // namespace

template <class T>
Dropout<T>::Dropout(double probability, std::size_t width, std::size_t layer)
    : dropped_(static_cast<std::uint32_t>(std::lround(probability * whole))),
      factor_(T(static_cast<double>(whole) / static_cast<double>(whole - dropped_))),
      width_(width),
      layer_(layer) {
  expects(probability >= 0 && dropped_ < whole, "dropout keeps something");
}

template <class T>
void Dropout<T>::draw(Stretch rows, const Mode& mode) {
  const auto purpose = static_cast<std::uint32_t>(Purpose::dropout) + (static_cast<std::uint32_t>(layer_) << 8U);
  const std::array<std::uint32_t, 2> key = {static_cast<std::uint32_t>(mode.seed), static_cast<std::uint32_t>(mode.seed >> 32U) ^ purpose};
  const std::size_t blocks = (width_ + draws - 1) / draws;
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    T* factors = factors_.data() + i * width_;
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::uint64_t index = i * blocks + b;
      const auto bits = philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32U),
                                static_cast<std::uint32_t>(mode.step), static_cast<std::uint32_t>(mode.step >> 32U)},
                               key);
      for (std::size_t k = 0; k < std::min(draws, width_ - b * draws); ++k) {
        const std::uint32_t draw = (bits[k / 2] >> (16 * (k % 2))) & 0xffffU;
        factors[b * draws + k] = draw < dropped_ ? T(0) : factor_;
      }
    }
  }
}

template <class T>
void Dropout<T>::forward(std::span<const T> /*theta*/, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& mode) {
  const std::size_t n = (rows.last - rows.first) * width_;
  const T* from = x.dense.row(rows.first).data();
  T* into = y.row(rows.first).data();
  if (!mode.training) {
    std::copy_n(from, n, into);
    return;
  }
  draw(rows, mode);
  const T* factors = factors_.data() + rows.first * width_;
  for (std::size_t i = 0; i < n; ++i) {
    into[i] = from[i] * factors[i];
  }
}

template <class T>
void Dropout<T>::backward(std::span<const T> /*theta*/, const Input<T>& /*x*/, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& mode) {
  const std::size_t n = (rows.last - rows.first) * width_;
  const T* from = dy.row(rows.first).data();
  T* into = dx.row(rows.first).data();
  const T* factors = factors_.data() + rows.first * width_;
  for (std::size_t i = 0; i < n; ++i) {
    into[i] = mode.training ? from[i] * factors[i] : from[i];
  }
}

template class Dropout<float>;
template class Dropout<double>;
template class Dropout<Dual<double>>;

}  // namespace fallline::network
