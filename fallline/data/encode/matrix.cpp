// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "fallline/base/numbers.hpp"
#include "fallline/data/encode/fit_target.hpp"

namespace fallline::encoding {

namespace {

/// The features that occur, ascending.
Result<std::vector<std::uint32_t>> features_that_occur(Source& training_rows, const Schema& schema, ThreadPool& pool) {
  std::vector<bool> occurs(schema.matrix);
  const Result<void> well = training_rows.read({}, pool, [&](const Chunk& chunk) -> Result<void> {
    for (const std::uint32_t column : chunk.matrix.columns) {
      occurs[column] = true;
    }
    return {};
  });
  if (!well) {
    return well.error();
  }
  std::vector<std::uint32_t> kept;
  for (std::size_t j = 0; j < occurs.size(); ++j) {
    if (occurs[j]) {
      kept.push_back(static_cast<std::uint32_t>(j));
    }
  }
  return kept;
}

/// The largest |x| of each feature, and how many entries there are in how many rows.
struct Sizes {
  std::vector<double> largest;
  std::uint64_t entries = 0;
  std::uint64_t rows = 0;
};

/// The largest |x| of each feature, or what it was before if that was larger.
void enlarge(std::span<const std::uint32_t> columns, std::span<const double> values, std::vector<double>& largest) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    double& own = largest[columns[i]];
    own = std::max(own, std::abs(values[i]));
  }
}

/// On several threads, each with sizes of its own, where there are many entries for each feature.
void enlarge(const SparseRows& matrix, std::vector<double>& largest, ThreadPool& pool) {
  const auto columns = std::span<const std::uint32_t>(matrix.columns);
  const auto values = std::span<const double>(matrix.values);
  const std::size_t parts = std::min(pool.threads(), columns.size() / (8 * std::max<std::size_t>(1, largest.size())));
  if (parts <= 1) {
    return enlarge(columns, values, largest);
  }
  std::vector<std::vector<double>> own(parts);
  pool.run(parts, [&](std::size_t p) {
    own[p].resize(largest.size());
    const std::size_t first = columns.size() * p / parts;
    const std::size_t count = columns.size() * (p + 1) / parts - first;
    enlarge(columns.subspan(first, count), values.subspan(first, count), own[p]);
  });
  for (const std::vector<double>& part : own) {
    std::transform(part.begin(), part.end(), largest.begin(), largest.begin(), [](double a, double b) { return std::max(a, b); });
  }
}

Result<Sizes> gather_sizes(Source& training_rows, const MatrixCoding& coding, ThreadPool& pool) {
  Sizes sizes{std::vector<double>(coding.width), 0, 0};
  const Result<void> well = training_rows.read({}, pool, [&](const Chunk& chunk) -> Result<void> {
    const SparseRows renumbered = coding.kept.empty() ? SparseRows() : kept_entries(chunk.matrix, coding.kept);
    const SparseRows& matrix = coding.kept.empty() ? chunk.matrix : renumbered;
    enlarge(matrix, sizes.largest, pool);
    sizes.entries += matrix.columns.size();
    sizes.rows += chunk.rows;
    return {};
  });
  return well ? Result<Sizes>(std::move(sizes)) : well.error();
}

}  // namespace

Result<MatrixCoding> fit_matrix(Source& training_rows, const Schema& schema, const EncoderOptions& options, ThreadPool& pool) {
  MatrixCoding coding;
  coding.width = schema.matrix;
  coding.first_number = schema.matrix_first;
  if (schema.matrix > widest_matrix) {
    Result<std::vector<std::uint32_t>> kept = features_that_occur(training_rows, schema, pool);
    if (!kept) {
      return kept.error();
    }
    coding.kept = std::move(*kept);
    coding.width = coding.kept.size();
    coding.out_of = schema.matrix;
  }
  Result<Sizes> sizes = gather_sizes(training_rows, coding, pool);
  if (!sizes) {
    return sizes.error();
  }
  coding.wide = options.double_precision;
  coding.filled = static_cast<std::size_t>(sizes->rows == 0 ? 0 : (sizes->entries + sizes->rows - 1) / sizes->rows);
  bool scaled = false;
  for (std::size_t j = 0; j < coding.width; ++j) {
    double& largest = sizes->largest[j];
    if (largest == 0) {  // no entry in training, or zeros only
      largest = 1;
      continue;
    }
    const double scale = 1 / largest;
    if (options.standardize && !(std::isfinite(scale) && scale > 0)) {
      return data_error(fmt::format("Feature {} is at most {}, which is too small to be scaled in double precision. Change its unit.",
                                    coding.number_of(j), brief(largest)));
    }
    coding.wide = coding.wide || largest > std::numeric_limits<float>::max() || largest < std::numeric_limits<float>::min();
    scaled = scaled || largest != 1;
    largest = scale;
  }
  if (scaled && options.standardize) {
    coding.scale = std::move(sizes->largest);
  }
  return coding;
}

