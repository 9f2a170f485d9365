// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/layer_watch.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace fallline {

namespace {

/// value(i) for i below n.
template <class Value>
double root_mean_square(std::size_t n, Value value) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += value(i) * value(i);
  }
  return n == 0 ? 0 : std::sqrt(sum / static_cast<double>(n));
}

}  // namespace

template <class T>
LayerWatch<T>::LayerWatch(const std::vector<Observer*>& observers) {
  std::copy_if(observers.begin(), observers.end(), std::back_inserter(observers_), [](Observer* o) { return o->wants_layers(); });
}

template <class T>
void LayerWatch<T>::before(const Parameters<T>& theta, const Parameters<T>& gradient) {
  if (observers_.empty()) {
    return;
  }
  theta_.assign(theta.values().begin(), theta.values().end());
  record_.tensors.resize(theta.tensors());
  for (std::size_t k = 0; k < theta.tensors(); ++k) {
    const auto g = gradient.tensor(k);
    record_.tensors[k].name = theta.info(k).name;
    record_.tensors[k].gradient = root_mean_square(g.size(), [&](std::size_t i) { return static_cast<double>(g[i]); });
  }
}

template <class T>
void LayerWatch<T>::after(const Parameters<T>& theta, std::int64_t step, std::vector<UnitActivity> units) {
  if (observers_.empty()) {
    return;
  }
  record_.step = step;
  record_.units = std::move(units);
  for (std::size_t k = 0; k < theta.tensors(); ++k) {
    const auto now = theta.tensor(k);
    const T* then = theta_.data() + theta.offset(k);
    record_.tensors[k].update =
        root_mean_square(now.size(), [&](std::size_t i) { return static_cast<double>(now[i]) - static_cast<double>(then[i]); });
    record_.tensors[k].weight = root_mean_square(now.size(), [&](std::size_t i) { return static_cast<double>(then[i]); });
  }
  for (Observer* observer : observers_) {
    observer->on_layers(record_);
  }
}

template class LayerWatch<float>;
template class LayerWatch<double>;

}  // namespace fallline
