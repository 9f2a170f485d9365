// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/room.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encode/fill.hpp"
#include "fallline/data/encode/rows_again.hpp"
#include "fallline/data/row_file.hpp"

namespace fallline::encoding {

namespace {

/// Rows of eight features and more start at multiples of eight, so that vector code needs no remainder.
std::size_t stride_for(std::size_t features) { return features < 8 ? features : (features + 7) / 8 * 8; }

std::uint64_t most_entries(const BoundColumn& column) {
  if (column.coding->type != ColumnType::text) {
    return column.coding->number.indicator ? 2 : 1;
  }
  std::uint64_t most = 1;
  for (const BoundWords::Block& block : column.words.blocks) {
    for (std::size_t i = 1; i < block.starts.size(); ++i) {
      most = std::max<std::uint64_t>(most, block.starts[i] - block.starts[i - 1]);
    }
  }
  return most;
}

/// As many entries as the rows can have.
std::uint64_t most_entries(const Schema& schema, const Binding& binding) {
  std::uint64_t of_a_row = 0;
  for (const BoundColumn& column : binding.features) {
    of_a_row += most_entries(column);
  }
  for (const BoundCross& cross : binding.crosses) {
    of_a_row += most_entries(binding.features[cross.left]) * most_entries(binding.features[cross.right]);
  }
  return of_a_row * schema.rows + schema.matrix_entries;
}

/// As many as they have.
Result<std::uint64_t> count_all_entries(Source& source, const Binding& binding, ThreadPool& pool) {
  std::uint64_t all = 0;
  const Result<void> well = source.read(binding.columns, pool, [&](const Chunk& chunk) -> Result<void> {
    constexpr std::size_t block = 4096;
    std::vector<std::uint64_t> counts((chunk.rows + block - 1) / block);
    pool.run(counts.size(), [&](std::size_t k) {
      for (std::size_t i = k * block; i < std::min(chunk.rows, (k + 1) * block); ++i) {
        counts[k] += count_entries(chunk, binding, i);
      }
    });
    all = std::accumulate(counts.begin(), counts.end(), all);
    return {};
  });
  return well ? Result<std::uint64_t>(all) : well.error();
}

/// What the arrays of the data take in memory, with what training lays beside them: a target in its own units, the numbers of the rows, the
/// weights of classes, and of sparse rows other columns.
template <class T>
std::uint64_t bytes_of(const Schema& schema, const Dataset<T>& data, std::uint64_t entries) {
  const std::uint64_t of_a_row = data.sparse ? sizeof(std::uint64_t) : data.stride * sizeof(T);
  const std::uint64_t of_an_entry = sizeof(T) + 2 * sizeof(std::uint32_t);
  return schema.rows * (of_a_row + (2 * data.targets + 1) * sizeof(T) + sizeof(std::uint32_t)) + entries * of_an_entry;
}

/// In the mean over the distinct texts.
double usual_entries(const BoundColumn& column) {
  std::size_t places = 0;
  std::size_t entries = 0;
  for (const BoundWords::Block& block : column.words.blocks) {
    places += block.starts.size() - 1;
    entries += block.features.size();
  }
  return places > 0 ? static_cast<double>(entries) / static_cast<double>(places) : 1;
}

/// About as many bytes as a row has in float, by what is known before rows are read.
template <class T>
double bytes_of_a_row(const Schema& schema, const Binding& binding, const Dataset<T>& data) {
  double entries = static_cast<double>(schema.matrix_entries) / std::max(1.0, static_cast<double>(schema.rows));
  for (const BoundColumn& column : binding.features) {
    entries += usual_entries(column);
  }
  return data.sparse ? entries * (sizeof(float) + sizeof(std::uint32_t)) : static_cast<double>(data.stride) * sizeof(float);
}

/// The data gets a store where memory has no room for so many bytes.
template <class T>
Result<void> settle_place(const Origin& origin, const Place& place, std::uint64_t bytes, Dataset<T>& data) {
  Memory& memory = *place.memory;
  if (memory.take(bytes)) {
    data.share =
        std::shared_ptr<const void>(&memory, [bytes](const void* from) { static_cast<Memory*>(const_cast<void*>(from))->give(bytes); });
    return {};
  }
  if (place.on_store) {
    place.on_store(bytes);
  }
  const auto settled = [&data](auto store) -> Result<void> {
    data.store = store ? std::move(*store) : nullptr;
    return store ? Result<void>() : store.error();
  };
  return place.again ? settled(RowsAgain<T>::create(place.again, origin, memory, data))
                     : settled(RowFile<T>::create(memory, data, !origin.weight.empty(), bytes));
}

bool has_words(const Binding& binding) {
  return std::any_of(binding.features.begin(), binding.features.end(), [](const BoundColumn& column) { return column.coding->hash.words; });
}

}  // namespace

template <class T>
Result<Dataset<T>> room_for_rows(const Origin& origin, const Binding& binding, const Place& place) {
  const Schema& schema = origin.schema;
  Dataset<T> data;
  const auto rows = static_cast<std::size_t>(schema.rows);
  data.rows = rows;
  data.features = origin.encoder.features;
  data.sparse = !is_dense(origin.encoder);
  data.stride = data.sparse ? 0 : stride_for(origin.encoder.features);
  data.targets = binding.target ? binding.target->chunk_columns.size() : 1;
  std::uint64_t entries = data.sparse ? most_entries(schema, binding) : 0;
  data.group_rows = rows_of_a_group(bytes_of_a_row(schema, binding, data));
  if (place.memory != nullptr) {
    // A bound that fits is enough; one that does not may be far off where a text counts by its words.
    if (data.sparse && has_words(binding) && !place.memory->has_room(bytes_of(schema, data, entries))) {
      const Result<std::uint64_t> counted = count_all_entries(origin.source, binding, origin.pool);
      if (!counted) {
        return counted.error();
      }
      entries = *counted;
    }
    const Result<void> well = settle_place(origin, place, bytes_of(schema, data, entries), data);
    if (!well || data.store) {
      return well ? Result<Dataset<T>>(std::move(data)) : well.error();
    }
  }
  if (data.sparse) {
    const std::uint64_t usual = rows * binding.features.size() + schema.matrix_entries;
    data.starts.assign(rows + 1, 0);
    data.columns.reserve(static_cast<std::size_t>(usual));
    data.values.reserve(static_cast<std::size_t>(usual));
  } else {
    data.dense.resize(rows * data.stride);
  }
  data.target.resize(binding.target ? rows * data.targets : 0);
  data.weight.resize(binding.weight ? rows : 0);
  return data;
}

template Result<Dataset<float>> room_for_rows(const Origin&, const Binding&, const Place&);
template Result<Dataset<double>> room_for_rows(const Origin&, const Binding&, const Place&);

}  // namespace fallline::encoding
