// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/linear.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "fallline/base/expects.hpp"
#include "fallline/base/text.hpp"
#include "fallline/math/kernels.hpp"
#include "fallline/model/activation.hpp"

namespace fallline {

namespace {

constexpr std::array<std::string_view, 6> activation_names = {"identity", "sigmoid", "tanh", "relu", "softplus", "exp"};

/// Scores of rows [first, first + count), one output after the other.
template <class T>
void score_range(const std::vector<T>& weights, const std::vector<T>& bias, const Rows<T>& rows, std::size_t first, std::size_t count, T* out) {
  const std::size_t outputs = bias.size();
  std::array<const T*, 4> row;
  std::array<T, 4> score;
  for (std::size_t i = 0; i < count; i += row.size()) {
    const std::size_t block = std::min(row.size(), count - i);
    for (std::size_t c = 0; c < outputs; ++c) {
      const T* w = weights.data() + c * rows.features;
      for (std::size_t k = 0; k < block; ++k) {
        const std::size_t at = first + i + k;
        if (rows.sparse) {
          const std::uint64_t start = rows.starts[at];
          score[k] = dot_sparse(rows.columns.data() + start, rows.values.data() + start, rows.starts[at + 1] - start, w);
        } else {
          row[k] = rows.dense.row(at).data();
        }
      }
      if (!rows.sparse) {
        dot_rows(row.data(), block, w, rows.features, score.data());
      }
      for (std::size_t k = 0; k < block; ++k) {
        out[(i + k) * outputs + c] = score[k] + bias[c];
      }
    }
  }
}

}  // namespace

template <class T>
std::vector<T> linear_scores(const LinearModel& model, const Rows<T>& rows, ThreadPool& pool) {
  expects(rows.features == model.features, "rows have the features of the model");
  const std::vector<T> weights(model.weights.begin(), model.weights.end());
  const std::vector<T> bias(model.bias.begin(), model.bias.end());
  std::vector<T> scores(rows.rows * model.outputs);
  constexpr std::size_t range = 4096;
  pool.run((rows.rows + range - 1) / range, [&](std::size_t r) {
    const std::size_t first = r * range;
    score_range(weights, bias, rows, first, std::min(range, rows.rows - first), scores.data() + first * model.outputs);
  });
  return scores;
}

template <class T>
std::size_t predicted_class(HeadKind head, const T* scores, std::size_t outputs) {
  if (head == HeadKind::binary) {
    return scores[0] > 0 ? 1 : 0;
  }
  return static_cast<std::size_t>(std::max_element(scores, scores + outputs) - scores);
}

template <class T>
void class_probabilities(HeadKind head, const T* scores, std::size_t outputs, T* out) {
  if (head == HeadKind::binary) {
    out[0] = sigmoid(-scores[0]);
    out[1] = sigmoid(scores[0]);
    return;
  }
  const T largest = *std::max_element(scores, scores + outputs);
  T sum = 0;
  for (std::size_t c = 0; c < outputs; ++c) {
    out[c] = fast_exp(scores[c] - largest);
    sum += out[c];
  }
  for (std::size_t c = 0; c < outputs; ++c) {
    out[c] /= sum;
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
  return usage_error(fmt::format("There is no output activation {}.{} They are {}.", quoted(name), did_you_mean(name, known), join(known, ", ")));
}

std::string_view output_activation_name(OutputActivation activation) { return activation_names.at(static_cast<std::size_t>(activation)); }

template std::vector<float> linear_scores(const LinearModel&, const Rows<float>&, ThreadPool&);
template std::vector<double> linear_scores(const LinearModel&, const Rows<double>&, ThreadPool&);
template std::size_t predicted_class(HeadKind, const float*, std::size_t);
template std::size_t predicted_class(HeadKind, const double*, std::size_t);
template void class_probabilities(HeadKind, const float*, std::size_t, float*);
template void class_probabilities(HeadKind, const double*, std::size_t, double*);

}  // namespace fallline
