// SPDX-License-Identifier: Apache-2.0
// What belongs to a state is listed once, in a member `state(archive)` that calls archive(name, member) for each part; a StateWriter then
// fills a checkpoint from the members, a StateReader the members from a checkpoint.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fallline/base/text.hpp"
#include "fallline/train/checkpoint.hpp"

namespace fallline {

template <class N>
concept PlainNumber = std::is_arithmetic_v<N> || std::is_enum_v<N>;

/// What keeps its own state: Optimizer, Method, SumMethod.
template <class K>
concept KeepsState = requires(K& keeper, const std::vector<StateArray>& state) {
  { keeper.save() } -> std::same_as<std::vector<StateArray>>;
  { keeper.restore(state) } -> std::same_as<Result<void>>;
};

class StateWriter {
 public:
  static constexpr bool reads = false;
  explicit StateWriter(Checkpoint& to) : to_(to) {}

  void operator()(const std::string& name, const std::string& text) { to_.facts.emplace_back(name, text); }
  void operator()(const std::string& name, const std::vector<std::string>& lines) { to_.facts.emplace_back(name, join(lines, "\n")); }
  template <PlainNumber N>
  void operator()(const std::string& name, const N& number) {
    to_.arrays.push_back({name, {static_cast<double>(number)}});
  }
  template <class N>
    requires PlainNumber<std::remove_const_t<N>>
  void operator()(const std::string& name, std::span<N> numbers) {
    to_.arrays.push_back({name, std::vector<double>(numbers.begin(), numbers.end())});
  }
  template <PlainNumber N>
  void operator()(const std::string& name, const std::vector<N>& numbers) {
    (*this)(name, std::span(numbers));
  }
  template <KeepsState K>
  void operator()(const std::string& name, const K& keeper) {
    for (StateArray& array : keeper.save()) {
      to_.arrays.push_back({name + "." + array.name, std::move(array.values)});
    }
  }

 private:
  Checkpoint& to_;
};

class StateReader {
 public:
  static constexpr bool reads = true;
  explicit StateReader(const Checkpoint& from) : from_(from) {}

  void operator()(const std::string& name, std::string& text) {
    if (const std::string* found = from_.fact(name)) {
      text = *found;
    } else {
      miss(name);
    }
  }
  void operator()(const std::string& name, std::vector<std::string>& lines) {
    std::string text;
    (*this)(name, text);
    lines.clear();
    for (const std::string_view line : split(text, '\n')) {
      lines.emplace_back(line);
    }
  }
  template <PlainNumber N>
  void operator()(const std::string& name, N& number) {
    (*this)(name, std::span(&number, 1));
  }
  /// As many as there are.
  template <PlainNumber N>
  void operator()(const std::string& name, std::span<N> numbers) {
    const std::vector<double>* found = from_.array(name);
    if (found == nullptr || found->size() != numbers.size() || !std::all_of(found->begin(), found->end(), fits<N>)) {
      miss(name);
      return;
    }
    std::transform(found->begin(), found->end(), numbers.begin(), [](double x) { return static_cast<N>(x); });
  }
  /// As many as were kept.
  template <PlainNumber N>
  void operator()(const std::string& name, std::vector<N>& numbers) {
    const std::vector<double>* found = from_.array(name);
    numbers.resize(found == nullptr ? 0 : found->size());
    (*this)(name, std::span(numbers));
  }
  template <KeepsState K>
  void operator()(const std::string& name, K& keeper) {
    std::vector<StateArray> state;
    for (const StateArray& mine : keeper.save()) {
      const std::vector<double>* found = from_.array(name + "." + mine.name);
      state.push_back({mine.name, found == nullptr ? std::vector<double>() : *found});
    }
    if (auto restored = keeper.restore(state); !restored && well_) {
      well_ = std::move(restored);
    }
  }

  /// Whether all was there.
  const Result<void>& well() const { return well_; }

 private:
  /// What is counted is whole, and not below 0.
  template <PlainNumber N>
  static bool fits(double x) {
    return std::is_floating_point_v<N> || (x >= 0 && x <= 0x1p53 && x == std::floor(x));
  }

  void miss(const std::string& name) {
    if (well_) {
      well_ = data_error(
          fmt::format("The checkpoint has no {} that fits this run. It was written by another run or changed.", fallline::quoted(name)));
    }
  }

  const Checkpoint& from_;
  Result<void> well_;
};

}  // namespace fallline
