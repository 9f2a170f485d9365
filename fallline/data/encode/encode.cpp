// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/bind.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encode/fill.hpp"
#include "fallline/data/encode/fit_target.hpp"
#include "fallline/data/encode/labels.hpp"
#include "fallline/data/encode/room.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/row_file.hpp"

namespace fallline {

namespace {

using encoding::Binding;
using encoding::BoundColumn;

constexpr std::size_t block_rows = 512;

template <class T>
class RowEncoder {
 public:
  /// data: with the room for its rows.
  RowEncoder(const Schema& schema, const Binding& binding, Dataset<T> data, ThreadPool& pool)
      : schema_(schema), binding_(binding), pool_(pool), data_(std::move(data)), some_(empty_like(data_)) {}

  Result<void> take(const Chunk& given) {
    if (binding_.matrix == nullptr || binding_.matrix->kept.empty()) {
      return take_renumbered(given);
    }
    return take_renumbered({given.first_row, given.rows, given.columns, encoding::kept_entries(given.matrix, binding_.matrix->kept)});
  }

  /// part: other rows may weigh something where these do not.
  Result<Dataset<T>> finish(bool part) {
    if (!part && binding_.weight && !any_weight_) {
      const std::string& name = schema_.columns[binding_.columns[*binding_.weight]].name;
      return data_error(fmt::format("Every weight in column {} is 0: no row would count.", quoted(name)));
    }
    if (data_.file) {
      if (const Result<void> well = data_.file->finish(some_, pool_); !well) {
        return well.error();
      }
    }
    return std::move(data_);
  }

 private:
  Result<void> take_renumbered(const Chunk& chunk) {
    expects(chunk.first_row + chunk.rows <= data_.rows, "a source yields the rows that its schema counts");
    if (!data_.file) {
      return encode_rows(chunk, static_cast<std::size_t>(chunk.first_row), data_);
    }
    const std::size_t before = some_.rows;
    some_.rows += chunk.rows;
    some_.starts.resize(data_.sparse ? some_.rows + 1 : 0);
    some_.dense.resize(some_.rows * data_.stride);
    some_.target.resize(some_.rows * data_.targets, T(0));  // a file holds targets, also where none are asked for
    some_.weight.resize(binding_.weight ? some_.rows : 0);
    if (const Result<void> well = encode_rows(chunk, before, some_); !well) {
      return well;
    }
    return data_.file->append(some_, pool_);
  }

  /// The rows of the chunk as rows `first` and following of `to`.
  Result<void> encode_rows(const Chunk& chunk, std::size_t first, Dataset<T>& to) {
    const bool finite = to.sparse ? encode_sparse(chunk, first, to) : encode_dense(chunk, first, to);
    if (!finite) {
      return not_finite(chunk);
    }
    if (binding_.target) {
      const auto into = std::span(to.target).subspan(first * to.targets, chunk.rows * to.targets);
      const Result<void> well = encoding::encode_target<T>(chunk, schema_, binding_, into);
      if (!well) {
        return well;
      }
    }
    if (!binding_.weight) {
      return {};
    }
    const auto weight = std::span(to.weight).subspan(first, chunk.rows);
    const Result<void> well = encoding::encode_weight<T>(chunk, schema_, binding_, weight);
    any_weight_ = any_weight_ || std::any_of(weight.begin(), weight.end(), [](T w) { return w != 0; });
    return well;
  }

  bool encode_dense(const Chunk& chunk, std::size_t at, Dataset<T>& to) {
    std::atomic<bool> finite = true;
    T* rows = to.dense.data() + at * to.stride;
    pool_.run((chunk.rows + block_rows - 1) / block_rows, [&](std::size_t block) {
      const std::size_t first = block * block_rows;
      const std::size_t last = std::min(chunk.rows, first + block_rows);
      std::fill_n(rows + first * to.stride, (last - first) * to.stride, T(0));
      if (!encoding::fill_dense(chunk, binding_, first, last, to.stride, rows + first * to.stride)) {
        finite.store(false, std::memory_order_relaxed);
      }
    });
    return finite.load();
  }

