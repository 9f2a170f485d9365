// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/linear_pass.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "fallline/base/expects.hpp"
#include "fallline/math/kernels.hpp"

namespace fallline {

namespace {

constexpr std::size_t rows_of_a_shard = 32;  // fewer are not worth a sum of their own
constexpr std::size_t most_shards = 64;
constexpr std::size_t sparse_rows_of_a_shard = 4096;
constexpr std::size_t rows_of_a_part = 64;       // of a sparse shard that is alone, whose products threads share; each is a row's own
constexpr std::size_t rows_ahead = 8;            // sparse rows asked for before their turn
constexpr std::size_t worth_helpers = 1 << 16;   // values of such a shard below which threads wait for one another longer than they help
constexpr std::size_t worth_a_thread = 1 << 13;  // values in a batch below which waking others costs more than it saves

/// Asks for a row ahead of its use: shuffled rows lie anywhere, and waiting for one after the other would cost more than the sums.
template <class T>
void prefetch(const T* row, std::size_t n) {
  constexpr std::size_t line = 64;  // a row may begin and end anywhere in one
  const auto* at = reinterpret_cast<const char*>(row);
  const char* const end = at + n * sizeof(T);
  for (at -= reinterpret_cast<std::uintptr_t>(at) % line; at < end; at += line) {
    __builtin_prefetch(at);
  }
}

}  // namespace

// A sparse shard pays for the whole width, so its rows hold at least as many values as that.
std::size_t shards_of(std::size_t rows, std::size_t features, double row_values) {
  const auto as_wide = static_cast<std::size_t>(row_values > 0 ? static_cast<double>(features) / row_values : 0);
  const std::size_t enough = rows / (row_values > 0 ? std::max(sparse_rows_of_a_shard, as_wide) : rows_of_a_shard);
  return std::min(std::bit_floor(std::max<std::size_t>(1, enough)), most_shards);
}

/// sum: the gradient's sums in double; 0 between passes. scores: [outputs][block rows], target: [targets][block rows], weight: gathered for
/// the block.
template <class T>
struct LinearPass<T>::Scratch {
  std::vector<double> sum;
  std::vector<T> scores;
  std::array<const T*, largest_block> row;
  std::vector<T> target;
  std::array<T, largest_block> weight;
  double loss = 0;
};

template <class T>
LinearPass<T>::LinearPass(const Rows<T>& rows, const Loss& loss, OutputActivation activation, std::size_t outputs, bool intercept)
    : LinearPass(rows, whole_of(rows), loss, activation, outputs, intercept) {}

template <class T>
LinearPass<T>::LinearPass(const Rows<T>& rows, const Whole& whole, const Loss& loss, OutputActivation activation, std::size_t outputs,
                          bool intercept)
    : rows_(rows),
      loss_(loss),
      activation_(activation),
      outputs_(outputs),
      intercept_(intercept),
      mean_weight_(whole.mean_weight),
      row_values_(rows.sparse ? std::max(1.0, whole.row_values) : 0) {
  expects(rows.target.size() == rows.rows * rows.targets, "every row has its targets");
}

template <class T>
LinearPass<T>::~LinearPass() = default;

template <class T>
void LinearPass<T>::scores_of(std::span<const std::uint32_t> order, std::span<const T> theta, ThreadPool* helpers, Scratch& scratch) const {
  const std::size_t n = rows_.features;
  if (rows_.sparse && at_zero_) {
    std::fill_n(scratch.scores.data(), outputs_ * order.size(), T(0));
  } else if (rows_.sparse) {
    const std::size_t parts = helpers != nullptr ? (order.size() + rows_of_a_part - 1) / rows_of_a_part : 1;
    const auto part = [&](std::size_t p) {
      sparse_scores(order, order.size() * p / parts, order.size() * (p + 1) / parts, theta, scratch);
    };
    parts > 1 ? helpers->run(parts, part) : part(0);
  }
  for (std::size_t c = 0; c < outputs_; ++c) {
    const T* w = theta.data() + c * n;
    T* out = scratch.scores.data() + c * order.size();
    if (!rows_.sparse) {
      dot_rows(scratch.row.data(), order.size(), w, n, out);
    }
    if (intercept_) {
      const T b = theta[outputs_ * n + c];
      for (std::size_t i = 0; i < order.size(); ++i) {
        out[i] += b;
      }
    }
  }
}

/// The products of rows [from, to) of the block with the weights.
template <class T>
void LinearPass<T>::sparse_scores(std::span<const std::uint32_t> order, std::size_t from, std::size_t to, std::span<const T> theta,
                                  Scratch& scratch) const {
  for (std::size_t i = from; i < to; ++i) {
    if (i + rows_ahead < to && order[i + rows_ahead] != order[i] + rows_ahead) {  // the processor sees to rows in their order
      const std::uint64_t soon = rows_.starts[order[i + rows_ahead]];
      const std::uint64_t count = rows_.starts[order[i + rows_ahead] + 1] - soon;
      prefetch(rows_.columns.data() + soon, count);
      prefetch(rows_.values.data() + soon, count);
    }
    const std::uint64_t first = rows_.starts[order[i]];
    const std::size_t count = rows_.starts[order[i] + 1] - first;
    for (std::size_t c = 0; c < outputs_; ++c) {
      scratch.scores[c * order.size() + i] =
          dot_sparse(rows_.columns.data() + first, rows_.values.data() + first, count, theta.data() + c * rows_.features);
    }
  }
}

/// The first column of a part of the columns: halfway between equal shares of the width and of the entries. It changes no sum.
template <class T>
std::size_t LinearPass<T>::cut_at(std::span<const std::uint32_t> order, std::size_t part, std::size_t parts) const {
  std::uint64_t columns = 0;
  for (const std::uint32_t row : order) {
    const std::uint64_t first = rows_.starts[row];
    const std::uint64_t count = rows_.starts[row + 1] - first;
    columns += count > 0 ? rows_.columns[first + count * part / parts] : 0;
  }
  return static_cast<std::size_t>(columns / order.size() + rows_.features * part / parts) / 2;
}

/// Helpers take a part of the columns each, so that every sum is made in the order of the rows.
template <class T>
void LinearPass<T>::add_sparse_rows(std::span<const std::uint32_t> order, std::size_t output, ThreadPool* helpers, Scratch& scratch) const {
  const T* slopes = scratch.scores.data() + output * order.size();
  double* sum = scratch.sum.data() + output * rows_.features;
  const std::size_t parts = helpers != nullptr ? helpers->threads() : 1;
  const auto add = [&](std::size_t p) {
    const std::size_t from = p == 0 ? 0 : cut_at(order, p, parts);
    const std::size_t to = p + 1 == parts ? rows_.features : cut_at(order, p + 1, parts);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint32_t* first = rows_.columns.data() + rows_.starts[order[i]];
      const std::uint32_t* last = rows_.columns.data() + rows_.starts[order[i] + 1];
      first = from == 0 ? first : std::lower_bound(first, last, from);
      last = to == rows_.features ? last : std::lower_bound(first, last, to);
      add_sparse(first, rows_.values.data() + (first - rows_.columns.data()), static_cast<std::size_t>(last - first), slopes[i], sum);
    }
  };
  parts > 1 ? helpers->run(parts, add) : add(0);
}

