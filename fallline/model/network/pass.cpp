// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/pass.hpp"

#include <algorithm>
#include <bit>

namespace fallline {

using network::Input;
using network::Stretch;

namespace {

constexpr std::size_t least_stretch = 16;  // rows; products of fewer are slow
constexpr std::size_t most_stretch = 64;

/// Rows of a stretch: a function of the batch alone.
std::size_t stretch_of(std::size_t batch) { return std::clamp(std::bit_ceil(batch) / 4, least_stretch, most_stretch); }

Stretch stretch_at(std::size_t i, std::size_t size, std::size_t batch) { return {i * size, std::min(batch, (i + 1) * size)}; }

/// Summed in pairs along a fixed tree.
template <class T, class Of>
T tree_sum(std::size_t first, std::size_t last, const Of& of) {
  if (last - first == 1) {
    return of(first);
  }
  const std::size_t middle = first + std::bit_ceil(last - first) / 2;
  return tree_sum<T>(first, middle, of) + tree_sum<T>(middle, last, of);
}

}  // namespace

template <class T>
NetworkPass<T>::NetworkPass(const Rows<real_of<T>>& rows, const Loss* loss, OutputActivation activation, Network<T> network,
                            std::size_t most_rows)
    : rows_(rows), loss_(loss), activation_(activation), network_(std::move(network)), most_rows_(std::max<std::size_t>(1, most_rows)) {
  expects(rows.features == network_.features, "a network reads every feature");
  double sum = 0;
  for (const auto w : rows.weight) {
    sum += static_cast<double>(w);
  }
  mean_weight_ = rows.weight.empty() ? 1 : static_cast<real_of<T>>(sum / static_cast<double>(rows.weight.size()));
  values_.resize(network_.layers.size());
  slopes_.resize(network_.layers.size());
}

template <class T>
Input<T> NetworkPass<T>::input(std::size_t layer) const {
  if (layer == 0 && rows_.sparse) {
    return {{}, &rows_, order_};
  }
  if (layer == 0) {
    return {Mat<const T>(gathered_.data(), batch_, rows_.features), nullptr, {}};
  }
  return {Mat<const T>(values_[layer - 1].data(), batch_, network_.layers[layer - 1].layer->outputs()), nullptr, {}};
}

template <class T>
std::span<const T> NetworkPass<T>::own(std::span<const T> theta, std::size_t layer) const {
  return theta.subspan(network_.layers[layer].first, network_.layers[layer].size);
}

template <class T>
void NetworkPass<T>::gather(Stretch rows) {
  if (rows_.sparse) {
    return;
  }
  rows_.about_to_read(rows.last - rows.first);
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    const auto from = rows_.dense.row(order_[i]);
    std::transform(from.begin(), from.end(), gathered_.data() + i * rows_.features, [](real_of<T> x) { return T(x); });
  }
}

template <class T>
void NetworkPass<T>::forward(std::size_t first, std::size_t last, std::span<const T> theta, Stretch rows, const Mode& mode) {
  for (std::size_t l = first; l < last; ++l) {
    network_.layers[l].layer->forward(own(theta, l), input(l), output(l), rows, mode);
  }
}

/// From the slopes by the outputs of layer last - 1 down to those by the inputs of layer first.
template <class T>
void NetworkPass<T>::backward(std::size_t first, std::size_t last, std::span<const T> theta, Stretch rows, const Mode& mode) {
  for (std::size_t l = last; l-- > first;) {
    network_.layers[l].layer->backward(own(theta, l), input(l), slope(l), l == 0 ? Mat<T>() : slope(l - 1), rows, mode);
  }
}

/// Losses work on blocks of scores, output by output.
template <class T>
void NetworkPass<T>::head(Stretch rows, Head& head) {
  const std::size_t count = rows.last - rows.first;
  const std::size_t outputs = network_.outputs;
  const Mat<T> scores = output(network_.layers.size() - 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t from = order_[rows.first + i];
    head.target[i] = T(rows_.target[from]);
    head.weight[i] = rows_.weight.empty() ? T(1) : T(rows_.weight[from]);
    for (std::size_t c = 0; c < outputs; ++c) {
      head.scores[c * count + i] = scores(rows.first + i, c);
    }
  }
  const T* weight = rows_.weight.empty() ? nullptr : head.weight.data();
  head.loss = loss_->block(activation_, head.target.data(), weight, count, outputs, head.scores.data());
  const Mat<T> slopes = slope(network_.layers.size() - 1);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < outputs; ++c) {
      slopes(rows.first + i, c) = head.scores[c * count + i] * scale_;
    }
  }
}

