// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/smoothness.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "fallline/base/random.hpp"
#include "fallline/model/linear_pass.hpp"

namespace fallline {

namespace {

constexpr std::size_t most_rows = 1 << 16;  // an eigenvalue of the second moments is known well enough from this many,
constexpr double most_bytes = 64e6;         // or from fewer that are wide
constexpr int iterations = 20;
constexpr double margin = 1.02;  // power iteration approaches from below

/// Evenly spaced training rows.
template <class T>
std::vector<std::uint32_t> sample(const Feed<T>& feed) {
  const std::size_t rows = feed.part(Part::training).size();
  const std::size_t few = std::min(most_rows, static_cast<std::size_t>(std::max(256.0, most_bytes / std::max(1.0, feed.bytes_of_a_row()))));
  const std::size_t stride = (rows + few - 1) / few;
  std::vector<std::uint32_t> picked;
  for (std::size_t i = 0; i < rows; i += stride) {
    picked.push_back(feed.number(Part::training, i));
  }
  return picked;
}

template <class T>
double largest_row(const Rows<T>& rows, std::span<const std::uint32_t> picked) {
  double largest = 0;
  double weights = 0;
  for (const std::uint32_t i : picked) {
    const std::span<const T> values =
        rows.sparse ? rows.values.subspan(rows.starts[i], rows.starts[i + 1] - rows.starts[i]) : std::span<const T>(rows.dense.row(i));
    double square = 0;
    for (const T x : values) {
      square += static_cast<double>(x) * static_cast<double>(x);
    }
    const double weight = rows.weight.empty() ? 1 : static_cast<double>(rows.weight[i]);
    weights += weight;
    largest = std::max(largest, square * weight);
  }
  return weights > 0 ? largest * static_cast<double>(picked.size()) / weights : 0;
}

}  // namespace

double Smoothness::at_batch(std::size_t batch) const {
  if (batch == 0 || batch >= rows || rows < 2) {
    return full;
  }
  const double n = static_cast<double>(rows);
  const double b = static_cast<double>(batch);
  return n * (b - 1) / (b * (n - 1)) * full + (n - b) / (b * (n - 1)) * row;
}

/// With the squared loss, one output and zero targets the gradient at v is 2/n X'X v: the pass itself is the product that power iteration
/// needs.
template <class T>
Smoothness measure_smoothness(Problem<T>& problem, std::uint64_t seed) {
  Smoothness smoothness;
  const double curvature =
      problem.loss().curvature / (problem.loss().task != LossTask::multiclass ? static_cast<double>(problem.outputs()) : 1);
  smoothness.rows = problem.rows(Part::training);
  if (curvature == 0 || !problem.loss().smooth || problem.has_hidden_layers()) {
    return smoothness;
  }
  const std::vector<std::uint32_t> numbers = sample(problem.feed());
  const Picked<T> some = problem.feed().take(numbers);
  const std::span<const std::uint32_t> picked = some.numbers;
  if (picked.empty()) {
    return smoothness;
  }
  Rows<T> rows = some.rows;
  const std::vector<T> zeros(rows.rows, 0);
  rows.target = zeros;
  rows.targets = 1;
  const auto squared = make_loss("squared");
  LinearPass<T> pass(rows, problem.feed().whole(), **squared, OutputActivation::identity, 1, problem.intercept());
  std::vector<T> v(pass.parameters());
  std::vector<T> product(v.size());
  const Random random(seed, Purpose::probe);
  for (std::size_t j = 0; j < v.size(); ++j) {
    v[j] = static_cast<T>(random.normal(j));
  }
  double eigenvalue = 0;
  for (int k = 0; k < iterations; ++k) {
    double square = 0;
    for (const T x : v) {
      square += static_cast<double>(x) * static_cast<double>(x);
    }
    const T scale = static_cast<T>(square > 0 ? 1 / std::sqrt(square) : 0);
    std::transform(v.begin(), v.end(), v.begin(), [scale](T x) { return x * scale; });
    pass(picked, v, product, Mode(), problem.pool());
    double norm = 0;
    for (const T x : product) {
      norm += static_cast<double>(x) * static_cast<double>(x);
    }
    eigenvalue = std::sqrt(norm) / 2;
    std::swap(v, product);
  }
  smoothness.known = true;
  smoothness.full = curvature * eigenvalue * margin + problem.chain().l2;
  smoothness.row = curvature * (largest_row(rows, picked) + (problem.intercept() ? 1 : 0)) + problem.chain().l2;
  return smoothness;
}

template Smoothness measure_smoothness(Problem<float>&, std::uint64_t);
template Smoothness measure_smoothness(Problem<double>&, std::uint64_t);

}  // namespace fallline
