// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/batch_norm.hpp"

#include "fallline/model/network/scale_gradient.hpp"

namespace fallline::network {

namespace {

constexpr std::size_t columns_of_a_part = 64;

}  // namespace

template <class T>
BatchNorm<T>::BatchNorm(std::string name, std::size_t width, double momentum, double epsilon)
    : name_(std::move(name)),
      width_(width),
      momentum_(T(momentum)),
      epsilon_(T(epsilon)),
      running_mean_(width, T(0)),
      running_variance_(width, T(1)),
      mean_(width, T(0)),
      inverse_(width, T(1)),
      plain_(width, T(0)),
      along_(width, T(0)) {}

template <class T>
std::vector<Tensor> BatchNorm<T>::tensors() const {
  return {{name_ + " gain", {width_}, false}, {name_ + " shift", {width_}, false}};
}

template <class T>
std::size_t BatchNorm<T>::column_parts() const {
  return (width_ + columns_of_a_part - 1) / columns_of_a_part;
}

template <class T>
Stretch BatchNorm<T>::columns(std::size_t part) const {
  return {part * columns_of_a_part, std::min(width_, (part + 1) * columns_of_a_part)};
}

template <class T>
void BatchNorm<T>::gather_forward(const Input<T>& x, std::size_t part, const Mode& mode) {
  const Stretch own = columns(part);
  if (!mode.training) {
    for (std::size_t j = own.first; j < own.last; ++j) {
      mean_[j] = running_mean_[j];
      inverse_[j] = T(1) / fast_sqrt(running_variance_[j] + epsilon_);
    }
    return;
  }
  const std::size_t rows = x.dense.rows();
  const T share = T(1) / T(rows);
  std::array<T, columns_of_a_part> sums;
  const auto mean_of_rows = [&](const auto& term) {
    sums.fill(T(0));
    for (std::size_t i = 0; i < rows; ++i) {
      const T* row = x.dense.row(i).data();
      for (std::size_t j = own.first; j < own.last; ++j) {
        sums[j - own.first] += term(row[j], mean_[j]);
      }
    }
  };
  mean_of_rows([](T value, T) { return value; });
  for (std::size_t j = own.first; j < own.last; ++j) {
    mean_[j] = sums[j - own.first] * share;
  }
  mean_of_rows([](T value, T mean) { return (value - mean) * (value - mean); });
  for (std::size_t j = own.first; j < own.last; ++j) {
    const T square = sums[j - own.first];
    inverse_[j] = T(1) / fast_sqrt(square * share + epsilon_);
    running_mean_[j] += momentum_ * (mean_[j] - running_mean_[j]);
    running_variance_[j] += momentum_ * (square / T(rows > 1 ? rows - 1 : 1) - running_variance_[j]);
  }
}

template <class T>
void BatchNorm<T>::forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& /*mode*/) {
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    const T* from = x.dense.row(i).data();
    T* normal = normal_.data() + i * width_;
    T* into = y.row(i).data();
    for (std::size_t j = 0; j < width_; ++j) {
      normal[j] = (from[j] - mean_[j]) * inverse_[j];
      into[j] = normal[j] * theta[j] + theta[width_ + j];
    }
  }
}

template <class T>
void BatchNorm<T>::gather_backward(Mat<const T> dy, std::size_t part, const Mode& mode) {
  const Stretch own = columns(part);
  for (std::size_t j = own.first; j < own.last; ++j) {
    plain_[j] = T(0);
    along_[j] = T(0);
  }
  if (!mode.training) {
    return;  // fixed statistics do not depend on the rows
  }
  for (std::size_t i = 0; i < dy.rows(); ++i) {
    const T* slope = dy.row(i).data();
    const T* normal = normal_.data() + i * width_;
    for (std::size_t j = own.first; j < own.last; ++j) {
      plain_[j] += slope[j];
      along_[j] += slope[j] * normal[j];
    }
  }
  const T share = T(1) / T(dy.rows());
  for (std::size_t j = own.first; j < own.last; ++j) {
    plain_[j] *= share;
    along_[j] *= share;
  }
}

/// dx = gain (dy - mean(dy) - normal mean(dy normal)) / deviation.
template <class T>
void BatchNorm<T>::backward(std::span<const T> theta, const Input<T>& /*x*/, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& /*mode*/) {
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    const T* from = dy.row(i).data();
    const T* normal = normal_.data() + i * width_;
    T* into = dx.row(i).data();
    for (std::size_t j = 0; j < width_; ++j) {
      into[j] = theta[j] * inverse_[j] * (from[j] - plain_[j] - normal[j] * along_[j]);
    }
  }
}

template <class T>
void BatchNorm<T>::gradient(const Input<T>& /*x*/, Mat<const T> dy, bool add, std::size_t /*part*/, std::size_t /*parts*/,
                            std::span<T> into) {
  scale_gradient(normal_.data(), dy, add, into);
}

template <class T>
std::vector<std::pair<std::string, std::span<T>>> BatchNorm<T>::buffers() {
  return {{name_ + " running mean", running_mean_}, {name_ + " running variance", running_variance_}};
}

template class BatchNorm<float>;
template class BatchNorm<double>;
template class BatchNorm<Dual<double>>;

}  // namespace fallline::network