template <class T>
void NetworkPass<T>::gradients(std::span<T> gradient, bool add, ThreadPool& pool) {
  struct Part {
    std::size_t layer;
    std::size_t part;
    std::size_t parts;
  };
  std::vector<Part> parts;
  for (std::size_t l = 0; l < network_.layers.size(); ++l) {
    const std::size_t count = network_.layers[l].layer->gradient_parts(batch_);
    for (std::size_t p = 0; p < count; ++p) {
      parts.push_back({l, p, count});
    }
  }
  pool.run(parts.size(), [&](std::size_t i) {
    const auto [l, part, count] = parts[i];
    const PlacedLayer<T>& placed = network_.layers[l];
    placed.layer->gradient(input(l), slope(l), add, part, count, gradient.subspan(placed.first, placed.size));
  });
}

template <class T>
void NetworkPass<T>::slab(std::span<const std::uint32_t> order, std::span<const T> theta, bool with_loss, bool with_gradient, bool add,
                          std::span<T> gradient, const Mode& mode, ThreadPool& pool) {
  order_ = order;
  batch_ = order.size();
  const std::size_t size = stretch_of(batch_);
  const std::size_t stretches = (batch_ + size - 1) / size;
  if (planned_ < batch_) {
    planned_ = batch_;
    gathered_.resize(rows_.sparse ? 0 : planned_ * rows_.features);
    for (std::size_t l = 0; l < network_.layers.size(); ++l) {
      network_.layers[l].layer->plan(planned_);
      values_[l].resize(planned_ * network_.layers[l].layer->outputs());
      slopes_[l].resize(values_[l].size());
    }
  }
  if (heads_.size() < stretches) {
    heads_.resize(stretches);
    for (Head& head : heads_) {
      head.scores.resize(most_stretch * network_.outputs);
      head.target.resize(most_stretch);
      head.weight.resize(most_stretch);
    }
  }
  std::vector<std::size_t> barriers = {0};  // layers before which all rows have to be there
  for (std::size_t l = 0; l < network_.layers.size(); ++l) {
    if (network_.layers[l].layer->column_parts() > 0) {
      barriers.push_back(l);
    }
  }
  const std::size_t layers = network_.layers.size();
  for (std::size_t b = 0; b < barriers.size(); ++b) {
    const std::size_t first = barriers[b];
    const bool last = b + 1 == barriers.size();
    if (b > 0) {
      const auto& layer = network_.layers[first].layer;
      pool.run(layer->column_parts(), [&](std::size_t part) { layer->gather_forward(input(first), part, mode); });
    }
    pool.run(stretches, [&](std::size_t i) {
      const Stretch rows = stretch_at(i, size, batch_);
      if (b == 0) {
        gather(rows);
      }
      forward(first, last ? layers : barriers[b + 1], theta, rows, mode);
      if (last && with_loss) {
        head(rows, heads_[i]);
      }
      if (last && with_gradient) {
        backward(b == 0 ? 0 : first + 1, layers, theta, rows, mode);
      }
    });
  }
  if (!with_gradient) {
    return;
  }
  for (std::size_t b = barriers.size(); b-- > 1;) {
    const std::size_t own = barriers[b];
    const auto& layer = network_.layers[own].layer;
    pool.run(layer->column_parts(), [&](std::size_t part) { layer->gather_backward(slope(own), part, mode); });
    pool.run(stretches,
             [&](std::size_t i) { backward(b == 1 ? 0 : barriers[b - 1] + 1, own + 1, theta, stretch_at(i, size, batch_), mode); });
  }
  gradients(gradient, add, pool);
}

template <class T>
sum_of<T> NetworkPass<T>::operator()(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> gradient,
                                     const Mode& mode, ThreadPool& pool) {
  expects(!order.empty(), "a batch has rows");
  expects(theta.size() == network_.parameters, "theta has a value for every parameter");
  scale_ = T(1) / (T(order.size()) * T(mean_weight_));
  const std::size_t most = mode.training && network_.mixes_rows() ? order.size() : most_rows_;
  sum_of<T> loss(0);
  for (std::size_t first = 0; first < order.size(); first += most) {
    slab(order.subspan(first, std::min(most, order.size() - first)), theta, true, !gradient.empty(), first > 0, gradient, mode, pool);
    const std::size_t size = stretch_of(batch_);
    loss += tree_sum<sum_of<T>>(0, (batch_ + size - 1) / size, [&](std::size_t i) { return heads_[i].loss; });
  }
  return loss * static_cast<sum_of<T>>(scale_);
}

template <class T>
void NetworkPass<T>::scores(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> out, ThreadPool& pool) {
  for (std::size_t first = 0; first < order.size(); first += most_rows_) {
    slab(order.subspan(first, std::min(most_rows_, order.size() - first)), theta, false, false, false, {}, Mode{}, pool);
    std::copy_n(values_.back().data(), batch_ * network_.outputs, out.data() + first * network_.outputs);
  }
}

template class NetworkPass<float>;
template class NetworkPass<double>;
template class NetworkPass<Dual<double>>;

}  // namespace fallline
