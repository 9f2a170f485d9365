// SPDX-License-Identifier: Apache-2.0
// Reading JSON that anyone may have touched, one member at a time with its type.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/result.hpp"

namespace fallline::encoding {

/// Reads members of one object; the first fault is kept, and what follows it reads as nothing.
class JsonReader {
 public:
  JsonReader(const nlohmann::json& object, std::string where, std::string& fault)
      : object_(object), where_(std::move(where)), fault_(fault) {
    if (!object.is_object()) {
      fail("is not an object");
    }
  }

  bool flag(const char* key) {
    const nlohmann::json* value = member(key, &nlohmann::json::is_boolean, "true or false");
    return value != nullptr && *value->get_ptr<const bool*>();
  }

  double number(const char* key) {
    const nlohmann::json* value = member(key, &nlohmann::json::is_number, "a number");
    const double x = value != nullptr ? value->get<double>() : 0;
    if (!std::isfinite(x)) {
      fail(fmt::format("has a {} that is not finite", key));
    }
    return x;
  }

  std::string text(const char* key) {
    const nlohmann::json* value = member(key, &nlohmann::json::is_string, "a text");
    return value != nullptr ? *value->get_ptr<const std::string*>() : std::string();
  }

  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> texts;
    for (const nlohmann::json& item : list(key)) {
      if (!item.is_string()) {
        fail(fmt::format("has a {} with something else than texts", key));
        return {};
      }
      texts.push_back(*item.get_ptr<const std::string*>());
    }
    return texts;
  }

  std::uint64_t whole(const char* key) {
    const nlohmann::json* value = member(key, &nlohmann::json::is_number_unsigned, "a whole number");
    return value != nullptr ? *value->get_ptr<const std::uint64_t*>() : 0;
  }

  std::vector<std::uint64_t> wholes(const char* key) {
    std::vector<std::uint64_t> numbers;
    for (const nlohmann::json& item : list(key)) {
      if (!item.is_number_unsigned()) {
        fail(fmt::format("has a {} with something else than whole numbers", key));
        return {};
      }
      numbers.push_back(*item.get_ptr<const std::uint64_t*>());
    }
    return numbers;
  }

  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }

  /// The object under the key.
  const nlohmann::json& inside(const char* key) {
    static const nlohmann::json nothing = nlohmann::json::object();
    const nlohmann::json* value = member(key, &nlohmann::json::is_object, "an object");
    return value != nullptr ? *value : nothing;
  }

  const nlohmann::json& list(const char* key) {
    static const nlohmann::json nothing = nlohmann::json::array();
    const nlohmann::json* value = member(key, &nlohmann::json::is_array, "a list");
    return value != nullptr ? *value : nothing;
  }

  void fail(const std::string& what) {
    if (fault_.empty()) {
      fault_ = where_ + " " + what;
    }
  }

 private:
  const nlohmann::json* member(const char* key, bool (nlohmann::json::*is)() const noexcept, const char* kind) {
    if (!object_.is_object()) {
      return nullptr;
    }
    const auto found = object_.find(key);
    if (found == object_.end() || !((*found).*is)()) {
      fail(fmt::format("has no {} that is {}", key, kind));
      return nullptr;
    }
    return &*found;
  }

  const nlohmann::json& object_;
  std::string where_;
  std::string& fault_;
};

inline Error damaged(const std::string& what) {
  return data_error(fmt::format(
      "The description of the columns in the model is damaged: {}. The file was not written by this program, or was changed.", what));
}

/// Texts are UTF-8 (sources see to it); should one not be, it is replaced rather than the program ended.
inline std::string dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace fallline::encoding
