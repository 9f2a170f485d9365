// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/dataset.hpp"

#include "fallline/base/expects.hpp"

namespace fallline {

template <class T>
Rows<T> Dataset<T>::view() const {
  expects(store == nullptr, "the rows are in memory");
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

template <class T>
void append_rows(const Rows<T>& from, std::span<const std::uint32_t> picked, Dataset<T>& to) {
  for (const std::uint32_t i : picked) {
    if (from.sparse) {
      const auto first = static_cast<std::ptrdiff_t>(from.starts[i]);
      const auto last = static_cast<std::ptrdiff_t>(from.starts[i + 1]);
      to.columns.insert(to.columns.end(), from.columns.begin() + first, from.columns.begin() + last);
      to.values.insert(to.values.end(), from.values.begin() + first, from.values.begin() + last);
      to.starts.push_back(to.columns.size());
    } else {
      const T* row = from.dense.row(i).data();
      to.dense.insert(to.dense.end(), row, row + from.features);
      to.dense.resize((to.rows + 1) * to.stride, T(0));
    }
    const T* target = from.target.data() + i * from.targets;
    to.target.insert(to.target.end(), target, target + from.targets);
    if (!from.weight.empty()) {
      to.weight.push_back(from.weight[i]);
    }
    ++to.rows;
  }
}

template <class T>
Dataset<T> empty_like(const Dataset<T>& data) {
  Dataset<T> none;
  none.features = data.features;
  none.sparse = data.sparse;
  none.stride = data.stride;
  none.targets = data.targets;
  none.group_rows = data.group_rows;
  none.starts.assign(data.sparse ? 1 : 0, 0);
  return none;
}

template struct Dataset<float>;
template struct Dataset<double>;
template void append_rows(const Rows<float>&, std::span<const std::uint32_t>, Dataset<float>&);
template void append_rows(const Rows<double>&, std::span<const std::uint32_t>, Dataset<double>&);
template Dataset<float> empty_like(const Dataset<float>&);
template Dataset<double> empty_like(const Dataset<double>&);

}  // namespace fallline
