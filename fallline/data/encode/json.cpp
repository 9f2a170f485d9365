// SPDX-License-Identifier: Apache-2.0
// The JSON of an encoder. What is read comes from a file that anyone may have touched, so every type and range is checked.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fallline/base/text.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encode/json_reader.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline {

namespace {

using Json = nlohmann::json;
using Ordered = nlohmann::ordered_json;
using encoding::damaged;
using encoding::dump;
using Reader = encoding::JsonReader;

Ordered number_json(const NumberCoding& coding) {
  return {{"center", coding.center},       {"scale", coding.scale}, {"impute", coding.impute},
          {"indicator", coding.indicator}, {"wide", coding.wide},   {"constant", coding.constant}};
}

Ordered hash_json(const HashCoding& hash) {
  Ordered json = {{"bits", hash.bits}, {"words", hash.words}, {"tfidf", hash.tfidf}};
  if (hash.tfidf) {
    json.update({{"documents", hash.documents}, {"buckets", hash.buckets}, {"occurred", hash.occurred}});
  }
  return json;
}

Ordered text_json(const TextCoding& coding, const HashCoding& hash) {
  if (hash.bits > 0) {
    return {{"hash", hash_json(hash)}, {"missing", coding.missing}};
  }
  return {{"levels", coding.levels}, {"other", coding.other}, {"missing", coding.missing}};
}

Ordered seen_json(const EncodedColumn& column) {
  Ordered json = {{"missing", column.seen.missing}};
  if (holds_numbers(column.type)) {
    json.update({{"low", column.seen.low}, {"high", column.seen.high}});
  } else {
    json["distinct"] = column.seen.distinct;
  }
  return json;
}

Ordered column_json(const EncodedColumn& column) {
  Ordered json = {{"name", column.name}, {"type", encoding::type_name(column.type)}};
  if (!column.unit.empty()) {
    json["unit"] = column.unit;
  }
  if (!column.left_out.empty()) {
    json["left_out"] = column.left_out;
  }
  json.update(holds_numbers(column.type) ? number_json(column.number) : text_json(column.text, column.hash));
  json["seen"] = seen_json(column);
  return json;
}

Ordered cross_json(const Encoder& encoder, const Cross& cross) {
  return {encoder.columns[cross.left].name, encoder.columns[cross.right].name};
}

bool strictly_ascending(const std::vector<std::string>& texts) {
  return std::adjacent_find(texts.begin(), texts.end(), std::greater_equal<>()) == texts.end();
}

HashCoding read_hash(const Json& json, const std::string& where, std::string& fault) {
  Reader reader(json, where, fault);
  HashCoding hash;
  const std::uint64_t bits = reader.whole("bits");
  hash.words = reader.flag("words");
  hash.tfidf = reader.flag("tfidf");
  if (bits < 1 || bits > most_hash_bits) {
    reader.fail(fmt::format("hashes into 2^{} features", bits));
    return hash;
  }
  hash.bits = static_cast<std::uint32_t>(bits);
  if (!hash.tfidf) {
    return hash;
  }
  hash.documents = reader.whole("documents");
  hash.occurred = reader.wholes("occurred");
  for (const std::uint64_t bucket : reader.wholes("buckets")) {
    if (bucket >> bits != 0 || (!hash.buckets.empty() && bucket <= hash.buckets.back())) {
      reader.fail("has buckets that are not ascending or not within its bits");
      return hash;
    }
    hash.buckets.push_back(static_cast<std::uint32_t>(bucket));
  }
  const bool few = std::all_of(hash.occurred.begin(), hash.occurred.end(), [&](std::uint64_t n) { return n <= hash.documents; });
  if (hash.buckets.size() != hash.occurred.size() || !few) {
    reader.fail("has frequencies that do not fit its buckets");
  }
  return hash;
}

void read_text_coding(Reader& reader, const std::string& where, EncodedColumn& column, std::string& fault) {
  column.text.missing = reader.flag("missing");
  if (reader.has("hash")) {
    column.hash = read_hash(reader.inside("hash"), where, fault);
    return;
  }
  column.text.levels = reader.texts("levels");
  column.text.other = reader.flag("other");
  if (!strictly_ascending(column.text.levels)) {
    reader.fail("has levels that are not sorted or not distinct");
  }
}

void read_number_coding(Reader& reader, EncodedColumn& column) {
  column.number = {reader.number("center"),  reader.number("scale"), reader.number("impute"),
                   reader.flag("indicator"), reader.flag("wide"),    reader.flag("constant")};
  if (!(column.number.scale > 0)) {
    reader.fail("has a scale that is not positive");
  }
}

void read_seen(const Json& json, const std::string& where, EncodedColumn& column, std::string& fault) {
  Reader reader(json, where, fault);
  column.seen.missing = reader.whole("missing");
  if (holds_numbers(column.type)) {
    column.seen.low = reader.number("low");
    column.seen.high = reader.number("high");
  } else {
    column.seen.distinct = reader.whole("distinct");
  }
}

EncodedColumn read_column(const Json& json, std::size_t i, std::string& fault) {
  const std::string where = fmt::format("column {}", i);
  Reader reader(json, where, fault);
  EncodedColumn column;
  column.name = reader.text("name");
  const std::string type = reader.text("type");
  for (const ColumnType known : {ColumnType::number, ColumnType::text, ColumnType::time}) {
    column.type = type == encoding::type_name(known) ? known : column.type;
  }
  if (type != encoding::type_name(column.type)) {
    reader.fail(fmt::format("has the type {}, which is not known", fallline::quoted(type)));
    return column;
  }
  column.unit = column.type == ColumnType::time ? reader.text("unit") : "";
  column.left_out = reader.has("left_out") ? reader.text("left_out") : "";
  if (holds_numbers(column.type)) {
    read_number_coding(reader, column);
  } else {
    read_text_coding(reader, where, column, fault);
  }
  if (reader.has("seen")) {
    read_seen(reader.inside("seen"), where, column, fault);
  }
  return column;
}

/// The features of all columns and crosses must be a number that fits, before they are laid out.
void check_width(Reader& reader, const Encoder& encoder) {
  std::vector<std::uint64_t> widths;
  std::uint64_t all = encoder.matrix ? encoder.matrix->width : 0;
  for (const EncodedColumn& column : encoder.columns) {
    widths.push_back(column.left_out.empty() ? encoding::width(column) : 0);
    all += widths.back();
  }
  for (const Cross& cross : encoder.crosses) {
    all = std::min<std::uint64_t>(all, encoding::most_features + 1) + widths[cross.left] * widths[cross.right];
  }
  if (all > encoding::most_features) {
    reader.fail("makes more features than there may be");
  }
}

void read_crosses(Reader& reader, Encoder& encoder) {
  const auto column_of = [&](const Json& name) {
    const auto* text = name.get_ptr<const std::string*>();
    const auto at = std::find_if(encoder.columns.begin(), encoder.columns.end(),
                                 [&](const EncodedColumn& column) { return text != nullptr && column.name == *text; });
    return static_cast<std::size_t>(at - encoder.columns.begin());
  };
  for (const Json& item : reader.list("crosses")) {
    const bool pair = item.is_array() && item.size() == 2;
    const Cross cross = pair ? Cross{column_of(item[0]), column_of(item[1])} : Cross{encoder.columns.size(), 0};
    const auto crossable = [&](std::size_t at) {
      return at < encoder.columns.size() && encoder.columns[at].hash.bits == 0 && encoder.columns[at].left_out.empty() &&
             encoding::width(encoder.columns[at]) > 0;
    };
    if (!crossable(cross.left) || !crossable(cross.right)) {
      reader.fail("has a cross that is not of two of its columns");
      return;
    }
    encoder.crosses.push_back(cross);
  }
}

Ordered matrix_json(const MatrixCoding& coding) {
  Ordered json = {{"width", coding.width},
                  {"first_number", coding.first_number},
                  {"scale", coding.scale},
                  {"wide", coding.wide},
                  {"filled", coding.filled}};
  if (!coding.kept.empty()) {
    json["numbered"] = coding.out_of;
    json["kept"] = coding.kept;
  }
  return json;
}

/// The features that are kept of those numbered, where the JSON tells of some.
void read_kept(const Json& json, Reader& reader, MatrixCoding& coding) {
  if (!json.is_object() || !json.contains("kept")) {
    if (coding.width > widest_matrix) {
      reader.fail("is too wide for all of its features to be kept");
    }
    return;
  }
  const double numbered = reader.number("numbered");
  if (!(numbered >= 1 && numbered <= static_cast<double>(most_numbered)) || numbered != std::floor(numbered)) {
    reader.fail("numbers features that cannot be");
    return;
  }
  coding.out_of = static_cast<std::size_t>(numbered);
  for (const Json& item : reader.list("kept")) {
    const double place = item.is_number() ? item.get<double>() : -1;
    if (!(place >= 0 && place < numbered) || place != std::floor(place) ||
        (!coding.kept.empty() && place <= static_cast<double>(coding.kept.back()))) {
      reader.fail("keeps features that do not ascend");
      return;
    }
    coding.kept.push_back(static_cast<std::uint32_t>(place));
  }
  if (coding.kept.size() != coding.width) {
    reader.fail("has another width than features that it keeps");
  }
}

MatrixCoding read_matrix(const Json& json, std::string& fault) {
  Reader reader(json, "the matrix", fault);
  MatrixCoding coding;
  const double width = reader.number("width");
  const double first = reader.number("first_number");
  const double filled = reader.number("filled");
  coding.wide = reader.flag("wide");
  for (const Json& item : reader.list("scale")) {
    coding.scale.push_back(item.is_number() ? item.get<double>() : 0);
  }
  if (!(width >= 1 && width <= static_cast<double>(most_numbered)) || width != std::floor(width) || (first != 0 && first != 1) ||
      !(filled >= 0 && filled <= width) || filled != std::floor(filled)) {
    reader.fail("has a width, a first number or a filling that cannot be");
    return coding;
  }
  coding.width = static_cast<std::size_t>(width);
  coding.first_number = static_cast<std::uint32_t>(first);
  coding.filled = static_cast<std::size_t>(filled);
  read_kept(json, reader, coding);
  const bool good = std::all_of(coding.scale.begin(), coding.scale.end(), [](double x) { return std::isfinite(x) && x > 0; });
  if (!good || (!coding.scale.empty() && coding.scale.size() != coding.width)) {
    reader.fail("has a scale that is not one positive number a feature");
  }
  return coding;
}

}  // namespace

