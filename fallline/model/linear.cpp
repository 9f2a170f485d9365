// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/linear.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "fallline/base/expects.hpp"
#include "fallline/base/text.hpp"
#include "fallline/model/activation.hpp"

namespace fallline {

namespace {

constexpr std::array<std::string_view, 6> activation_names = {"identity", "sigmoid", "tanh", "relu", "softplus", "exp"};

/// Eight sums side by side, so that the loop vectorises; their order is fixed.
template <class T>
double dot_in_double(const T* x, const double* w, std::size_t n) {
  std::array<double, 8> sums = {};
  std::size_t j = 0;
  for (; j + sums.size() <= n; j += sums.size()) {
    for (std::size_t k = 0; k < sums.size(); ++k) {
      sums[k] += static_cast<double>(x[j + k]) * w[j + k];
    }
  }
  for (; j < n; ++j) {
    sums[0] += static_cast<double>(x[j]) * w[j];
  }
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

template <class T>
double dot_of_row(const Rows<T>& rows, std::size_t i, const double* w) {
  if (!rows.sparse) {
    return dot_in_double(rows.dense.row(i).data(), w, rows.features);
  }
  double sum = 0;
  for (std::uint64_t k = rows.starts[i]; k < rows.starts[i + 1]; ++k) {
    sum += static_cast<double>(rows.values[k]) * w[rows.columns[k]];
  }
  return sum;
}

/// Scores of the rows picked[0], picked[1], ... by the weights alone.
template <class T>
void add_scores(const LinearModel& model, const Rows<T>& rows, std::span<const std::uint32_t> picked, double* scores, ThreadPool& pool) {
  constexpr std::size_t range = 4096;
  pool.run((picked.size() + range - 1) / range, [&](std::size_t r) {
    for (std::size_t i = r * range; i < std::min(picked.size(), (r + 1) * range); ++i) {
      for (std::size_t c = 0; c < model.outputs; ++c) {
        scores[i * model.outputs + c] = dot_of_row(rows, picked[i], model.weights.data() + c * model.features) + model.bias[c];
      }
    }
  });
}

/// The hidden layers work on a slab of rows at a time, so that what they put out takes little room.
template <class T>
void add_network_scores(const LinearModel& model, const Rows<T>& rows, std::span<const std::uint32_t> picked, double* scores,
                        ThreadPool& pool) {
  constexpr std::size_t slab = 1 << 14;
  std::vector<std::uint32_t> order(std::min(picked.size(), slab));
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t first = 0; first < picked.size(); first += slab) {
    const std::size_t count = std::min(slab, picked.size() - first);
    const std::vector<double> units = hidden_outputs(model.hidden, rows, picked.subspan(first, count), pool);
    Rows<double> inner;
    inner.rows = count;
    inner.features = model.features;
    inner.dense = Mat<const double>(units.data(), count, model.features);
    add_scores(model, inner, std::span(order).first(count), scores + first * model.outputs, pool);
  }
}

}  // namespace

template <class T>
std::vector<double> linear_scores(const LinearModel& model, const Rows<T>& rows, std::span<const std::uint32_t> picked, ThreadPool& pool) {
  expects(rows.features == model.inputs(), "rows have the features of the model");
  std::vector<double> scores(picked.size() * model.outputs);
  (model.hidden.empty() ? add_scores<T> : add_network_scores<T>)(model, rows, picked, scores.data(), pool);
  return scores;
}

template <class T>
std::vector<double> linear_scores(const LinearModel& model, const Rows<T>& rows, ThreadPool& pool) {
  std::vector<std::uint32_t> all(rows.rows);
  std::iota(all.begin(), all.end(), 0U);
  return linear_scores<T>(model, rows, all, pool);
}

std::size_t predicted_class(HeadKind head, std::span<const double> scores) {
  if (head == HeadKind::binary) {
    return scores[0] > 0 ? 1 : 0;
  }
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

void class_probabilities(HeadKind head, std::span<const double> scores, std::span<double> out) {
  if (head == HeadKind::binary) {
    out[0] = sigmoid(-scores[0]);
    out[1] = sigmoid(scores[0]);
    return;
  }
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    out[c] = fast_exp(scores[c] - largest);
    sum += out[c];
  }
  for (double& p : out) {
    p /= sum;
  }
}

double activate(OutputActivation activation, double score) { return activated(activation, score).value; }

Result<OutputActivation> parse_output_activation(std::string_view name) {
  for (std::size_t i = 0; i < activation_names.size(); ++i) {
    if (activation_names[i] == name) {
      return static_cast<OutputActivation>(i);
    }
  }
  const std::vector<std::string> known(activation_names.begin(), activation_names.end());
  return usage_error(
      fmt::format("There is no output activation {}.{} They are {}.", quoted(name), did_you_mean(name, known), join(known, ", ")));
}

std::string_view output_activation_name(OutputActivation activation) { return activation_names.at(static_cast<std::size_t>(activation)); }

template std::vector<double> linear_scores(const LinearModel&, const Rows<float>&, ThreadPool&);
template std::vector<double> linear_scores(const LinearModel&, const Rows<double>&, ThreadPool&);
template std::vector<double> linear_scores(const LinearModel&, const Rows<float>&, std::span<const std::uint32_t>, ThreadPool&);
template std::vector<double> linear_scores(const LinearModel&, const Rows<double>&, std::span<const std::uint32_t>, ThreadPool&);

}  // namespace fallline
