// SPDX-License-Identifier: Apache-2.0
// Batch normalisation (Ioffe & Szegedy 2015): y = gain (x - mean) / sqrt(variance + epsilon) + shift. In training mean and variance are
// those of each column over the batch (the variance divided by the rows), and running averages of them are kept, the variance there divided
// by the rows less one, as PyTorch has it; in prediction the running averages stand in.
#pragma once

#include "fallline/model/network/layer.hpp"
#include "fallline/model/network/options.hpp"

namespace fallline::network {

template <class T>
class BatchNorm final : public Layer<T> {
 public:
  /// momentum: the share of the new batch in the running averages.
  BatchNorm(std::string name, std::size_t width, double momentum = 0.1, double epsilon = normalization_epsilon);

  std::size_t outputs() const override { return width_; }
  std::vector<Tensor> tensors() const override;
  void plan(std::size_t rows) override { normal_.resize(rows * width_); }
  std::size_t column_parts() const override;
  void gather_forward(const Input<T>& x, std::size_t part, const Mode& mode) override;
  void gather_backward(Mat<const T> dy, std::size_t part, const Mode& mode) override;
  void forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& mode) override;
  void backward(std::span<const T> theta, const Input<T>& x, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& mode) override;
  std::size_t gradient_parts(std::size_t /*rows*/) const override { return 1; }
  void gradient(const Input<T>& x, Mat<const T> dy, bool add, std::size_t part, std::size_t parts, std::span<T> into) override;
  std::vector<std::pair<std::string, std::span<T>>> buffers() override;

 private:
  Stretch columns(std::size_t part) const;

  std::string name_;
  std::size_t width_;
  T momentum_;
  T epsilon_;
  std::vector<T> running_mean_;
  std::vector<T> running_variance_;
  std::vector<T> mean_;     // of this batch
  std::vector<T> inverse_;  // 1 / deviation of this batch
  std::vector<T> plain_;    // mean over the batch of dy
  std::vector<T> along_;    // mean over the batch of dy normal
  std::vector<T> normal_;   // [rows, width]
};

}  // namespace fallline::network
