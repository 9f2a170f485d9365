// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/fit_target.hpp"

namespace fallline::encoding {

namespace {

Error missing_target(const std::string& name, std::uint64_t row) {
  return data_error(fmt::format("The target {} is missing in {}: fill it in or take the row out.", quoted(name), row_name(row)));
}

Error unknown_class(const TargetCoding& target, const std::string& label, std::uint64_t row) {
  constexpr std::size_t few = 20;
  const std::string known = target.classes.size() <= few ? fmt::format(" The classes are {}.", join(target.classes, ", ")) : "";
  return data_error(fmt::format("The target {} is {} in {}, a class that the model does not know.{}{}", quoted(target.name), quoted(label),
                                row_name(row), did_you_mean(label, target.classes), known));
}

/// The class of a number, compared by value; -1 where there is none.
std::int32_t class_of_number(const std::vector<std::pair<double, std::int32_t>>& classes, double x) {
  constexpr std::size_t few = 8;
  if (classes.size() <= few) {  // all are looked at: which one it is could not be guessed
    std::int32_t known = -1;
    for (const auto& [value, place] : classes) {
      known += static_cast<std::int32_t>(value == x) * (place + 1);
    }
    return known;
  }
  const auto at = std::lower_bound(classes.begin(), classes.end(), x, [](const auto& known, double value) { return known.first < value; });
  return at != classes.end() && at->first == x ? at->second : -1;
}

template <class T>
Result<void> encode_numbers(const Chunk& chunk, const BoundTarget& target, std::span<T> into) {
  const std::size_t targets = target.chunk_columns.size();
  for (std::size_t i = 0; i < chunk.rows; ++i) {
    for (std::size_t k = 0; k < targets; ++k) {
      const double x = chunk.columns[target.chunk_columns[k]].numbers[i];
      T& to = into[i * targets + k];
      to = static_cast<T>(x);
      if (std::isfinite(to)) {
        continue;
      }
      const std::string name = target.coding->column(k).name;
      const std::uint64_t row = chunk.first_row + i;
      return std::isnan(x) ? missing_target(name, row)
                           : data_error(fmt::format("The target {} is {} in {}, too large for float; pass --precision double.",
                                                    quoted(name), shortest(x), row_name(row)));
    }
  }
  return {};
}

}  // namespace

template <class T>
Result<void> encode_target(const Chunk& chunk, const Schema& schema, const Binding& binding, std::span<T> into) {
  const BoundTarget& target = *binding.target;
  if (!target.coding->classification) {
    return encode_numbers(chunk, target, into);
  }
  const std::size_t place = target.chunk_columns.front();
  const Column& cells = chunk.columns[place];
  for (std::size_t i = 0; i < chunk.rows; ++i) {
    const std::uint64_t row = chunk.first_row + i;
    if (target.text ? cells.codes[i] < 0 : std::isnan(cells.numbers[i])) {
      return missing_target(target.coding->name, row);
    }
    const std::int32_t known =
        target.text ? target.class_of[static_cast<std::size_t>(cells.codes[i])] : class_of_number(target.class_of_value, cells.numbers[i]);
    if (known < 0) {
      const std::size_t column = binding.columns[place];
      return unknown_class(*target.coding,
                           target.text ? schema.levels[column][static_cast<std::size_t>(cells.codes[i])] : shortest(cells.numbers[i]), row);
    }
    into[i] = static_cast<T>(known);
  }
  return {};
}

template <class T>
Result<void> encode_weight(const Chunk& chunk, const Schema& schema, const Binding& binding, std::span<T> into) {
  const std::vector<double>& weights = chunk.columns[*binding.weight].numbers;
  for (std::size_t i = 0; i < chunk.rows; ++i) {
    into[i] = static_cast<T>(weights[i]);
    if (weights[i] >= 0 && std::isfinite(into[i])) {
      continue;
    }
    const std::string name = quoted(schema.columns[binding.columns[*binding.weight]].name);
    const std::string what = std::isnan(weights[i]) ? "missing" : shortest(weights[i]);
    return data_error(fmt::format("The weight {} is {} in {}; a weight is a number of 0 or more{}.", name, what,
                                  row_name(chunk.first_row + i), weights[i] > 0 ? " that float can hold" : ""));
  }
  return {};
}

template Result<void> encode_target<float>(const Chunk&, const Schema&, const Binding&, std::span<float>);
template Result<void> encode_target<double>(const Chunk&, const Schema&, const Binding&, std::span<double>);
template Result<void> encode_weight<float>(const Chunk&, const Schema&, const Binding&, std::span<float>);
template Result<void> encode_weight<double>(const Chunk&, const Schema&, const Binding&, std::span<double>);

}  // namespace fallline::encoding
