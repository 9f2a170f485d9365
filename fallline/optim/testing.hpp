// SPDX-License-Identifier: Apache-2.0
// For tests of this room: made optimisers, and a few steps on small problems.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/optim/optimizer.hpp"

namespace fallline::testing {

template <class T = double>
std::unique_ptr<Optimizer<T>> make(std::string_view spec, const ChainOptions& chain = {}) {
  auto made = make_optimizer<T>(spec, chain);
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
  return made ? std::move(*made) : nullptr;
}

template <class T = double>
Parameters<T> vector(const std::vector<T>& values, bool penalised = true) {
  Parameters<T> p({{"w", {values.size()}, penalised}});
  std::copy(values.begin(), values.end(), p.values().begin());
  return p;
}

template <class T>
std::vector<T> values(const Parameters<T>& p) {
  return {p.values().begin(), p.values().end()};
}

/// theta after stepping on the gradients given, one after the other, at the same rate.
inline std::vector<double> walk(std::string_view spec, const std::vector<double>& start, const std::vector<std::vector<double>>& gradients,
                                double rate) {
  const auto optimizer = make(spec);
  Parameters<double> theta = vector(start);
  optimizer->start(theta);
  for (const std::vector<double>& g : gradients) {
    Parameters<double> gradient = vector(g);
    optimizer->step(theta, gradient, rate);
  }
  return values(theta);
}

}  // namespace fallline::testing