Result<const MatrixCoding*> bind_matrix(const Schema& schema, const Encoder& encoder) {
  if (!encoder.matrix) {
    return nullptr;
  }
  const MatrixCoding& coding = *encoder.matrix;
  if (schema.matrix == 0) {
    return data_error("The model was trained on numbered features (LIBSVM), and the data has none.");
  }
  if (schema.matrix_first != coding.first_number) {
    return data_error(
        fmt::format("The features of the data are numbered from {}, but from {} in training.", schema.matrix_first, coding.first_number));
  }
  if (schema.matrix > coding.numbered()) {
    return data_error(fmt::format("The data has {} numbered features, but the model knows {}. Open the data with the width of the model.",
                                  schema.matrix, coding.numbered()));
  }
  return &coding;
}

SparseRows kept_entries(const SparseRows& matrix, const std::vector<std::uint32_t>& kept) {
  SparseRows rows;
  rows.starts.push_back(0);
  for (std::size_t row = 0; row + 1 < matrix.starts.size(); ++row) {
    auto place = kept.begin();  // columns and kept ascend
    for (std::uint64_t i = matrix.starts[row]; i < matrix.starts[row + 1]; ++i) {
      place = std::lower_bound(place, kept.end(), matrix.columns[i]);
      if (place != kept.end() && *place == matrix.columns[i]) {
        rows.columns.push_back(static_cast<std::uint32_t>(place - kept.begin()));
        rows.values.push_back(matrix.values[i]);
      }
    }
    rows.starts.push_back(rows.columns.size());
  }
  return rows;
}

SparseRows picked_rows(const SparseRows& matrix, const std::vector<std::size_t>& rows) {
  SparseRows picked;
  if (matrix.starts.empty()) {
    return picked;
  }
  picked.starts.push_back(0);
  for (const std::size_t row : rows) {
    const auto first = static_cast<std::ptrdiff_t>(matrix.starts[row]);
    const auto last = static_cast<std::ptrdiff_t>(matrix.starts[row + 1]);
    picked.columns.insert(picked.columns.end(), matrix.columns.begin() + first, matrix.columns.begin() + last);
    picked.values.insert(picked.values.end(), matrix.values.begin() + first, matrix.values.begin() + last);
    picked.starts.push_back(picked.columns.size());
  }
  return picked;
}

template <class T>
Error matrix_too_large(const Chunk& chunk, const MatrixCoding& coding) {
  const SparseRows& matrix = chunk.matrix;
  const MatrixFeatures<T> features(coding);
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    for (std::uint64_t i = matrix.starts[row]; i < matrix.starts[row + 1]; ++i) {
      if (!std::isfinite(features(matrix.columns[i], matrix.values[i]))) {
        return data_error(fmt::format("Feature {} is {} in {}, which is too large beside what it was in training.",
                                      coding.number_of(matrix.columns[i]), shortest(matrix.values[i]), row_name(chunk.first_row + row)));
      }
    }
  }
  return {ErrorCode::internal, "A feature was not finite, and its entry was not found again."};
}

template Error matrix_too_large<float>(const Chunk&, const MatrixCoding&);
template Error matrix_too_large<double>(const Chunk&, const MatrixCoding&);

}  // namespace fallline::encoding

namespace fallline {

std::size_t MatrixCoding::feature_of(std::size_t number) const {
  if (number < first_number || number - first_number >= numbered()) {
    return width;
  }
  const std::size_t at = number - first_number;
  if (kept.empty()) {
    return at;
  }
  const auto place = std::lower_bound(kept.begin(), kept.end(), at);
  return place != kept.end() && *place == at ? static_cast<std::size_t>(place - kept.begin()) : width;
}

}  // namespace fallline
