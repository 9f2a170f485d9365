// SPDX-License-Identifier: Apache-2.0
// A case of another library's tests: what is minimised from where, how, and what has to come of it.
#pragma once

#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "fallline/optim/minimize.hpp"
#include "tests/peers/dual.hpp"

namespace peers {

inline constexpr double unasked = std::numeric_limits<double>::infinity();

/// What is not asked for is left at its default.
struct Wanted {
  std::vector<double> point = {};
  double within = unasked;  // of each coordinate
  double value = 0;
  double value_within = unasked;
  double gradient = unasked;                                   // largest coordinate
  bool nearer = false;                                         // to `point` than the start
  std::function<double(std::span<const double>)> missed = {};  // a share, at most the next
  double missed_at_most = 0;
};

struct Case {
  std::string source;
  std::string function;
  fallline::Objective objective;
  std::vector<double> start;
  fallline::MinimizeOptions how;
  Wanted wanted;
  fallline::FiniteSum sum = {};  // minimised in place of `objective` where it has rows
};

std::vector<Case> ensmallen_cases();
std::vector<Case> ensmallen_logistic_cases();
std::vector<Case> optax_cases();
std::vector<Case> torch_cases();
std::vector<Case> gonum_cases();
std::vector<Case> scipy_cases();

}  // namespace peers
