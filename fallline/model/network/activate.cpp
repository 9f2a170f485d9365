// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/activate.hpp"

#include <algorithm>
#include <cmath>

#include "fallline/model/network/activate_loops.hpp"

namespace fallline::network {

namespace {

constexpr double flat_share = 0.01;  // of the steepest slope

/// The largest slope, looked for where activations bend.
double steepest(const activations::Any& activation) {
  double most = 0;
  activations::visit(activation, [&](const auto& a) {
    for (int sixteenths = -64; sixteenths <= 64; ++sixteenths) {
      most = std::max(most, std::abs(a.at(sixteenths / 16.0).slope));
    }
  });
  return most;
}

}  // namespace

template <class T>
Activate<T>::Activate(activations::Any activation, std::size_t width)
    : activation_(activation), width_(width), flat_(static_cast<real_of<T>>(flat_share * steepest(activation))) {}

template <class T>
void Activate<T>::observe(std::size_t rows) {
  activity_.flat.resize(width_, 0);
  activity_.rows += rows;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < width_; ++j) {
      activity_.flat[j] += std::abs(static_cast<real_of<T>>(slopes_[i * width_ + j])) < flat_ ? 1 : 0;
    }
  }
}

template <class T>
void Activate<T>::forward(std::span<const T> /*theta*/, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& /*mode*/) {
  const std::size_t n = (rows.last - rows.first) * width_;
  activate(activation_, x.dense.row(rows.first).data(), n, y.row(rows.first).data(), slopes_.data() + rows.first * width_);
}

template <class T>
void Activate<T>::backward(std::span<const T> /*theta*/, const Input<T>& /*x*/, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& /*mode*/) {
  const T* slope = slopes_.data() + rows.first * width_;
  const T* from = dy.row(rows.first).data();
  T* into = dx.row(rows.first).data();
  for (std::size_t i = 0; i < (rows.last - rows.first) * width_; ++i) {
    into[i] = from[i] * slope[i];
  }
}

template class Activate<float>;
template class Activate<double>;
template class Activate<Dual<double>>;

}  // namespace fallline::network
