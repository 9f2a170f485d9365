// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/fit_crosses.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::encoding {

namespace {

/// The column of the encoder that is meant.
Result<std::size_t> encoded_column(const Schema& schema, const Encoder& encoder, const std::string& name, const std::string& cross) {
  const Result<std::size_t> column = find_column(schema, name);
  if (!column) {
    return usage_error(fmt::format("--cross {}: {}", cross, column.error().message));
  }
  const std::string& found = schema.columns[*column].name;
  const auto at = std::find_if(encoder.columns.begin(), encoder.columns.end(), [&](const EncodedColumn& c) { return c.name == found; });
  if (at == encoder.columns.end()) {
    return usage_error(fmt::format("--cross {}: column {} is no feature but target, weight or ignored.", cross, quoted(found)));
  }
  if (at->hash.bits > 0) {
    return usage_error(
        fmt::format("--cross {}: column {} is hashed; crosses are of numbers and of text with one feature a level.", cross, quoted(found)));
  }
  return static_cast<std::size_t>(at - encoder.columns.begin());
}

Result<void> check_width(const EncodedColumn& left, const EncodedColumn& right, const std::string& name) {
  if (left.features * right.features <= most_cross_features) {
    return {};
  }
  const auto count = [](std::size_t n) { return grouped(static_cast<std::int64_t>(n)); };
  return data_error(
      fmt::format("--cross {} makes {} x {} = {} features, and up to {} are done. Let rare levels share a feature "
                  "(--rare N with a larger N), or leave the cross out.",
                  name, count(left.features), count(right.features), count(left.features * right.features), count(most_cross_features)));
}

}  // namespace

Result<void> fit_crosses(const Schema& schema, const EncoderOptions& options, Encoder& encoder, Told told) {
  for (const auto& [left_name, right_name] : options.crosses) {
    const std::string name = left_name + "*" + right_name;
    const Result<std::size_t> left = encoded_column(schema, encoder, left_name, name);
    const Result<std::size_t> right = left ? encoded_column(schema, encoder, right_name, name) : left;
    if (!right) {
      return right.error();
    }
    const EncodedColumn& a = encoder.columns[*left];
    const EncodedColumn& b = encoder.columns[*right];
    if (*left == *right && !holds_numbers(a.type)) {
      return usage_error(fmt::format("--cross {}: a text column times itself tells nothing new.", name));
    }
    const bool twice = std::any_of(encoder.crosses.begin(), encoder.crosses.end(),
                                   [&](const Cross& cross) { return std::minmax(cross.left, cross.right) == std::minmax(*left, *right); });
    if (twice) {
      return usage_error(fmt::format("--cross {} is asked for twice.", name));
    }
    if (a.features == 0 || b.features == 0) {
      const EncodedColumn& gone = a.features == 0 ? a : b;
      told.warnings.push_back(fmt::format("the cross {} is left out, since column {} {}", name, quoted(gone.name), gone.left_out));
      continue;
    }
    if (const Result<void> well = check_width(a, b, name); !well) {
      return well;
    }
    encoder.crosses.push_back({*left, *right, 0, 0});
  }
  return {};
}

}  // namespace fallline::encoding
