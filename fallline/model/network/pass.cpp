// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/pass.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace fallline {

using network::Input;
using network::Stretch;

namespace {

constexpr std::size_t least_stretch = 16;  // rows; products of fewer are slow
constexpr std::size_t most_stretch = 64;

/// Rows of a stretch: a function of the batch alone.
std::size_t stretch_of(std::size_t batch) { return std::clamp(std::bit_ceil(batch) / 8, least_stretch, most_stretch); }

std::size_t stretches_of(std::size_t batch) { return (batch + stretch_of(batch) - 1) / stretch_of(batch); }

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
    : NetworkPass(rows, whole_of(rows), loss, activation, std::move(network), most_rows) {}

template <class T>
NetworkPass<T>::NetworkPass(const Rows<real_of<T>>& rows, const Whole& whole, const Loss* loss, OutputActivation activation,
                            Network<T> network, std::size_t most_rows)
    : rows_(rows), loss_(loss), activation_(activation), network_(std::move(network)), most_rows_(std::max<std::size_t>(1, most_rows)) {
  expects(rows.features == network_.features, "a network reads every feature");
  mean_weight_ = static_cast<real_of<T>>(whole.mean_weight);
  values_.resize(network_.layers.size());
  slopes_.resize(network_.layers.size());
  for (std::size_t l = 1; l < network_.layers.size(); ++l) {
    if (network_.layers[l].layer->column_parts() > 0) {
      barriers_.push_back(l);
    }
  }
}

/// Room for batches of batch_ rows; what is there for larger ones is kept.
template <class T>
void NetworkPass<T>::plan() {
  if (planned_ < batch_) {
    planned_ = batch_;
    gathered_.resize(rows_.sparse ? 0 : planned_ * rows_.features);
    for (std::size_t l = 0; l < network_.layers.size(); ++l) {
      network_.layers[l].layer->plan(planned_);
      values_[l].resize(planned_ * network_.layers[l].layer->outputs());
      slopes_[l].resize(values_[l].size());
    }
    for (std::vector<T>& half : halves_) {
      half.resize(halved() ? values_.front().size() : 0);
    }
  }
  const std::size_t stretches = stretches_of(batch_);
  if (heads_.size() < stretches) {
    heads_.resize(stretches);
    for (Head& head : heads_) {
      head.scores.resize(most_stretch * network_.outputs);
      head.target.resize(most_stretch * rows_.targets);
      head.weight.resize(most_stretch);
    }
  }
  parts_.clear();
  for (std::size_t l = 0; l < network_.layers.size(); ++l) {
    const std::size_t count = network_.layers[l].layer->gradient_parts(batch_);
    for (std::size_t p = 0; p < count; ++p) {
      parts_.push_back({l, p, count});
    }
  }
  std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) {
    const auto key = [](const Part& part, std::size_t others) { return (2 * part.part + 1) * others; };
    return std::pair(key(a, b.parts), a.layer) < std::pair(key(b, a.parts), b.layer);
  });
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
void NetworkPass<T>::gather(Stretch rows, Stretch columns) {
  constexpr std::size_t ahead = 4;  // rows in random places: memory has to be asked early
  constexpr std::size_t line = 64 / sizeof(real_of<T>);
  if (rows_.sparse) {
    return;
  }
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    if (i + ahead < rows.last) {
      const real_of<T>* next = rows_.dense.row(order_[i + ahead]).data();
      for (std::size_t j = columns.first; j < columns.last; j += line) {
        __builtin_prefetch(next + j);
      }
    }
    const real_of<T>* from = rows_.dense.row(order_[i]).data();
    std::transform(from + columns.first, from + columns.last, gathered_.data() + i * rows_.features + columns.first,
                   [](real_of<T> x) { return T(x); });
  }
}

