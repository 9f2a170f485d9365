// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/bind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/bound_words.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encode/fit_target.hpp"
#include "fallline/data/encode/hash.hpp"
#include "fallline/data/encode/matrix.hpp"

namespace fallline::encoding {

namespace {

constexpr std::size_t most_listed = 10;

class Binder {
 public:
  Binder(Source& source, const Schema& schema, ThreadPool& pool, const Memory* memory)
      : source_(source), schema_(schema), pool_(pool), memory_(memory) {}

  Result<Binding> bind(const Encoder& encoder, const TargetCoding* target, const std::string& weight) {
    if (const Result<void> well = require_columns(encoder); !well) {
      return well.error();
    }
    std::vector<std::size_t> bound_as(encoder.columns.size());
    for (std::size_t i = 0; i < encoder.columns.size(); ++i) {
      if (encoder.columns[i].features == 0) {
        continue;  // left out in training: the data need not have it
      }
      bound_as[i] = binding_.features.size();
      const Result<void> well = bind_feature(encoder.columns[i]);
      if (!well) {
        return well.error();
      }
    }
    for (const Cross& cross : encoder.crosses) {
      binding_.crosses.push_back({bound_as[cross.left], bound_as[cross.right], &cross});
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

  /// All that are missing in one sentence, so that they are mended in one go.
  Result<void> require_columns(const Encoder& encoder) const {
    std::vector<std::string> absent;
    for (const EncodedColumn& column : encoder.columns) {
      if (column.features > 0 && !position_of(column.name)) {
        absent.push_back(column.name);
      }
    }
    if (absent.empty()) {
      return {};
    }
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(most_listed, absent.size()); ++i) {
      shown.push_back(quoted(absent[i]));
    }
    return data_error(fmt::format("The data has no column {}{}, from which the model was trained.{}", join(shown, ", "),
                                  absent.size() > shown.size() ? fmt::format(" and {} more", absent.size() - shown.size()) : "",
                                  did_you_mean(absent.front(), names())));
  }

  std::optional<std::size_t> position_of(const std::string& name) const {
    const auto at = std::find_if(schema_.columns.begin(), schema_.columns.end(), [&](const ColumnInfo& info) { return info.name == name; });
    return at == schema_.columns.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - schema_.columns.begin()));
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const ColumnInfo& info : schema_.columns) {
      names.push_back(info.name);
    }
    return names;
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
    const std::size_t at = *position_of(column.name);
    const ColumnInfo& info = schema_.columns[at];
    if (holds_numbers(column.type) && info.type == ColumnType::text) {
      return number_expected(at, "Column");
    }
    BoundColumn bound{.chunk_column = chunk_column(at), .coding = &column};
    if (column.type != info.type) {
      const Result<void> empty = require_empty(at, column);
      if (!empty) {
        return empty.error();
      }
    } else if (column.type == ColumnType::time) {
      bound.factor = seconds_in(info.unit) / seconds_in(column.unit);
    }
    if (column.type == ColumnType::text && column.hash.words) {
      Result<BoundWords> words = bound_words(column, schema_.levels[at], pool_, memory_);
      if (!words) {
        return words.error();
      }
      bound.words = std::move(*words);
    } else if (column.type == ColumnType::text) {
      bound.feature_of =
          column.hash.bits > 0 ? features_of_buckets(column, schema_.levels[at]) : features_of_levels(column, schema_.levels[at]);
    }
    binding_.features.push_back(std::move(bound));
    return {};
  }

  static std::vector<std::uint32_t> features_of_buckets(const EncodedColumn& column, const std::vector<std::string>& seen) {
    const auto first = static_cast<std::uint32_t>(column.first);
    const std::uint32_t bits = column.hash.bits;
    std::vector<std::uint32_t> features = {column.text.missing ? first + (std::uint32_t{1} << bits) : nowhere};
    for (const std::string& level : seen) {
      features.push_back(first + bucket_of(text_hash(level), bits));
    }
    return features;
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

  /// A column of the model that was read as another type: fine only where all of its cells are missing.
  Result<void> require_empty(std::size_t column, const EncodedColumn& model) {
    return source_.read(std::span(&column, 1), pool_, [&](const Chunk& chunk) -> Result<void> {
      for (const double x : chunk.columns[0].numbers) {
        if (x == x) {
          const ColumnInfo& info = schema_.columns[column];
          return data_error(fmt::format("Column {} was {} in training, but was read as {} here; pass --types {}={}.", quoted(info.name),
                                        plural(model.type), plural(info.type), info.name, type_name(model.type)));
        }
      }
      return {};
    });
  }

  static const char* plural(ColumnType type) { return type == ColumnType::text ? "text" : type == ColumnType::time ? "times" : "numbers"; }

  /// The column of the schema that holds the k-th target.
  Result<std::size_t> column_of_target(const TargetCoding& target, std::size_t k) {
    const TargetColumn column = target.column(k);
    const std::optional<std::size_t> at = position_of(column.name);
    if (!at) {
      return data_error(fmt::format("The data has no column {}, {}.{}", quoted(column.name),
                                    target.more.empty() ? "the target of the model" : "a target of the model",
                                    did_you_mean(column.name, names())));
    }
    const bool text = schema_.columns[*at].type == ColumnType::text;
    if (text && target.numeric) {
      return number_expected(*at, "The target");
    }
    if (!text && !target.numeric) {
      return data_error(fmt::format("The target {} was text in training (classes {}, ...), but holds numbers here.", quoted(column.name),
                                    quoted(target.classes.front())));
    }
    if (schema_.columns[*at].unit != column.unit) {
      return data_error(fmt::format("The target {} counts {} in the model and {} here.", quoted(column.name),
                                    column.unit.empty() ? "no time" : column.unit,
                                    schema_.columns[*at].unit.empty() ? "no time" : schema_.columns[*at].unit));
    }
    return *at;
  }

  Result<void> bind_target(const TargetCoding& target) {
    BoundTarget bound;
    bound.coding = &target;
    bound.text = !target.numeric;
    for (std::size_t k = 0; k < target.count(); ++k) {
      const Result<std::size_t> at = column_of_target(target, k);
      if (!at) {
        return at.error();
      }
      bound.chunk_columns.push_back(chunk_column(*at));
    }
    std::map<std::string, std::int32_t> known;
    for (const std::string& name : target.classes) {
      const auto place = static_cast<std::int32_t>(known.size());
      known[name] = place;
      if (target.numeric) {
        bound.class_of_value.emplace_back(parse_double(name).value_or(0), place);
      }
    }
    std::sort(bound.class_of_value.begin(), bound.class_of_value.end());
    for (const std::string& level : schema_.levels[binding_.columns[bound.chunk_columns.front()]]) {
      const auto found = known.find(level);
      bound.class_of.push_back(found != known.end() ? found->second : -1);
    }
    binding_.target = std::move(bound);
    return {};
  }

  Source& source_;
  const Schema& schema_;
  ThreadPool& pool_;
  const Memory* memory_;
  Binding binding_;
};

}  // namespace

Result<Binding> bind(Source& source, const Schema& schema, const Encoder& encoder, const TargetCoding* target, const std::string& weight,
                     ThreadPool& pool, const Memory* memory) {
  return Binder(source, schema, pool, memory).bind(encoder, target, weight);
}

}  // namespace fallline::encoding
