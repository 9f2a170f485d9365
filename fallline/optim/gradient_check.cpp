// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "fallline/base/random.hpp"

namespace fallline {

namespace {

constexpr double rounding = 16 * std::numeric_limits<double>::epsilon();  // share of a value that its own rounding may take

class Prober {
 public:
  Prober(const Objective& objective, std::span<const double> x) : objective_(objective), x_(x), point_(x.size()), ignored_(x.size()) {}

  /// The slope at x along `direction` by differences of length h, beside `claimed`.
  SlopePair along(std::span<const double> direction, double h, double claimed) {
    const double right = value(direction, h);
    const double left = value(direction, -h);
    const double far_right = value(direction, 2 * h);
    const double far_left = value(direction, -2 * h);
    SlopePair pair{claimed, (8 * (right - left) - (far_right - far_left)) / (12 * h), 0};
    const double largest = std::max({std::abs(right), std::abs(left), std::abs(far_right), std::abs(far_left)});
    const double gap = std::abs(pair.claimed - pair.measured);
    const double size = std::max(std::abs(pair.claimed), std::abs(pair.measured));
    if (!std::isfinite(gap)) {
      pair.error = std::numeric_limits<double>::infinity();
    } else if (size > 0) {
      pair.error = std::max(0.0, gap - rounding * largest / h) / size;
    }
    return pair;
  }

 private:
  double value(std::span<const double> direction, double length) {
    for (std::size_t i = 0; i < x_.size(); ++i) {
      point_[i] = x_[i] + length * direction[i];
    }
    return objective_(point_, ignored_);
  }

  const Objective& objective_;
  std::span<const double> x_;
  std::vector<double> point_;
  std::vector<double> ignored_;
};

double dot(std::span<const double> x, std::span<const double> y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i] * y[i];
  }
  return sum;
}

/// Uniform on the unit sphere.
std::vector<double> random_direction(std::size_t size, std::uint64_t seed, std::size_t number) {
  const Random random(seed, Purpose::probe, static_cast<std::uint32_t>(number));
  std::vector<double> direction(size);
  for (std::size_t i = 0; i < size; ++i) {
    direction[i] = random.normal(i);
  }
  const double length = std::sqrt(dot(direction, direction));
  for (double& d : direction) {
    d /= length;
  }
  return direction;
}

}  // namespace

GradientCheck check_gradient(const Objective& objective, std::span<const double> x, const GradientCheckOptions& options) {
  std::vector<double> gradient(x.size());
  objective(x, gradient);
  Prober prober(objective, x);
  GradientCheck check;
  const double size = x.empty() ? 1 : std::max(1.0, std::sqrt(dot(x, x) / static_cast<double>(x.size())));
  for (std::size_t k = 0; k < options.directions && !x.empty(); ++k) {
    const std::vector<double> direction = random_direction(x.size(), options.seed, k);
    const SlopePair pair = prober.along(direction, options.step * size, dot(direction, gradient));
    check.worst_direction = k == 0 || pair.error > check.worst_direction.error ? pair : check.worst_direction;
  }
  std::vector<double> axis(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    axis[i] = 1;
    const SlopePair pair = prober.along(axis, options.step * std::max(1.0, std::abs(x[i])), gradient[i]);
    axis[i] = 0;
    if (i == 0 || pair.error > check.worst_coordinate.error) {
      check.worst_coordinate = pair;
      check.worst_index = i;
    }
  }
  check.passed = check.worst_direction.error <= options.tolerance && check.worst_coordinate.error <= options.tolerance;
  return check;
}

}  // namespace fallline