template <class T>
void LinearPass<T>::add_gradient(std::span<const std::uint32_t> order, ThreadPool* helpers, Scratch& scratch) const {
  const std::size_t n = rows_.features;
  for (std::size_t c = 0; c < outputs_; ++c) {
    const T* slopes = scratch.scores.data() + c * order.size();
    if (rows_.sparse) {
      add_sparse_rows(order, c, helpers, scratch);
    } else {
      add_rows(scratch.row.data(), slopes, order.size(), n, scratch.sum.data() + c * n);
    }
    if (intercept_) {
      double& b = scratch.sum[outputs_ * n + c];
      for (std::size_t i = 0; i < order.size(); ++i) {
        b += static_cast<double>(slopes[i]);
      }
    }
  }
}

template <class T>
double LinearPass<T>::block(std::span<const std::uint32_t> order, std::span<const T> theta, bool with_gradient, ThreadPool* helpers,
                            Scratch& scratch) const {
  T* target = scratch.target.data();
  for (std::size_t i = 0; i < order.size(); ++i) {
    target[i] = rows_.target[order[i] * rows_.targets];
    if (!rows_.weight.empty()) {
      scratch.weight[i] = rows_.weight[order[i]];
    }
    if (rows_.sparse) {
      __builtin_prefetch(rows_.starts.data() + order[i]);  // without it no row can be asked for
    } else {
      scratch.row[i] = rows_.dense.row(order[i]).data();
      prefetch(scratch.row[i], rows_.features);
    }
  }
  for (std::size_t c = 1; c < rows_.targets; ++c) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      target[c * order.size() + i] = rows_.target[order[i] * rows_.targets + c];
    }
  }
  scores_of(order, theta, helpers, scratch);
  const T* weight = rows_.weight.empty() ? nullptr : scratch.weight.data();
  const double loss = loss_.block(activation_, target, weight, order.size(), outputs_, scratch.scores.data());
  if (with_gradient) {
    add_gradient(order, helpers, scratch);
  }
  return loss;
}

