// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/linear.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

/// Scores of `count` rows, the i-th being row_at(i).
template <class T, class RowAt>
std::vector<double> scores_of(const LinearModel& model, const Rows<T>& rows, std::size_t count, ThreadPool& pool, RowAt row_at) {
  expects(rows.features == model.features, "rows have the features of the model");
  std::vector<double> scores(count * model.outputs);
  constexpr std::size_t range = 4096;
  pool.run((count + range - 1) / range, [&](std::size_t r) {
    for (std::size_t i = r * range; i < std::min(count, (r + 1) * range); ++i) {
      for (std::size_t c = 0; c < model.outputs; ++c) {
        scores[i * model.outputs + c] = dot_of_row(rows, row_at(i), model.weights.data() + c * model.features) + model.bias[c];
      }
    }
  });
  return scores;
}

}  // namespace

template <class T>
std::vector<double> linear_scores(const LinearModel& model, const Rows<T>& rows, ThreadPool& pool) {
  return scores_of(model, rows, rows.rows, pool, [](std::size_t i) { return i; });
}

template <class T>
std::vector<double> linear_scores(const LinearModel& model, const Rows<T>& rows, std::span<const std::uint32_t> picked, ThreadPool& pool) {
  return scores_of(model, rows, picked.size(), pool, [picked](std::size_t i) { return std::size_t{picked[i]}; });
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
