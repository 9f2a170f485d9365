// SPDX-License-Identifier: Apache-2.0
// An encoder tied to the columns of one source: which column feeds which features, and which code of the source is which level.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// Where a text cell sets a one: feature_of[code + 1], the first for missing cells; nowhere where the coding has no such feature.
inline constexpr std::uint32_t nowhere = ~std::uint32_t{0};

/// The features of free texts by the place of a text: 0 for missing cells, 1 and following for the codes of the source. They lie in blocks
/// of neighbours, so that millions of texts are bound without a copy.
struct BoundWords {
  static constexpr std::size_t block_places = 256;
  struct Block {
    std::vector<std::uint32_t> starts = {0};  // those of its i-th place are [starts[i], starts[i + 1])
    std::vector<std::uint32_t> features = {};
    std::vector<double> values = {};
  };
  std::vector<Block> blocks;

  /// Calls put(feature, value) for each of them, features ascending.
  template <class Put>
  void each(std::size_t place, const Put& put) const {
    const Block& block = blocks[place / block_places];
    const std::size_t i = place % block_places;
    for (std::uint32_t k = block.starts[i]; k < block.starts[i + 1]; ++k) {
      put(block.features[k], block.values[k]);
    }
  }
};

struct BoundColumn {
  std::size_t chunk_column = 0;  // of the chunks that are read for `Binding::columns`
  const EncodedColumn* coding = nullptr;
  std::vector<std::uint32_t> feature_of = {};  // of text that is one feature a cell
  BoundWords words = {};                       // of free text
  double factor = 1;                           // from the unit of the data to that of the model, for times
};

/// Products of the features of two of `Binding::features`.
struct BoundCross {
  std::size_t left = 0;
  std::size_t right = 0;
  const Cross* coding = nullptr;
};

struct BoundTarget {
  std::vector<std::size_t> chunk_columns = {};  // one a target
  const TargetCoding* coding = nullptr;
  bool text = false;
  std::vector<std::int32_t> class_of;                           // by code of the source, -1 for a class the model does not know
  std::vector<std::pair<double, std::int32_t>> class_of_value;  // of numeric classes, ascending
};

struct Binding {
  std::vector<std::size_t> columns;  // of the schema, each once
  std::vector<BoundColumn> features;
  std::vector<BoundCross> crosses;
  const MatrixCoding* matrix = nullptr;
  std::optional<BoundTarget> target;
  std::optional<std::size_t> weight;  // column of the chunks
};

/// Matches by name; a column that is missing or of another type is a data error. memory: the ceiling, of which free texts may take a
/// quarter; null: none.
Result<Binding> bind(Source& source, const Schema& schema, const Encoder& encoder, const TargetCoding* target, const std::string& weight,
                     ThreadPool& pool, const Memory* memory = nullptr);

}  // namespace fallline::encoding
