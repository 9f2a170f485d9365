// SPDX-License-Identifier: Apache-2.0
// Inverted dropout (Srivastava et al. 2014): in training each value is 0 with probability p, the others are divided by the share that is
// kept. Which ones is a function of (seed, step, layer, row of the batch, column), so it does not depend on threads.
#pragma once

#include "fallline/model/network/layer.hpp"

namespace fallline::network {

template <class T>
class Dropout final : public Layer<T> {
 public:
  /// probability in [0, 1), kept to a multiple of 1/65536.
  Dropout(double probability, std::size_t width, std::size_t layer);

  std::size_t outputs() const override { return width_; }
  void plan(std::size_t rows) override { factors_.resize(rows * width_); }
  void forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& mode) override;
  void backward(std::span<const T> theta, const Input<T>& x, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& mode) override;

 private:
  void draw(Stretch rows, const Mode& mode);

  std::uint32_t dropped_;  // of 65536
  T factor_;               // of what is kept
  std::size_t width_;
  std::size_t layer_;
  std::vector<T> factors_;  // [rows, width]: 0, or factor_
};

}  // namespace fallline::network
