// SPDX-License-Identifier: Apache-2.0
// The JSON of metadata_props["fallline"]: {"format": 1, "version", "encoder", "target", "linear", "trained", "digest"}. linear.weights and
// linear.bias are the names of the initialisers that hold them. The digest comes last: FNV-1a of 64 bits, 16 hexadecimal digits, over the
// bytes of the graph and then the JSON up to the comma before it; it changes with any single byte of them.
#include "fallline/train/model_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "fallline/base/file.hpp"
#include "fallline/base/fnv.hpp"
#include "fallline/base/onnx_reader.hpp"
#include "fallline/base/version.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/train/model_file_graph.hpp"
#include "fallline/train/model_file_linear.hpp"

namespace fallline {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t format = 1;
const std::string metadata_key = "fallline";
constexpr std::string_view digest_key = ",\"digest\":\"";
constexpr std::size_t digest_digits = 16;
constexpr std::size_t deepest_json = 32;

constexpr std::size_t largest_file = std::numeric_limits<std::int32_t>::max();  // what protobuf can hold

std::string digest_of(std::string_view graph, std::string_view json) { return fmt::format("{:016x}", fnv(json, fnv(graph))); }

Json parse(const std::string& text) { return Json::parse(text, nullptr, false); }

/// Text that our own code made as JSON.
Json own_json(const std::string& text) {
  Json json = parse(text);
  expects(json.is_object(), "what a model is told by is a JSON object");
  return json;
}

/// The JSON with its digest.
std::string metadata_json(const Model& model, const PredictionGraph& graph, std::string_view graph_bytes) {
  const std::string trained = own_json(model.trained.empty() ? "{}" : model.trained).dump();
  std::string text = fmt::format(R"({{"format":{},"version":{},"encoder":)", format, Json(version).dump());
  text += encoder_to_json(model.encoder);  // as it stands, for it has numbers for each of a wide model's features
  text += fmt::format(R"(,"target":{},"linear":{},"trained":{})", target_to_json(model.target), linear_json(model.linear, graph).dump(),
                      trained);
  text += fmt::format("{}{}\"}}", digest_key, digest_of(graph_bytes, text));
  return text;
}

/// Whether the JSON nests no deeper than ours, so that no later step can run out of stack.
bool is_shallow(std::string_view json) {
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size() && depth <= deepest_json; ++i) {
    const char c = json[i];
    if (in_text) {
      i += c == '\\' ? 1 : 0;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return depth <= deepest_json;
}

/// Whether the JSON ends with the digest of the graph and itself.
bool digest_holds(std::string_view graph, std::string_view json) {
  const std::size_t tail = digest_key.size() + digest_digits + 2;
  if (json.size() < tail) {
    return false;
  }
  const std::string_view body = json.substr(0, json.size() - tail);
  return json.substr(body.size()) == fmt::format("{}{}\"}}", digest_key, digest_of(graph, body));
}

/// Whether columns and crosses make the features without gap, each as its coding says.
bool columns_fit(const Encoder& encoder) {
  Encoder again = encoder;
  encoding::lay_out(again);
  for (std::size_t i = 0; i < encoder.columns.size(); ++i) {
    const NumberCoding& number = encoder.columns[i].number;
    const bool finite = std::isfinite(number.center) && std::isfinite(number.scale) && std::isfinite(number.impute);
    const bool placed = encoder.columns[i].first == again.columns[i].first || encoder.columns[i].features == 0;
    if (!finite || !placed || encoder.columns[i].features != again.columns[i].features) {
      return false;
    }
  }
  if (encoder.matrix && encoder.matrix->first != again.matrix->first) {
    return false;
  }
  return encoder.features == again.features;
}

/// What is wrong between the parts of a model; empty where they fit.
std::string misfit(const Model& model) {
  const LinearModel& linear = model.linear;
  const std::size_t classes = model.target.classes.size();
  if (!columns_fit(model.encoder) || linear.inputs() != model.encoder.features) {
    return "the columns do not make the features of the model";
  }
  const bool value = linear.head == HeadKind::value;
  if (value == model.target.classification || linear.outputs != (linear.head == HeadKind::multiclass ? classes : model.target.count()) ||
      (!value && classes < 2) || (linear.head == HeadKind::binary && classes != 2)) {
    return "the scores do not fit the classes of the target";
  }
  if (linear.losses.size() != (value && linear.outputs > 1 ? linear.outputs : 0)) {
    return "the losses do not fit the targets";
  }
  if (!all_finite(linear)) {
    return "a weight is not a finite number";
  }
  return "";
}

Result<Model> read_parts(const Json& json, const onnx::Reader& reader) {
  Members members(json);
  const Json* encoder = members.object("encoder");
  const Json* target = members.object("target");
  const Json* linear = members.object("linear");
  const Json* trained = members.object("trained");
  if (!members.fault().empty()) {
    return data_error(members.fault());
  }
  auto read_encoder = encoder_from_json(encoder->dump());
  auto read_target = target_from_json(target->dump());
  auto read_model = read_linear(*linear, reader);
  if (!read_encoder || !read_target) {
    return read_encoder ? read_target.error() : read_encoder.error();
  }
  if (!read_model) {
    return read_model.error();
  }
  Model model{std::move(*read_encoder), std::move(*read_target), std::move(*read_model), trained->dump()};
  const std::string fault = misfit(model);
  if (!fault.empty()) {
    return data_error(fault);
  }
  return model;
}

/// The format number of the JSON, 0 where it has none.
std::int64_t format_of(const Json& json) {
  const bool told = json.is_object() && json.contains("format") && json["format"].is_number_integer();
  const auto* number = told ? json["format"].get_ptr<const Json::number_integer_t*>() : nullptr;
  return number != nullptr ? *number : 0;
}

/// `why` with or without a full stop.
Error damaged(const std::string& name, std::string_view why) {
  if (why.ends_with('.')) {
    why.remove_suffix(1);
  }
  return data_error(fmt::format("{} is damaged: {}. Copy it again from where it came, or train the model again.", name, why));
}

}  // namespace

std::string model_to_onnx(const Model& model) {
  const PredictionGraph prediction = prediction_graph(model);
  const std::string graph = onnx::graph_bytes(prediction.graph);
  onnx::File file{metadata_key, version, {}};
  file.metadata.emplace_back(metadata_key, metadata_json(model, prediction, graph));
  return onnx::file_bytes(file, graph);
}

Result<Model> model_from_onnx(std::string_view bytes, const std::string& name) {
  const auto reader = onnx::Reader::open(bytes);
  if (!reader) {
    return data_error(
        fmt::format("{} is not a whole ONNX file: it is something else, or was cut short. Name a model that fallline train "
                    "wrote, or copy it again.",
                    name));
  }
  const auto metadata = reader->metadata(metadata_key);
  if (!metadata) {
    return data_error(
        fmt::format("{} is an ONNX file, but not one that Fallline wrote: it has no metadata called {}. Only models that "
                    "fallline train saved can be loaded; an ONNX runtime can run the others.",
                    name, metadata_key));
  }
  const Json json = is_shallow(*metadata) ? parse(std::string(*metadata)) : Json(nullptr);
  if (format_of(json) > format) {
    return data_error(
        fmt::format("{} was written by a newer Fallline (model format {}, this one reads up to {}). Update Fallline, or train "
                    "the model again with this one.",
                    name, format_of(json), format));
  }
  if (!json.is_object() || !digest_holds(reader->graph(), *metadata)) {
    return damaged(name, "its bytes do not agree with the digest they were saved with");
  }
  if (format_of(json) != format) {
    return damaged(name, "it has no format number");
  }
  auto model = read_parts(json, *reader);
  return model ? std::move(model) : Result<Model>(damaged(name, model.error().message));
}

Result<void> save_model(const Model& model, const std::string& path) {
  if (!all_finite(model.linear)) {
    return Error{ErrorCode::diverged, fmt::format("{} is not written: a weight of the model is not a finite number. Train again with a "
                                                  "smaller learning rate.",
                                                  path)};
  }
  const std::string bytes = model_to_onnx(model);
  if (bytes.size() > largest_file) {
    return no_room_error(
        fmt::format("{} is not written: the model needs {} bytes and an ONNX file holds at most {}. Use fewer columns, "
                    "levels or classes.",
                    path, bytes.size(), largest_file));
  }
  return write_file_whole(path, bytes);
}

Result<Model> load_model(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) {
    return data_error(fmt::format("{} Name a model that fallline train wrote.", bytes.error().message));
  }
  return model_from_onnx(*bytes, path);
}

}  // namespace fallline
