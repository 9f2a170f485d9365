// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/hidden.hpp"

#include <algorithm>
#include <numeric>

#include "fallline/model/network/pass.hpp"

namespace fallline {

namespace {

constexpr std::size_t rows_at_once = 4096;

/// The rows of a slab in double, side by side or as sparse rows.
struct Slab {
  std::vector<double> values;
  std::vector<std::uint32_t> columns;
  std::vector<std::uint64_t> starts;
  Rows<double> rows;
};

template <class T>
void fill(Slab& slab, const Rows<T>& from, std::span<const std::uint32_t> picked) {
  slab.values.clear();
  slab.columns.clear();
  slab.starts.assign(1, 0);
  for (const std::uint32_t row : picked) {
    if (from.sparse) {
      const std::uint64_t first = from.starts[row];
      const std::uint64_t count = from.starts[row + 1] - first;
      slab.columns.insert(slab.columns.end(), from.columns.begin() + static_cast<std::ptrdiff_t>(first),
                          from.columns.begin() + static_cast<std::ptrdiff_t>(first + count));
      slab.values.insert(slab.values.end(), from.values.begin() + static_cast<std::ptrdiff_t>(first),
                         from.values.begin() + static_cast<std::ptrdiff_t>(first + count));
      slab.starts.push_back(slab.values.size());
    } else {
      slab.values.insert(slab.values.end(), from.dense.row(row).begin(), from.dense.row(row).end());
    }
  }
  slab.rows = {};
  slab.rows.rows = picked.size();
  slab.rows.features = from.features;
  slab.rows.sparse = from.sparse;
  if (from.sparse) {
    slab.rows.starts = slab.starts;
    slab.rows.columns = slab.columns;
    slab.rows.values = slab.values;
  } else {
    slab.rows.dense = Mat<const double>(slab.values.data(), picked.size(), from.features);
  }
}

/// The other way round: [units, inputs] as [inputs, units], which the layers read.
std::vector<double> transposed(const NamedArray& array) {
  const std::size_t rows = array.shape[0];
  const std::size_t cols = array.shape[1];
  std::vector<double> out(array.values.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      out[j * rows + i] = array.values[i * cols + j];
    }
  }
  return out;
}

/// Parameters as the layers read them; what training gathered besides goes into `network`.
std::vector<double> load(const HiddenLayers& hidden, Network<double>& network) {
  std::vector<double> theta;
  theta.reserve(network.parameters);
  auto array = hidden.arrays.begin();
  for (std::size_t k = 0; k < network.tensors.size(); ++k, ++array) {
    const std::vector<double> values = array->shape.size() == 2 ? transposed(*array) : array->values;
    theta.insert(theta.end(), values.begin(), values.end());
  }
  for (const PlacedLayer<double>& placed : network.layers) {
    for (auto& [name, buffer] : placed.layer->buffers()) {
      std::copy(array->values.begin(), array->values.end(), buffer.begin());
      ++array;
    }
  }
  return theta;
}

}  // namespace

std::size_t HiddenLayers::parameters() const { return options.hidden.empty() ? 0 : make_hidden<float>(options, features).parameters; }

std::vector<NamedArray> hidden_arrays(const NetworkOptions& options, std::size_t features) {
  if (!check_network(options)) {
    return {};
  }
  Network<double> network = make_hidden<double>(options, features);
  std::vector<NamedArray> arrays;
  for (const network::Tensor& tensor : network.tensors) {
    const bool weights = tensor.shape.size() == 2;
    arrays.push_back({tensor.name, weights ? std::vector{tensor.shape[1], tensor.shape[0]} : tensor.shape,
                      std::vector<double>(tensor.size(), tensor.name.ends_with(" gain") ? 1 : 0)});
  }
  for (const PlacedLayer<double>& placed : network.layers) {
    for (const auto& [name, buffer] : placed.layer->buffers()) {
      arrays.push_back({name, {buffer.size()}, {buffer.begin(), buffer.end()}});
    }
  }
  return arrays;
}

template <class T>
std::vector<double> hidden_outputs(const HiddenLayers& hidden, const Rows<T>& rows, std::span<const std::uint32_t> picked,
                                   ThreadPool& pool) {
  expects(rows.features == hidden.features, "rows have the features of the model");
  Network<double> network = make_hidden<double>(hidden.options, hidden.features);
  const std::vector<double> theta = load(hidden, network);
  const std::size_t width = network.outputs;
  std::vector<double> out(picked.size() * width);
  std::vector<std::uint32_t> order(std::min(picked.size(), rows_at_once));
  std::iota(order.begin(), order.end(), 0U);
  Slab slab;
  fill(slab, rows, picked.first(order.size()));
  NetworkPass<double> pass(slab.rows, nullptr, OutputActivation::identity, std::move(network), rows_at_once);
  for (std::size_t first = 0; first < picked.size(); first += rows_at_once) {
    const std::size_t count = std::min(rows_at_once, picked.size() - first);
    fill(slab, rows, picked.subspan(first, count));
    pass.read(slab.rows);
    pass.scores(std::span(order).first(count), theta, std::span(out).subspan(first * width, count * width), pool);
  }
  return out;
}

template std::vector<double> hidden_outputs(const HiddenLayers&, const Rows<float>&, std::span<const std::uint32_t>, ThreadPool&);
template std::vector<double> hidden_outputs(const HiddenLayers&, const Rows<double>&, std::span<const std::uint32_t>, ThreadPool&);

}  // namespace fallline