std::string encoder_to_json(const Encoder& encoder) {
  Ordered columns = Ordered::array();
  for (const EncodedColumn& column : encoder.columns) {
    columns.push_back(column_json(column));
  }
  Ordered json = {{"columns", std::move(columns)}, {"missing", encoder.missing}};
  if (!encoder.crosses.empty()) {
    json["crosses"] = Ordered::array();
    for (const Cross& cross : encoder.crosses) {
      json["crosses"].push_back(cross_json(encoder, cross));
    }
  }
  if (encoder.matrix_input) {
    json["matrix_input"] = true;
  }
  if (encoder.matrix) {
    json["matrix"] = matrix_json(*encoder.matrix);
  }
  return dump(json);
}

Result<Encoder> encoder_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  std::string fault = json.is_discarded() ? "it is not JSON" : "";
  Reader reader(json, "it", fault);
  Encoder encoder;
  std::set<std::string> names;
  for (const Json& item : reader.list("columns")) {
    encoder.columns.push_back(read_column(item, encoder.columns.size(), fault));
    if (!names.insert(encoder.columns.back().name).second) {
      reader.fail("has two columns of the same name");
    }
  }
  encoder.missing = reader.texts("missing");
  if (reader.has("crosses")) {
    read_crosses(reader, encoder);
  }
  encoder.matrix_input = reader.has("matrix_input") && reader.flag("matrix_input");
  if (json.is_object() && json.contains("matrix")) {
    encoder.matrix = read_matrix(json["matrix"], fault);
  }
  check_width(reader, encoder);
  if (!fault.empty()) {
    return damaged(fault);
  }
  encoding::lay_out(encoder);
  return encoder;
}

}  // namespace fallline
