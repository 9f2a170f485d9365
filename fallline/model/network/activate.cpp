// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/activate.hpp"

#include "fallline/model/network/activate_loops.hpp"

namespace fallline::network {

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