template <class T>
void NetworkPass<T>::first_half_layer(std::size_t half, std::span<const T> theta, Stretch rows) {
  const auto& layer = network_.layers.front().layer;
  gather(rows, layer->half_of_inputs(half));
  layer->forward_half(own(theta, 0), input(0), half, Mat<T>(halves_[half].data(), batch_, layer->outputs()), rows);
}

template <class T>
void NetworkPass<T>::join_halves(Stretch rows) {
  const std::size_t width = network_.layers.front().layer->outputs();
  const T* first = halves_[0].data();
  const T* second = halves_[1].data();
  T* into = values_.front().data();
  for (std::size_t k = rows.first * width; k < rows.last * width; ++k) {
    into[k] = first[k] + second[k];
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
    for (std::size_t c = 0; c < rows_.targets; ++c) {
      head.target[c * count + i] = T(rows_.target[from * rows_.targets + c]);
    }
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
  pool.run(parts_.size(), [&](std::size_t i) {
    const auto [l, part, count] = parts_[i];
    const PlacedLayer<T>& placed = network_.layers[l];
    placed.layer->gradient(input(l), slope(l), add, part, count, gradient.subspan(placed.first, placed.size));
  });
}

template <class T>
void NetworkPass<T>::slab(std::span<const std::uint32_t> order, std::span<const T> theta, bool with_loss, bool with_gradient, bool add,
                          std::span<T> gradient, const Mode& mode, ThreadPool& pool) {
  order_ = order;
  batch_ = order.size();
  plan();
  const std::size_t size = stretch_of(batch_);
  const std::size_t stretches = stretches_of(batch_);
  const std::size_t layers = network_.layers.size();
  if (halved()) {
    pool.run(2 * stretches, [&](std::size_t i) { first_half_layer(i / stretches, theta, stretch_at(i % stretches, size, batch_)); });
  }
  for (std::size_t b = 0; b < barriers_.size(); ++b) {
    const std::size_t first = barriers_[b];
    const bool last = b + 1 == barriers_.size();
    if (b > 0) {
      const auto& layer = network_.layers[first].layer;
      pool.run(layer->column_parts(), [&](std::size_t part) { layer->gather_forward(input(first), part, mode); });
    }
    pool.run(stretches, [&](std::size_t i) {
      const Stretch rows = stretch_at(i, size, batch_);
      if (b == 0 && halved()) {
        join_halves(rows);
      } else if (b == 0) {
        gather(rows, {0, rows_.features});
      }
      forward(b == 0 && halved() ? 1 : first, last ? layers : barriers_[b + 1], theta, rows, mode);
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
  for (std::size_t b = barriers_.size(); b-- > 1;) {
    const std::size_t own = barriers_[b];
    const auto& layer = network_.layers[own].layer;
    pool.run(layer->column_parts(), [&](std::size_t part) { layer->gather_backward(slope(own), part, mode); });
    pool.run(stretches,
             [&](std::size_t i) { backward(b == 1 ? 0 : barriers_[b - 1] + 1, own + 1, theta, stretch_at(i, size, batch_), mode); });
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
    for (std::size_t l = 0; watched_ && mode.training && l < network_.layers.size(); ++l) {
      network_.layers[l].layer->observe(batch_);
    }
    loss += tree_sum<sum_of<T>>(0, stretches_of(batch_), [&](std::size_t i) { return heads_[i].loss; });
  }
  return loss * static_cast<sum_of<T>>(scale_);
}

template <class T>
std::vector<UnitActivity> NetworkPass<T>::units() const {
  std::vector<UnitActivity> units;
  for (const PlacedLayer<T>& placed : network_.layers) {
    if (const UnitActivity* activity = placed.layer->activity(); activity != nullptr) {
      units.push_back(*activity);
    }
  }
  return units;
}

template <class T>
void NetworkPass<T>::forget_units() {
  for (const PlacedLayer<T>& placed : network_.layers) {
    if (UnitActivity* activity = placed.layer->activity(); activity != nullptr) {
      *activity = {};
    }
  }
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