template <class T>
double LinearPass<T>::shard(std::span<const std::uint32_t> order, std::span<const T> theta, bool with_gradient, ThreadPool* helpers,
                            Scratch& scratch) const {
  const std::size_t most = rows_.sparse ? largest_block : block_rows(rows_.features, sizeof(T));
  if (with_gradient) {
    scratch.sum.resize(parameters(), 0);
  }
  scratch.scores.resize(outputs_ * most);
  scratch.target.resize(rows_.targets * most);
  double loss = 0;
  for (std::size_t first = 0; first < order.size(); first += most) {
    loss += block(order.subspan(first, std::min(most, order.size() - first)), theta, with_gradient, helpers, scratch);
  }
  return loss;
}

template <class T>
double LinearPass<T>::operator()(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> gradient,
                                 const Mode& /*mode*/, ThreadPool& pool) {
  expects(!order.empty(), "a batch has rows");
  expects(theta.size() == parameters(), "theta has a value for every parameter");
  const std::size_t shards = shards_of(order.size(), rows_.features, row_values_);
  if (scratch_.size() < shards) {
    scratch_.resize(shards);
  }
  const bool with_gradient = !gradient.empty();
  const double values = static_cast<double>(order.size() * outputs_) * (rows_.sparse ? row_values_ : static_cast<double>(rows_.features));
  const bool alone = values < worth_a_thread;
  at_zero_ =
      rows_.sparse && values >= static_cast<double>(theta.size()) && std::all_of(theta.begin(), theta.end(), [](T w) { return w == 0; });
  ThreadPool* const helpers = shards == 1 && values >= worth_helpers ? &pool : nullptr;
  const auto run_shard = [&](std::size_t s) {
    const std::size_t first = order.size() * s / shards;
    const std::size_t last = order.size() * (s + 1) / shards;
    scratch_[s].loss = shard(order.subspan(first, last - first), theta, with_gradient, helpers, scratch_[s]);
  };
  if (alone || shards == 1) {
    for (std::size_t s = 0; s < shards; ++s) {
      run_shard(s);
    }
  } else {
    pool.run(shards, run_shard);
  }
  const auto add_up = [&](const auto& add) {  // the fixed tree: 0+1, 2+3, ..., then 0+2, 4+6, ...
    for (std::size_t stride = 1; stride < shards; stride *= 2) {
      for (std::size_t s = 0; s + stride < shards; s += 2 * stride) {
        add(scratch_[s], scratch_[s + stride]);
      }
    }
  };
  add_up([](Scratch& to, const Scratch& from) { to.loss += from.loss; });
  const std::size_t parts = shards * parameters() < worth_helpers ? 1 : pool.threads();
  pool.run(with_gradient && shards > 1 ? parts : 0, [&](std::size_t p) {
    const std::size_t last = parameters() * (p + 1) / parts;
    add_up([&](Scratch& to, Scratch& from) {
      for (std::size_t j = parameters() * p / parts; j < last; ++j) {
        to.sum[j] += std::exchange(from.sum[j], 0);
      }
    });
  });
  const double scale = 1 / (static_cast<double>(order.size()) * mean_weight_);
  if (with_gradient) {
    take_sums<T>(scratch_[0].sum.data(), parameters(), scale, gradient.data());
  }
  return scratch_[0].loss * scale;
}

template class LinearPass<float>;
template class LinearPass<double>;

}  // namespace fallline
