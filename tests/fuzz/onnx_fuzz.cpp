// SPDX-License-Identifier: Apache-2.0
// Any bytes are a model or a data error with a sentence; what loads can be saved again, and is the same model then.
//   clang++-19 -std=c++20 -O1 -g -I. -fsanitize=fuzzer,address,undefined tests/fuzz/onnx_fuzz.cpp
//     fallline/{base,math,model}/*.cpp fallline/data/encode/*.cpp fallline/train/model_file*.cpp -lfmt
//     (without the *_test.cpp files; run with -malloc_limit_mb=64: nothing may be allocated beyond a small multiple of the input)
//
// The first byte chooses: the bytes of a file as they are, the JSON of an encoder or a target alone, or JSON and weights put together into
// a file whose digest holds, since no mutation would ever find one.
#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/expects.hpp"
#include "fallline/base/fnv.hpp"
#include "fallline/base/onnx.hpp"
#include "fallline/train/model_file.hpp"

namespace {

using fallline::onnx::TensorValues;

void check_error(const fallline::Error& error) {
  fallline::expects(error.code == fallline::ErrorCode::data && !error.message.empty(), "a refused model is a data error that says why");
}

void load(std::string_view bytes) {
  const auto model = fallline::model_from_onnx(bytes, "fuzz.onnx");
  if (!model) {
    check_error(model.error());
    return;
  }
  const std::string saved = fallline::model_to_onnx(*model);
  const auto again = fallline::model_from_onnx(saved, "again.onnx");
  fallline::expects(again.has_value(), "what was loaded can be saved and loaded");
  fallline::expects(fallline::model_to_onnx(*again) == saved, "saving does not change a model");
}

void read_encoder(const std::string& json) {
  const auto encoder = fallline::encoder_from_json(json);
  if (!encoder) {
    check_error(encoder.error());
    return;
  }
  const std::string told = fallline::encoder_to_json(*encoder);
  const auto again = fallline::encoder_from_json(told);
  fallline::expects(again.has_value() && fallline::encoder_to_json(*again) == told, "an encoder is told as it is read");
  for (const std::size_t feature : {std::size_t{0}, encoder->features / 2, encoder->features - 1}) {
    if (feature < encoder->features) {
      fallline::expects(!encoder->feature_name(feature).empty() || !encoder->columns.empty(), "a feature has a name");
    }
  }
}

void read_target(const std::string& json) {
  const auto target = fallline::target_from_json(json);
  if (!target) {
    check_error(target.error());
    return;
  }
  const std::string told = fallline::target_to_json(*target);
  const auto again = fallline::target_from_json(told);
  fallline::expects(again.has_value() && fallline::target_to_json(*again) == told, "a target is told as it is read");
}

/// "outputs features", a byte each, then the JSON up to the digest: a whole file around them.
void load_assembled(std::string_view text) {
  if (text.size() < 3) {
    return;
  }
  const auto outputs = static_cast<std::size_t>(static_cast<unsigned char>(text[0]) % 5);
  const auto features = static_cast<std::size_t>(static_cast<unsigned char>(text[1]) % 70);
  fallline::onnx::Graph graph;
  graph.initialisers.push_back({"weights",
                                {static_cast<std::int64_t>(outputs), static_cast<std::int64_t>(features)},
                                TensorValues(std::vector<float>(outputs * features, 0.5F))});
  graph.initialisers.push_back({"bias", {static_cast<std::int64_t>(outputs)}, TensorValues(std::vector<float>(outputs, 0.25F))});
  const std::string bytes = fallline::onnx::graph_bytes(graph);
  const std::string body(text.substr(2));
  const std::string json = fmt::format("{},\"digest\":\"{:016x}\"}}", body, fallline::fnv(body, fallline::fnv(bytes)));
  load(fallline::onnx::file_bytes({"fallline", "0.1.0", {{"fallline", json}}}, bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  if (all.empty()) {
    return 0;
  }
  const std::string_view rest = all.substr(1);
  switch (all[0]) {
    case 'e':
      read_encoder(std::string(rest));
      break;
    case 't':
      read_target(std::string(rest));
      break;
    case 'a':
      load_assembled(rest);
      break;
    default:
      load(rest);
  }
  return 0;
}
