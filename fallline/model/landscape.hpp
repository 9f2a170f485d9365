// SPDX-License-Identifier: Apache-2.0
// Landscape: a function to walk down, chosen by name at run time ("rosenbrock", "rosenbrock:b=50"). A typed formula (formula.hpp) is one
// too.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/views.hpp"
#include "fallline/model/landscape_concept.hpp"

namespace fallline {

struct LandscapeInfo {
  std::string name;
  std::string cites;  // empty where no one is known to have been first
  std::string summary;
  std::size_t dimension = 0;
  Dimensions dimensions = only_two;  // that it could have
  bool smooth = true;
  bool bounded_below = true;    // a formula: not known, left true
  std::vector<Interval> box;    // [dimension]
  std::vector<double> start;    // [dimension], recommended
  std::vector<Minimum> minima;  // those that are known
  std::vector<FieldValue> fields;
};

/// Evaluations allocate nothing. They may use memory of the object: one object serves one thread at a time, and clone() makes another.
class Landscape {
 public:
  virtual ~Landscape() = default;
  virtual const LandscapeInfo& info() const = 0;

  /// "rosenbrock:b=50" with every field that differs from its default; the text of a formula.
  virtual std::string spec() const = 0;

  virtual std::unique_ptr<Landscape> clone() const = 0;

  /// x, gradient: [dimension]
  virtual double value(std::span<const double> x) = 0;
  virtual double value_and_gradient(std::span<const double> x, std::span<double> gradient) = 0;
  /// hessian: [dimension, dimension], filled on both sides of the diagonal.
  virtual void hessian(std::span<const double> x, Mat<double> hessian) = 0;
};

/// Without a dimension: 2. A usage error offers the nearest known name, or says which dimensions there are.
Result<std::unique_ptr<Landscape>> make_landscape(std::string_view spec, std::optional<std::size_t> dimension = std::nullopt);

/// Each at its default dimension.
std::vector<LandscapeInfo> list_landscapes();

}  // namespace fallline
