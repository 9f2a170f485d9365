// SPDX-License-Identifier: Apache-2.0
// The activation of a hidden layer, each value by itself. The slope is kept from the forward pass.
#pragma once

#include <string>

#include "fallline/base/result.hpp"
#include "fallline/model/activations.hpp"
#include "fallline/model/network/layer.hpp"

namespace fallline::network {

template <class T>
class Activate final : public Layer<T> {
 public:
  Activate(activations::Any activation, std::size_t width);

  std::size_t outputs() const override { return width_; }
  void plan(std::size_t rows) override { slopes_.resize(rows * width_); }
  void forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& mode) override;
  void backward(std::span<const T> theta, const Input<T>& x, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& mode) override;
  void observe(std::size_t rows) override;
  UnitActivity* activity() override { return &activity_; }

 private:
  activations::Any activation_;
  std::size_t width_;
  real_of<T> flat_;        // slopes below it are counted as flat
  std::vector<T> slopes_;  // [rows, width]
  UnitActivity activity_;
};

}  // namespace fallline::network
