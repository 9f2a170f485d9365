// SPDX-License-Identifier: Apache-2.0
// An encoder tied to the columns of one source: which column feeds which features, and which code of the source is which level.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// Where a text cell sets a one: feature_of[code + 1], the first for missing cells; nowhere where the coding has no such feature.
inline constexpr std::uint32_t nowhere = ~std::uint32_t{0};

struct BoundColumn {
  std::size_t chunk_column = 0;  // of the chunks that are read for `Binding::columns`
  const EncodedColumn* coding = nullptr;
  std::vector<std::uint32_t> feature_of;
};

struct BoundTarget {
  std::size_t chunk_column = 0;
  const TargetCoding* coding = nullptr;
  bool text = false;
  std::vector<std::int32_t> class_of;  // by code of the source, -1 for a class the model does not know
  std::vector<double> class_values;    // of numeric classes, ascending
};

struct Binding {
  std::vector<std::size_t> columns;  // of the schema, each once
  std::vector<BoundColumn> features;
  const MatrixCoding* matrix = nullptr;
  std::optional<BoundTarget> target;
  std::optional<std::size_t> weight;  // column of the chunks
};

/// Matches by name; a column that is missing or of another type is a data error.
Result<Binding> bind(Source& source, const Schema& schema, const Encoder& encoder, const TargetCoding* target, const std::string& weight,
                     ThreadPool& pool);

}  // namespace fallline::encoding
