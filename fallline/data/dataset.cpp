// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/dataset.hpp"

#include <utility>

namespace fallline {

template <class T>
Rows<T> Dataset<T>::view() const {
  Rows<T> view;
  view.rows = rows;
  view.features = features;
  view.sparse = sparse;
  if (!sparse) {
    view.dense = Mat<const T>(dense.data(), rows, features, stride);
  }
  view.starts = starts;
  view.columns = columns;
  view.values = values;
  view.target = target;
  view.targets = targets;
  view.weight = weight;
  view.memory = room ? &room->memory() : nullptr;
  return view;
}

template <class T>
void Dataset<T>::place_in(std::shared_ptr<ScratchRoom> where) {
  room = std::move(where);
  dense = buffer_in<T>(room);
  starts = buffer_in<std::uint64_t>(room);
  columns = buffer_in<std::uint32_t>(room);
  values = buffer_in<T>(room);
  target = buffer_in<T>(room);
  weight = buffer_in<T>(room);
}

template struct Dataset<float>;
template struct Dataset<double>;

}  // namespace fallline
