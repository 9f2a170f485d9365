// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/layer_norm.hpp"

#include "fallline/model/network/scale_gradient.hpp"

namespace fallline::network {

template <class T>
std::vector<Tensor> LayerNorm<T>::tensors() const {
  return {{name_ + " gain", {width_}, false}, {name_ + " shift", {width_}, false}};
}

template <class T>
void LayerNorm<T>::plan(std::size_t rows) {
  normal_.resize(rows * width_);
  inverse_.resize(rows);
}

template <class T>
void LayerNorm<T>::forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& /*mode*/) {
  const T share = T(1) / T(width_);
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    const T* from = x.dense.row(i).data();
    T mean(0);
    for (std::size_t j = 0; j < width_; ++j) {
      mean += from[j];
    }
    mean *= share;
    T variance(0);
    for (std::size_t j = 0; j < width_; ++j) {
      variance += (from[j] - mean) * (from[j] - mean);
    }
    inverse_[i] = T(1) / fast_sqrt(variance * share + epsilon_);
    T* normal = normal_.data() + i * width_;
    T* into = y.row(i).data();
    for (std::size_t j = 0; j < width_; ++j) {
      normal[j] = (from[j] - mean) * inverse_[i];
      into[j] = normal[j] * theta[j] + theta[width_ + j];
    }
  }
}

/// With d = dy gain: dx = (d - mean(d) - normal mean(d normal)) / deviation.
template <class T>
void LayerNorm<T>::backward(std::span<const T> theta, const Input<T>& /*x*/, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& /*mode*/) {
  const T share = T(1) / T(width_);
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    const T* from = dy.row(i).data();
    const T* normal = normal_.data() + i * width_;
    T* into = dx.row(i).data();
    T plain(0);
    T along(0);
    for (std::size_t j = 0; j < width_; ++j) {
      const T d = from[j] * theta[j];
      plain += d;
      along += d * normal[j];
    }
    plain *= share;
    along *= share;
    for (std::size_t j = 0; j < width_; ++j) {
      into[j] = (from[j] * theta[j] - plain - normal[j] * along) * inverse_[i];
    }
  }
}

template <class T>
void LayerNorm<T>::gradient(const Input<T>& /*x*/, Mat<const T> dy, bool add, std::size_t /*part*/, std::size_t /*parts*/,
                            std::span<T> into) {
  scale_gradient(normal_.data(), dy, add, into);
}

template class LayerNorm<float>;
template class LayerNorm<double>;
template class LayerNorm<Dual<double>>;

}  // namespace fallline::network
