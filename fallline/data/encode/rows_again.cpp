// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/rows_again.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "fallline/data/encode/chunk_encoder.hpp"
#include "fallline/data/encode/labels.hpp"

namespace fallline::encoding {

namespace {

template <class V>
std::vector<V> part_of(const std::vector<V>& values, std::size_t first, std::size_t last) {
  return values.empty()
             ? values
             : std::vector<V>(values.begin() + static_cast<std::ptrdiff_t>(first), values.begin() + static_cast<std::ptrdiff_t>(last));
}

SparseRows part_of(const SparseRows& matrix, std::size_t first, std::size_t last) {
  SparseRows part;
  if (!matrix.starts.empty()) {
    const auto from = static_cast<std::ptrdiff_t>(matrix.starts[first]);
    const auto to = static_cast<std::ptrdiff_t>(matrix.starts[last]);
    part.starts = part_of(matrix.starts, first, last + 1);
    for (std::uint64_t& start : part.starts) {
      start -= static_cast<std::uint64_t>(from);
    }
    part.columns.assign(matrix.columns.begin() + from, matrix.columns.begin() + to);
    part.values.assign(matrix.values.begin() + from, matrix.values.begin() + to);
  }
  return part;
}

/// Its rows [first, last).
Chunk part_of(const Chunk& chunk, std::size_t first, std::size_t last) {
  Chunk part{chunk.first_row + first, last - first, {}, part_of(chunk.matrix, first, last)};
  for (const Column& column : chunk.columns) {
    part.columns.push_back({part_of(column.numbers, first, last), part_of(column.codes, first, last)});
  }
  return part;
}

/// Without the features: fewer columns are read.
Binding target_alone_of(const Binding& binding) {
  Binding alone;
  alone.target = binding.target;
  if (alone.target) {
    for (std::size_t& column : alone.target->chunk_columns) {
      alone.columns.push_back(binding.columns[column]);
      column = alone.columns.size() - 1;
    }
  }
  if (binding.weight) {
    const std::size_t column = binding.columns[*binding.weight];
    const auto at = std::find(alone.columns.begin(), alone.columns.end(), column);
    alone.weight = static_cast<std::size_t>(at - alone.columns.begin());
    if (at == alone.columns.end()) {
      alone.columns.push_back(column);
    }
  }
  return alone;
}

}  // namespace

template <class T>
Result<std::shared_ptr<RowsAgain<T>>> RowsAgain<T>::create(std::shared_ptr<Source> source, const Origin& origin, const Memory& memory,
                                                           const Dataset<T>& shape) {
  std::shared_ptr<RowsAgain> rows(new RowsAgain(std::move(source), origin, memory, shape));
  const Result<void> bound = rows->bind_again(origin.weight, memory);
  return bound ? Result<std::shared_ptr<RowsAgain>>(std::move(rows)) : bound.error();
}

template <class T>
RowsAgain<T>::RowsAgain(std::shared_ptr<Source> source, const Origin& origin, const Memory& memory, const Dataset<T>& shape)
    : RowStore<T>(memory, shape, !origin.weight.empty()),
      source_(std::move(source)),
      schema_(origin.schema),
      encoder_(origin.encoder),
      target_(origin.target != nullptr ? std::optional(*origin.target) : std::nullopt),
      pool_(origin.pool.threads()) {}

template <class T>
Result<void> RowsAgain<T>::bind_again(const std::string& weight, const Memory& memory) {
  Result<Binding> binding = encoding::bind(*source_, schema_, encoder_, target_ ? &*target_ : nullptr, weight, pool_, &memory);
  if (!binding) {
    return binding.error();
  }
  binding_ = std::move(*binding);
  target_alone_ = target_alone_of(binding_);
  source_->forget();
  return {};
}

template <class T>
Result<void> RowsAgain<T>::each_target(const VisitTargets<T>& visit) const {
  const Locked lock(mutex_);
  return source_->read(target_alone_.columns, pool_, [&](const Chunk& chunk) -> Result<void> {
    std::vector<T> target(chunk.rows * this->shape().targets, T(0));
    std::vector<T> weight(this->weighted() ? chunk.rows : 0);
    Result<void> well = target_ ? encode_target<T>(chunk, schema_, target_alone_, target) : Result<void>();
    well = well && target_alone_.weight ? encode_weight<T>(chunk, schema_, target_alone_, weight) : well;
    if (well) {
      this->settle_weights(static_cast<std::size_t>(chunk.first_row), target, weight);
      visit(static_cast<std::size_t>(chunk.first_row), target, weight);
    }
    return well;
  });
}

template <class T>
Result<void> RowsAgain<T>::read_groups(std::span<const std::uint32_t> groups, std::span<const Stretch> to, Dataset<T>& into) const {
  const Locked lock(mutex_);
  const auto range_of = [&](std::size_t i) -> RowRange {
    const std::uint64_t first = std::uint64_t{groups[i]} * this->shape().group_rows;
    return {first, first + to[i].rows};
  };
  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return groups[a] < groups[b]; });
  std::vector<RowRange> ranges;
  for (const std::size_t i : order) {
    ranges.push_back(range_of(i));
    if (into.sparse) {
      into.starts[to[i].first] = to[i].entry;
    }
  }
  std::fill_n(into.target.begin(), target_ ? 0 : into.target.size(), T(0));
  const ChunkEncoder<T> encoder(schema_, binding_, pool_);
  auto next = order.begin();  // those before it are done
  const Result<void> well = source_->read_rows(binding_.columns, ranges, pool_, [&](const Chunk& chunk) -> Result<void> {
    const std::uint64_t end = chunk.first_row + chunk.rows;
    next = std::find_if(next, order.end(), [&](std::size_t i) { return range_of(i).last > chunk.first_row; });
    for (auto at = next; at != order.end() && range_of(*at).first < end; ++at) {
      const RowRange group = range_of(*at);
      const std::uint64_t first = std::max(group.first, chunk.first_row);
      const Chunk part = part_of(chunk, static_cast<std::size_t>(first - chunk.first_row),
                                 static_cast<std::size_t>(std::min(group.last, end) - chunk.first_row));
      const Result<void> encoded = encoder.encode(part, to[*at].first + static_cast<std::size_t>(first - group.first), into);
      if (!encoded) {
        return encoded;
      }
    }
    return {};
  });
  for (std::size_t i = 0; i < groups.size() && this->weighted(); ++i) {
    this->settle_weights(static_cast<std::size_t>(range_of(i).first),
                         std::span<const T>(into.target).subspan(to[i].first * into.targets, to[i].rows * into.targets),
                         std::span(into.weight).subspan(to[i].first, to[i].rows));
  }
  return well;
}

template class RowsAgain<float>;
template class RowsAgain<double>;

}  // namespace fallline::encoding
