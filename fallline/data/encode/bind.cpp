// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/bind.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/fit_target.hpp"
#include "fallline/data/encode/matrix.hpp"

namespace fallline::encoding {

namespace {

class Binder {
 public:
  Binder(Source& source, const Schema& schema, ThreadPool& pool) : source_(source), schema_(schema), pool_(pool) {}

  Result<Binding> bind(const Encoder& encoder, const TargetCoding* target, const std::string& weight) {
    for (const EncodedColumn& column : encoder.columns) {
      if (column.features == 0) {
        continue;  // left out in training: the data need not have it
      }
      const Result<void> well = bind_feature(column);
      if (!well) {
        return well.error();
      }
    }
    const Result<const MatrixCoding*> matrix = bind_matrix(schema_, encoder);
    if (!matrix) {
      return matrix.error();
    }
    binding_.matrix = *matrix;
    if (target != nullptr) {
      const Result<void> well = bind_target(*target);
      if (!well) {
        return well.error();
      }
    }
    if (!weight.empty()) {
      const Result<std::size_t> column = find_column(schema_, weight);
      if (!column) {
        return column.error();
      }
      if (!holds_numbers(schema_.columns[*column].type)) {
        return number_expected(*column, "The weight column");
      }
      binding_.weight = chunk_column(*column);
    }
    return std::move(binding_);
  }

 private:
  /// The position in the chunks of a column of the schema, asked for from now on.
  std::size_t chunk_column(std::size_t column) {
    const auto at = std::find(binding_.columns.begin(), binding_.columns.end(), column);
    const auto position = static_cast<std::size_t>(at - binding_.columns.begin());
    if (at == binding_.columns.end()) {
      binding_.columns.push_back(column);
    }
    return position;
  }

  Result<std::size_t> named(const std::string& name, const char* what) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < schema_.columns.size(); ++i) {
      if (schema_.columns[i].name == name) {
        return i;
      }
      names.push_back(schema_.columns[i].name);
    }
    return data_error(fmt::format("The data has no column {}, {}.{}", quoted(name), what, did_you_mean(name, names)));
  }

  /// Names the first cell of a text column that is not a number.
  Error number_expected(std::size_t column, const char* what) {
    const std::vector<std::string>& levels = schema_.levels[column];
    const std::string name = quoted(schema_.columns[column].name);
    std::string cell = "; it was declared as text, and should not be";
    const Result<void> found = source_.read(std::span(&column, 1), pool_, [&](const Chunk& chunk) -> Result<void> {
      for (std::size_t i = 0; i < chunk.rows; ++i) {
        const std::int32_t code = chunk.columns[0].codes[i];
        if (code >= 0 && !parse_double(levels[static_cast<std::size_t>(code)])) {
          cell = fmt::format(", the first such cell being {} in {}", quoted(levels[static_cast<std::size_t>(code)]),
                             row_name(chunk.first_row + i));
          return data_error("");  // ends the reading
        }
      }
      return {};
    });
    return data_error(fmt::format("{} {} holds text where numbers are needed{}.", what, name, cell));
  }

  Result<void> bind_feature(const EncodedColumn& column) {
    const Result<std::size_t> at = named(column.name, "from which the model was trained");
    if (!at) {
      return at.error();
    }
    const ColumnType type = schema_.columns[*at].type;
    if (holds_numbers(column.type) && type == ColumnType::text) {
      return number_expected(*at, "Column");
    }
    BoundColumn bound{chunk_column(*at), &column, {}};
    if (column.type == ColumnType::text) {
      bound.feature_of = features_of_levels(column, schema_.levels[*at]);
      if (holds_numbers(type)) {
        const Result<void> empty = require_empty(*at);
        if (!empty) {
          return empty.error();
        }
      }
    }
    binding_.features.push_back(std::move(bound));
    return {};
  }

  static std::vector<std::uint32_t> features_of_levels(const EncodedColumn& column, const std::vector<std::string>& seen) {
    const TextCoding& coding = column.text;
    const std::uint32_t first = static_cast<std::uint32_t>(column.first);
    const auto size = static_cast<std::uint32_t>(coding.levels.size());
    const std::uint32_t other = coding.other ? first + size : nowhere;
    std::vector<std::uint32_t> features = {coding.missing ? first + size + (coding.other ? 1 : 0) : nowhere};
    for (const std::string& level : seen) {
      const auto at = std::lower_bound(coding.levels.begin(), coding.levels.end(), level);
      const bool known = at != coding.levels.end() && *at == level;
      features.push_back(known ? first + static_cast<std::uint32_t>(at - coding.levels.begin()) : other);
    }
    return features;
  }

  /// A text column of the model that was read as numbers: fine only where all of its cells are missing, since the digits are gone.
  Result<void> require_empty(std::size_t column) {
    return source_.read(std::span(&column, 1), pool_, [&](const Chunk& chunk) -> Result<void> {
      for (const double x : chunk.columns[0].numbers) {
        if (x == x) {
          const std::string& name = schema_.columns[column].name;
          return data_error(
              fmt::format("Column {} was text in training, but was read as numbers here; pass --types {}=text.", quoted(name), name));
        }
      }
      return {};
    });
  }

  Result<void> bind_target(const TargetCoding& target) {
    const Result<std::size_t> at = named(target.name, "the target of the model");
    if (!at) {
      return at.error();
    }
    BoundTarget bound;
    bound.coding = &target;
    bound.text = schema_.columns[*at].type == ColumnType::text;
    bound.chunk_column = chunk_column(*at);
    if (bound.text && target.numeric) {
      return number_expected(*at, "The target");
    }
    if (!bound.text && !target.numeric) {
      return data_error(fmt::format("The target {} was text in training (classes {}, ...), but holds numbers here.", quoted(target.name),
                                    quoted(target.classes.front())));
    }
    for (const std::string& level : schema_.levels[*at]) {
      const auto known = std::lower_bound(target.classes.begin(), target.classes.end(), level);
      const bool found = known != target.classes.end() && *known == level;
      bound.class_of.push_back(found ? static_cast<std::int32_t>(known - target.classes.begin()) : -1);
    }
    if (target.numeric) {
      for (const std::string& name : target.classes) {
        bound.class_values.push_back(parse_double(name).value_or(0));
      }
    }
    binding_.target = std::move(bound);
    return {};
  }

  Source& source_;
  const Schema& schema_;
  ThreadPool& pool_;
  Binding binding_;
};

}  // namespace

Result<Binding> bind(Source& source, const Schema& schema, const Encoder& encoder, const TargetCoding* target, const std::string& weight,
                     ThreadPool& pool) {
  return Binder(source, schema, pool).bind(encoder, target, weight);
}

}  // namespace fallline::encoding
