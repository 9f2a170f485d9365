// SPDX-License-Identifier: Apache-2.0
#include "cli/show_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/columns.hpp"

namespace fallline::cli {

namespace {

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

std::string number_coding(const EncodedColumn& column) {
  const NumberCoding& number = column.number;
  const std::string how =
      number.center != 0 || number.scale != 1 ? fmt::format("(x - {}) * {}", brief(number.center), brief(number.scale)) : "as it is";
  const bool known = column.seen.low < column.seen.high;
  return fmt::format("{}{}{}", known ? fmt::format("{} to {}: ", brief(column.seen.low), brief(column.seen.high)) : "", how,
                     number.indicator ? fmt::format(", missing is {} with an indicator", brief(number.impute)) : "");
}

std::string hash_coding(const EncodedColumn& column) {
  const HashCoding& hash = column.hash;
  const char* what = hash.words ? (hash.tfidf ? "words and pairs of words by tf-idf" : "words and pairs of words") : "levels";
  return fmt::format("{} distinct texts, {} hashed into 2^{} = {}{}", count(column.seen.distinct), what, hash.bits,
                     count(std::uint64_t{1} << hash.bits), column.text.missing ? ", missing" : "");
}

std::string text_coding(const EncodedColumn& column) {
  constexpr std::size_t few = 6;
  const TextCoding& text = column.text;
  const std::vector<std::string> shown(text.levels.begin(),
                                       text.levels.begin() + static_cast<std::ptrdiff_t>(std::min(few, text.levels.size())));
  const std::uint64_t rare = column.seen.distinct > text.levels.size() ? column.seen.distinct - text.levels.size() : 0;
  return fmt::format("{} {}: {}{}{}{}", text.levels.size(), text.levels.size() == 1 ? "level" : "levels", join(shown, ", "),
                     text.levels.size() > few ? ", ..." : "",
                     text.other ? (rare > 0 ? fmt::format(", other ({} rare)", count(rare)) : ", other") : "",
                     text.missing ? ", missing" : "");
}

JsonObject& add_seen(JsonObject& object, const EncodedColumn& column) {
  object.add("missing_rows", column.seen.missing);
  if (holds_numbers(column.type)) {
    return object.add("low", column.seen.low).add("high", column.seen.high);
  }
  return object.add("distinct", column.seen.distinct);
}

std::string column_json(const EncodedColumn& column) {
  JsonObject object;
  object.add("name", column.name).add("features", column.features).add("type", encoding::type_name(column.type));
  object.raw("unit", column.unit.empty() ? "null" : json_text(column.unit));
  object.raw("left_out", column.left_out.empty() ? "null" : json_text(column.left_out));
  if (holds_numbers(column.type)) {
    const NumberCoding& number = column.number;
    object.add("center", number.center).add("scale", number.scale).add("impute", number.impute);
    object.add("indicator", number.indicator).add("constant", number.constant);
  } else if (column.hash.bits > 0) {
    object.add("hash_bits", column.hash.bits).add("words", column.hash.words);
    object.add("weights", column.hash.tfidf ? "tfidf" : "binary").add("missing", column.text.missing);
  } else {
    object.raw("levels", json_texts(column.text.levels)).add("other", column.text.other).add("missing", column.text.missing);
  }
  return add_seen(object, column).text();
}

}  // namespace

std::string type_text(ColumnType type, const std::string& unit) {
  return unit.empty() ? encoding::type_name(type) : fmt::format("{} in {}", encoding::type_name(type), unit);
}

std::string coding_text(const EncodedColumn& column) {
  if (!column.left_out.empty()) {
    return "left out: " + column.left_out;
  }
  if (column.features == 0) {
    return "one value in training, left out";
  }
  return holds_numbers(column.type) ? number_coding(column) : column.hash.bits > 0 ? hash_coding(column) : text_coding(column);
}

std::vector<std::vector<std::string>> column_table(const Encoder& encoder) {
  std::vector<std::vector<std::string>> rows = {{"column", "type", "missing", "features", "encoding"}};
  for (const EncodedColumn& column : encoder.columns) {
    rows.push_back(
        {column.name, type_text(column.type, column.unit), count(column.seen.missing), count(column.features), coding_text(column)});
  }
  for (const Cross& cross : encoder.crosses) {
    rows.push_back({encoder.columns[cross.left].name + " x " + encoder.columns[cross.right].name, "cross", "", count(cross.features),
                    "products of the features of both"});
  }
  if (encoder.matrix) {
    const MatrixCoding& matrix = *encoder.matrix;
    rows.push_back({fmt::format("{} to {}", matrix.first_number, matrix.first_number + matrix.numbered() - 1), "numbered features", "",
                    count(matrix.width), matrix.scale.empty() ? "as they are" : "x / largest |x| in training"});
  }
  return rows;
}

std::string columns_json(const Encoder& encoder) {
  std::vector<std::string> columns;
  for (const EncodedColumn& column : encoder.columns) {
    columns.push_back(column_json(column));
  }
  return json_list(columns);
}

std::string crosses_json(const Encoder& encoder) {
  std::vector<std::string> crosses;
  for (const Cross& cross : encoder.crosses) {
    crosses.push_back(json_texts({encoder.columns[cross.left].name, encoder.columns[cross.right].name}));
  }
  return json_list(crosses);
}

std::string target_names_json(const TargetCoding& target) {
  return target.more.empty() ? json_text(target.name) : json_texts(target.names());
}

}  // namespace fallline::cli
