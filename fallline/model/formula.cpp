// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/formula.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "fallline/base/text.hpp"
#include "fallline/model/formula_parser.hpp"

namespace fallline {

namespace {

std::string coordinates(std::size_t dimension, bool numbered) {
  if (numbered) {
    return dimension == 1 ? "x0" : fmt::format("x0 to x{}", dimension - 1);
  }
  std::string names = "x";
  for (const char letter : std::string_view("yzw").substr(0, dimension - 1)) {
    names += fmt::format(", {}", letter);
  }
  return names;
}

/// Letters alone, as the names of landscapes are.
bool is_one_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; });
}

bool is_landscape(std::string_view name) {
  const auto infos = list_landscapes();
  return std::ranges::any_of(infos, [&](const LandscapeInfo& info) { return info.name == name; });
}

}  // namespace

Formula::Formula(std::string_view text, Tape tape, std::size_t dimension, bool numbered) : tape_(std::move(tape)) {
  info_.name = std::string(trim(text));
  info_.summary = fmt::format("a formula in {}", coordinates(dimension, numbered));
  info_.dimension = dimension;
  info_.dimensions = {dimension, dimension};
  info_.smooth = tape_.smooth();
  info_.box.assign(dimension, Interval{-5, 5});
  info_.start.assign(dimension, 1);
}

Result<std::unique_ptr<Formula>> parse_formula(std::string_view text) {
  auto parsed = read_formula(text);
  if (!parsed) {
    return parsed.error();
  }
  return std::make_unique<Formula>(text, std::move(parsed->tape), parsed->dimension, parsed->numbered);
}

Result<std::unique_ptr<Landscape>> landscape_or_formula(std::string_view text, std::optional<std::size_t> dimension) {
  const std::string_view name = text.substr(0, text.find(':'));
  if (is_landscape(name)) {
    return make_landscape(text, dimension);
  }
  auto formula = parse_formula(text);
  if (!formula) {
    return is_one_word(name) ? make_landscape(text, dimension) : Result<std::unique_ptr<Landscape>>(formula.error());
  }
  const std::size_t own = (*formula)->info().dimension;
  if (dimension && *dimension != own) {
    return usage_error(fmt::format("The formula {} has {} ({} of them), not {}; its dimension is that of its highest coordinate.",
                                   quoted(text), (*formula)->info().summary, own, *dimension));
  }
  return std::unique_ptr<Landscape>(std::move(*formula));
}

}  // namespace fallline
