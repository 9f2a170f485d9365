// SPDX-License-Identifier: Apache-2.0
// Parameters<T>: named tensors with shapes in one contiguous buffer. A linear model has two, a network two a layer, a plain function one.
// Gradients and optimiser slots have the same layout.
#pragma once

#include <cstddef>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/expects.hpp"

namespace fallline {

/// shape: [n] a vector, [rows, cols] a row-major matrix. penalised: weight decay and penalties act on it (false for intercepts).
/// unit_axis: the axis of a matrix that counts the units its weights lead into: 0 in [outputs, inputs], 1 in [inputs, outputs].
struct TensorInfo {
  std::string name;
  std::vector<std::size_t> shape;
  bool penalised = true;
  std::size_t unit_axis = 0;

  std::size_t size() const { return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>()); }
  bool operator==(const TensorInfo&) const = default;
};

template <class T>
class Parameters {
 public:
  Parameters() = default;
  explicit Parameters(std::vector<TensorInfo> tensors, T start = 0) : tensors_(std::move(tensors)) {
    offsets_.push_back(0);
    for (const TensorInfo& tensor : tensors_) {
      offsets_.push_back(offsets_.back() + tensor.size());
    }
    values_.assign(offsets_.back(), start);
  }

  std::size_t tensors() const { return tensors_.size(); }
  const std::vector<TensorInfo>& infos() const { return tensors_; }
  const TensorInfo& info(std::size_t i) const { return tensors_.at(i); }
  std::size_t offset(std::size_t i) const { return offsets_.at(i); }

  /// All values, tensor after tensor.
  std::span<T> values() { return values_; }
  std::span<const T> values() const { return values_; }
  std::span<T> tensor(std::size_t i) { return values().subspan(offsets_.at(i), tensors_.at(i).size()); }
  std::span<const T> tensor(std::size_t i) const { return values().subspan(offsets_.at(i), tensors_.at(i).size()); }
  std::size_t size() const { return values_.size(); }

  bool operator==(const Parameters&) const = default;

 private:
  std::vector<TensorInfo> tensors_;
  std::vector<std::size_t> offsets_;
  std::vector<T> values_;
};

}  // namespace fallline
