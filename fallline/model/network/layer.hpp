// SPDX-License-Identifier: Apache-2.0
// Layer: one step of a network on a batch, written once as forward and backward. Work is cut by rows where rows do not meet, by parts of
// the parameters or by columns where they do, and never by the number of threads; every buffer is planned before training.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/views.hpp"
#include "fallline/math/dual.hpp"
#include "fallline/math/rows.hpp"
#include "fallline/model/pass.hpp"

namespace fallline::network {

/// A tensor of parameters. penalised: decay and penalties act on it (false for biases and normalisation).
struct Tensor {
  std::string name;
  std::vector<std::size_t> shape;
  bool penalised = true;

  std::size_t size() const;
};

/// Rows [first, last) of the batch.
struct Stretch {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// What a layer reads: rows side by side, or, for the first layer of a network on sparse data, rows of the data set.
template <class T>
struct Input {
  Mat<const T> dense = {};
  const Rows<real_of<T>>* sparse = nullptr;
  std::span<const std::uint32_t> order = {};  // the rows of the batch in `sparse`
};

template <class T>
class Layer {
 public:
  virtual ~Layer() = default;
  virtual std::size_t outputs() const = 0;
  virtual std::vector<Tensor> tensors() const { return {}; }

  /// Room for batches of up to `rows`; nothing is allocated after it.
  virtual void plan(std::size_t /*rows*/) {}

  /// theta: of this layer. y: [batch, outputs]; fills the rows of the stretch.
  virtual void forward(std::span<const T> theta, const Input<T>& x, Mat<T> y, Stretch rows, const Mode& mode) = 0;

  /// dy: slopes of the loss by y, in; may be overwritten. dx: by x, to fill for the rows of the stretch; empty where nobody needs it.
  virtual void backward(std::span<const T> theta, const Input<T>& x, Mat<T> dy, Mat<T> dx, Stretch rows, const Mode& mode) = 0;

  /// The gradient of this layer's parameters over the whole batch, in parts that may be done apart. Added to what is there where `add`.
  virtual std::size_t gradient_parts(std::size_t /*rows*/) const { return 0; }
  virtual void gradient(const Input<T>& /*x*/, Mat<const T> /*dy*/, bool /*add*/, std::size_t /*part*/, std::size_t /*parts*/,
                        std::span<T> /*into*/) {}

  /// Sums over the rows of the batch that forward or backward of any row waits for (batch normalisation), by columns in parts.
  virtual std::size_t column_parts() const { return 0; }
  virtual void gather_forward(const Input<T>& /*x*/, std::size_t /*part*/, const Mode& /*mode*/) {}
  virtual void gather_backward(Mat<const T> /*dy*/, std::size_t /*part*/, const Mode& /*mode*/) {}

  /// What training changes besides parameters (running statistics); part of the state.
  virtual std::vector<std::pair<std::string, std::span<T>>> buffers() { return {}; }
};

}  // namespace fallline::network