  bool encode_sparse(const Chunk& chunk, std::size_t at, Dataset<T>& to) {
    const std::size_t blocks = (chunk.rows + block_rows - 1) / block_rows;
    std::uint64_t* starts = to.starts.data() + at;
    pool_.run(blocks, [&](std::size_t block) {
      for (std::size_t i = block * block_rows; i < std::min(chunk.rows, (block + 1) * block_rows); ++i) {
        starts[i + 1] = encoding::count_entries(chunk, binding_, i);
      }
    });
    for (std::size_t i = 0; i < chunk.rows; ++i) {
      starts[i + 1] += starts[i];
    }
    const auto entries = static_cast<std::size_t>(starts[chunk.rows]);
    to.columns.resize(entries);
    to.values.resize(entries);
    std::atomic<bool> finite = true;
    pool_.run(blocks, [&](std::size_t block) {
      for (std::size_t i = block * block_rows; i < std::min(chunk.rows, (block + 1) * block_rows); ++i) {
        if (!encoding::fill_entries(chunk, binding_, i, to.columns.data() + starts[i], to.values.data() + starts[i])) {
          finite.store(false, std::memory_order_relaxed);
        }
      }
    });
    return finite.load();
  }

  /// Names the first number that the feature's type cannot hold.
  Error not_finite(const Chunk& chunk) const {
    for (std::size_t i = 0; i < chunk.rows; ++i) {
      for (const BoundColumn& column : binding_.features) {
        if (!holds_numbers(column.coding->type)) {
          continue;
        }
        const double x = encoding::cell_number(column, chunk.columns[column.chunk_column], i);
        if (!std::isfinite(encoding::number_feature<T>(column.coding->number, x))) {
          return data_error(fmt::format("Column {} holds {} in {}, which is too large beside what the column held in training.",
                                        quoted(column.coding->name), shortest(x), encoding::row_name(chunk.first_row + i)));
        }
      }
    }
    for (const encoding::BoundCross& cross : binding_.crosses) {
      for (std::size_t i = 0; i < chunk.rows; ++i) {
        if (!encoding::each_product<T>(chunk, binding_, cross, i, [](std::uint32_t, T) {})) {
          return data_error(fmt::format("The product of the columns {} and {} is too large in {}; leave --cross {}*{} out.",
                                        quoted(binding_.features[cross.left].coding->name),
                                        quoted(binding_.features[cross.right].coding->name), encoding::row_name(chunk.first_row + i),
                                        binding_.features[cross.left].coding->name, binding_.features[cross.right].coding->name));
        }
      }
    }
    if (binding_.matrix != nullptr) {
      return encoding::matrix_too_large<T>(chunk, *binding_.matrix);
    }
    return {ErrorCode::internal, "A feature was not finite, and its cell was not found again."};
  }

  const Schema& schema_;
  const Binding& binding_;
  ThreadPool& pool_;
  Dataset<T> data_;
  Dataset<T> some_;  // the rows of a chunk on their way to the file
  bool any_weight_ = false;
};

}  // namespace

template <class T>
Result<Dataset<T>> encode(Source& source, const Schema& schema, const Encoder& encoder, const TargetCoding* target,
                          const std::string& weight, ThreadPool& pool, const Place& place) {
  const Result<Binding> binding = encoding::bind(source, schema, encoder, target, weight, pool, place.memory);
  if (!binding) {
    return binding.error();
  }
  Result<Dataset<T>> data = encoding::room_for_rows<T>(source, schema, encoder, *binding, pool, place);
  if (!data) {
    return data.error();
  }
  RowEncoder<T> rows(schema, *binding, std::move(*data), pool);
  const Result<void> well = source.read(binding->columns, pool, [&](const Chunk& chunk) { return rows.take(chunk); });
  if (!well) {
    return well.error();
  }
  return rows.finish(place.part);
}

template Result<Dataset<float>> encode<float>(Source&, const Schema&, const Encoder&, const TargetCoding*, const std::string&, ThreadPool&,
                                              const Place&);
template Result<Dataset<double>> encode<double>(Source&, const Schema&, const Encoder&, const TargetCoding*, const std::string&,
                                                ThreadPool&, const Place&);

}  // namespace fallline
