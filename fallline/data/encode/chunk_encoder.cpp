// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/chunk_encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encode/fill.hpp"
#include "fallline/data/encode/fit_target.hpp"
#include "fallline/data/encode/labels.hpp"
#include "fallline/data/encode/matrix.hpp"

namespace fallline::encoding {

namespace {
constexpr std::size_t block_rows = 512;
}  // namespace

template <class T>
Result<void> ChunkEncoder<T>::encode(const Chunk& chunk, std::size_t first, Dataset<T>& to) const {
  if (binding_.matrix == nullptr || binding_.matrix->kept.empty()) {
    return encode_renumbered(chunk, first, to);
  }
  return encode_renumbered({chunk.first_row, chunk.rows, chunk.columns, kept_entries(chunk.matrix, binding_.matrix->kept)}, first, to);
}

template <class T>
Result<void> ChunkEncoder<T>::encode_renumbered(const Chunk& chunk, std::size_t first, Dataset<T>& to) const {
  const bool finite = to.sparse ? encode_sparse(chunk, first, to) : encode_dense(chunk, first, to);
  if (!finite) {
    return not_finite(chunk);
  }
  return encode_beside(chunk, first, to);
}

template <class T>
bool ChunkEncoder<T>::is_all(const Chunk& chunk, const Dataset<T>& to) const {
  return to.sparse && chunk.rows == to.rows && binding_.features.empty() && binding_.crosses.empty() && !binding_.weight &&
         binding_.matrix != nullptr && binding_.matrix->kept.empty() && binding_.matrix->first == 0;
}

template <class T>
Result<void> ChunkEncoder<T>::take_over(Chunk& chunk, Dataset<T>& to) const {
  constexpr std::size_t part = std::size_t{1} << 15U;
  SparseRows& matrix = chunk.matrix;
  const std::size_t entries = matrix.columns.size();
  to.starts.assign(matrix.starts.begin(), matrix.starts.end());
  to.values.resize(entries);
  std::atomic<bool> finite = true;
  pool_.run((entries + part - 1) / part, [&](std::size_t p) {
    const std::size_t count = std::min(part, entries - p * part);
    const auto columns = std::span<const std::uint32_t>(matrix.columns).subspan(p * part, count);
    if (!fill_features(*binding_.matrix, columns, matrix.values.data() + p * part, to.values.data() + p * part)) {
      finite.store(false, std::memory_order_relaxed);
    }
  });
  if (!finite.load()) {
    return not_finite(chunk);
  }
  to.columns = std::move(matrix.columns);
  return encode_beside(chunk, 0, to);
}

/// What stands beside the features.
template <class T>
Result<void> ChunkEncoder<T>::encode_beside(const Chunk& chunk, std::size_t first, Dataset<T>& to) const {
  if (binding_.target) {
    const auto into = std::span(to.target).subspan(first * to.targets, chunk.rows * to.targets);
    if (const Result<void> well = encode_target<T>(chunk, schema_, binding_, into); !well) {
      return well;
    }
  }
  return binding_.weight ? encode_weight<T>(chunk, schema_, binding_, std::span(to.weight).subspan(first, chunk.rows)) : Result<void>();
}

template <class T>
bool ChunkEncoder<T>::encode_dense(const Chunk& chunk, std::size_t at, Dataset<T>& to) const {
  std::atomic<bool> finite = true;
  T* rows = to.dense.data() + at * to.stride;
  pool_.run((chunk.rows + block_rows - 1) / block_rows, [&](std::size_t block) {
    const std::size_t first = block * block_rows;
    const std::size_t last = std::min(chunk.rows, first + block_rows);
    std::fill_n(rows + first * to.stride, (last - first) * to.stride, T(0));
    if (!fill_dense(chunk, binding_, first, last, to.stride, rows + first * to.stride)) {
      finite.store(false, std::memory_order_relaxed);
    }
  });
  return finite.load();
}

template <class T>
bool ChunkEncoder<T>::encode_sparse(const Chunk& chunk, std::size_t at, Dataset<T>& to) const {
  const std::size_t blocks = (chunk.rows + block_rows - 1) / block_rows;
  std::uint64_t* starts = to.starts.data() + at;
  pool_.run(blocks, [&](std::size_t block) {
    for (std::size_t i = block * block_rows; i < std::min(chunk.rows, (block + 1) * block_rows); ++i) {
      starts[i + 1] = count_entries(chunk, binding_, i);
    }
  });
  for (std::size_t i = 0; i < chunk.rows; ++i) {
    starts[i + 1] += starts[i];
  }
  const auto entries = static_cast<std::size_t>(starts[chunk.rows]);
  to.columns.resize(std::max(entries, to.columns.size()));
  to.values.resize(std::max(entries, to.values.size()));
  std::atomic<bool> finite = true;
  pool_.run(blocks, [&](std::size_t block) {
    for (std::size_t i = block * block_rows; i < std::min(chunk.rows, (block + 1) * block_rows); ++i) {
      if (!fill_entries(chunk, binding_, i, to.columns.data() + starts[i], to.values.data() + starts[i])) {
        finite.store(false, std::memory_order_relaxed);
      }
    }
  });
  return finite.load();
}

/// Names the first number that the feature's type cannot hold.
template <class T>
Error ChunkEncoder<T>::not_finite(const Chunk& chunk) const {
  for (std::size_t i = 0; i < chunk.rows; ++i) {
    for (const BoundColumn& column : binding_.features) {
      if (!holds_numbers(column.coding->type)) {
        continue;
      }
      const double x = cell_number(column, chunk.columns[column.chunk_column], i);
      if (!std::isfinite(number_feature<T>(column.coding->number, x))) {
        return data_error(fmt::format("Column {} holds {} in {}, which is too large beside what the column held in training.",
                                      quoted(column.coding->name), shortest(x), row_name(chunk.first_row + i)));
      }
    }
  }
  for (const BoundCross& cross : binding_.crosses) {
    for (std::size_t i = 0; i < chunk.rows; ++i) {
      if (!each_product<T>(chunk, binding_, cross, i, [](std::uint32_t, T) {})) {
        return data_error(fmt::format("The product of the columns {} and {} is too large in {}; leave --cross {}*{} out.",
                                      quoted(binding_.features[cross.left].coding->name),
                                      quoted(binding_.features[cross.right].coding->name), row_name(chunk.first_row + i),
                                      binding_.features[cross.left].coding->name, binding_.features[cross.right].coding->name));
      }
    }
  }
  if (binding_.matrix != nullptr) {
    return matrix_too_large<T>(chunk, *binding_.matrix);
  }
  return {ErrorCode::internal, "A feature was not finite, and its cell was not found again."};
}

template class ChunkEncoder<float>;
template class ChunkEncoder<double>;

}  // namespace fallline::encoding
