// SPDX-License-Identifier: Apache-2.0
// The member "linear" of a model file's JSON: what the numbers in the graph mean.
#pragma once

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fallline/base/onnx_reader.hpp"
#include "fallline/base/result.hpp"
#include "fallline/train/model_file_graph.hpp"

namespace fallline {

/// The members of a JSON object, each asked for with its type; the first that is not there as it should be is kept.
class Members {
 public:
  using Json = nlohmann::ordered_json;
  explicit Members(const Json& json) : json_(json) {}

  const std::string& fault() const { return fault_; }

  const Json* object(const char* name) { return find(name, json_.is_object() && json_.contains(name) && json_[name].is_object()); }

  std::string text(const char* name) {
    const Json* found = find(name, json_.is_object() && json_.contains(name) && json_[name].is_string());
    const auto* text = found != nullptr ? found->get_ptr<const Json::string_t*>() : nullptr;
    return text != nullptr ? *text : "";
  }
  bool flag(const char* name) {
    const Json* found = find(name, json_.is_object() && json_.contains(name) && json_[name].is_boolean());
    return found != nullptr && *found == true;
  }
  std::size_t count(const char* name) {
    const Json* found = find(name, json_.is_object() && json_.contains(name) && json_[name].is_number_unsigned());
    const auto* number = found != nullptr ? found->get_ptr<const Json::number_unsigned_t*>() : nullptr;
    return number != nullptr ? *number : 0;
  }
  /// The index of the text among `names`.
  template <std::size_t N>
  std::size_t choice(const char* name, const std::array<std::string_view, N>& names) {
    const std::string found = text(name);
    for (std::size_t i = 0; i < N; ++i) {
      if (names[i] == found) {
        return i;
      }
    }
    keep(name);
    return 0;
  }

 private:
  const Json* find(const char* name, bool good) {
    if (!good) {
      keep(name);
      return nullptr;
    }
    return &json_[name];
  }
  void keep(const char* name) {
    if (fault_.empty()) {
      fault_ = fmt::format("'{}' is not what it should be", name);
    }
  }

  const Json& json_;
  std::string fault_;
};

nlohmann::ordered_json linear_json(const LinearModel& linear, const PredictionGraph& graph);

/// The model with its numbers out of the graph. Faults are told without the file's name.
Result<LinearModel> read_linear(const nlohmann::ordered_json& json, const onnx::Reader& reader);

/// Whether every number is finite, and every variance above or at 0.
bool all_finite(const LinearModel& linear);

}  // namespace fallline
