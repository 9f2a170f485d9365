// SPDX-License-Identifier: Apache-2.0
// What a landscape is: a plain struct with its name, source and fields, its formula, box, start and minima. The formula has one of three
// shapes. Adding a landscape is a file in landscapes/ and its name in landscapes.hpp; the tests run over the list.
//
//   plane:     at(x, y), written for any T that adds and multiplies; derivatives come from Jet.
//   separable: a sum over coordinates of term(x_i, i, n) -> {value, slope, curvature}.
//   general:   value(x), value_and_gradient(x, g), hessian(x, h).
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/views.hpp"
#include "fallline/model/landscape_jet.hpp"

namespace fallline {

struct Interval {
  double low = 0;
  double high = 0;
};

/// A point where the gradient vanishes and no neighbour is lower; global: none in the box is.
struct Minimum {
  std::vector<double> at;
  double value = 0;
  bool global = true;
};

/// The dimensions that a landscape exists in, both ends included.
struct Dimensions {
  std::size_t least;
  std::size_t most;
};

inline constexpr std::size_t largest_dimension = 1'000'000;
inline constexpr Dimensions only_two{2, 2};
inline constexpr Dimensions one_or_more{1, largest_dimension};
inline constexpr Dimensions two_or_more{2, largest_dimension};

/// Value and derivatives of one coordinate's share.
struct Term {
  double value;
  double slope;
  double curvature;
};

/// smooth: two derivatives everywhere; else the file says what is taken at its kinks. bounded_below: on the whole space, not the
/// box alone.
template <class L>
concept LandscapeBase = requires(std::size_t i) {
  { L::name } -> std::convertible_to<std::string_view>;
  { L::cites } -> std::convertible_to<std::string_view>;
  { L::summary } -> std::convertible_to<std::string_view>;
  { L::dimensions } -> std::convertible_to<Dimensions>;
  { L::smooth } -> std::convertible_to<bool>;
  { L::bounded_below } -> std::convertible_to<bool>;
  { L::box(i) } -> std::same_as<Interval>;
  { L::start(i) } -> std::same_as<double>;
  { L::minima(i) } -> std::same_as<std::vector<Minimum>>;
  L::fields();
};

template <class L>
concept PlaneLandscape = LandscapeBase<L> && requires(const L landscape) {
  { landscape.at(1.0, 1.0) } -> std::same_as<double>;
  { landscape.at(Jet<1>(), Jet<1>()) } -> std::same_as<Jet<1>>;
  { landscape.at(Jet<2>(), Jet<2>()) } -> std::same_as<Jet<2>>;
};

template <class L>
concept SeparableLandscape = LandscapeBase<L> && requires(const L landscape, std::size_t i) {
  { landscape.term(1.0, i, i) } -> std::same_as<Term>;
};

template <class L>
concept GeneralLandscape = LandscapeBase<L> && requires(const L landscape, std::span<const double> x, std::span<double> g, Mat<double> h) {
  { landscape.value(x) } -> std::same_as<double>;
  { landscape.value_and_gradient(x, g) } -> std::same_as<double>;
  landscape.hessian(x, h);
};

/// The single minimum with every coordinate at `coordinate`.
inline std::vector<Minimum> minimum_at_all(std::size_t dimension, double coordinate, double value) {
  return {{std::vector<double>(dimension, coordinate), value, true}};
}

}  // namespace fallline
