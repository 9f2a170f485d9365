// SPDX-License-Identifier: Apache-2.0
// Dense layer: y = x W + b with W [inputs, outputs], so that a sparse row touches whole rows of W.
#pragma once

#include "fallline/model/network/layer.hpp"

namespace fallline::network {

template <class T>
class Dense final : public Layer<T> {
 public:
  Dense(std::string name, std::size_t inputs, std::size_t outputs, bool bias)
      : name_(std::move(name)), in_(inputs), out_(outputs), bias_(bias) {}

  std::size_t outputs() const override { return out_; }
  std::vector<Tensor> tensors() const override;
  void forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& mode) override;
  Stretch half_of_inputs(std::size_t half) const override;
  void forward_half(std::span<const T> theta, const Input<T>& x, std::size_t half, Mat<T> y, Stretch rows) override;
  void backward(std::span<const T> theta, const Input<T>& x, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& mode) override;
  std::size_t gradient_parts(std::size_t rows) const override;
  void gradient(const Input<T>& x, Mat<const T> dy, bool add, std::size_t part, std::size_t parts, std::span<T> into) override;

 private:
  Mat<const T> weights(std::span<const T> theta) const { return {theta.data(), in_, out_}; }
  void fill_with_bias(std::span<const T> theta, Mat<T> y) const;

  std::string name_;
  std::size_t in_;
  std::size_t out_;
  bool bias_;
};

}  // namespace fallline::network
