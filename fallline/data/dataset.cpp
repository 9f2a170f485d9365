// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/dataset.hpp"

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
  return view;
}

template struct Dataset<float>;
template struct Dataset<double>;

}  // namespace fallline
