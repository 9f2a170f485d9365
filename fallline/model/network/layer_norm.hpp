// SPDX-License-Identifier: Apache-2.0
// Layer normalisation (Ba, Kiros & Hinton 2016): y = gain (x - mean) / sqrt(variance + epsilon) + shift, mean and variance over the values
// of a row.
#pragma once

#include "fallline/model/network/layer.hpp"
#include "fallline/model/network/options.hpp"

namespace fallline::network {

template <class T>
class LayerNorm final : public Layer<T> {
 public:
  LayerNorm(std::string name, std::size_t width, double epsilon = normalization_epsilon)
      : name_(std::move(name)), width_(width), epsilon_(T(epsilon)) {}

  std::size_t outputs() const override { return width_; }
  std::vector<Tensor> tensors() const override;
  void plan(std::size_t rows) override;
  void forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& mode) override;
  void backward(std::span<const T> theta, const Input<T>& x, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& mode) override;
  std::size_t gradient_parts(std::size_t /*rows*/) const override { return 1; }
  void gradient(const Input<T>& x, Mat<const T> dy, bool add, std::size_t part, std::size_t parts, std::span<T> into) override;

 private:
  std::string name_;
  std::size_t width_;
  T epsilon_;
  std::vector<T> normal_;   // [rows, width]: (x - mean) / deviation
  std::vector<T> inverse_;  // [rows]: 1 / deviation
};

}  // namespace fallline::network
