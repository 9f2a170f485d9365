// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/l_bfgs.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>

#include "fallline/optim/methods/line_search.hpp"

namespace fallline {

namespace {

using Vector = std::vector<double>;

double dot(std::span<const double> x, std::span<const double> y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i] * y[i];
  }
  return sum;
}

void axpy(double a, std::span<const double> x, std::span<double> y) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    y[i] += a * x[i];
  }
}

/// A point with what the objective says there.
struct Point {
  Vector theta;
  double value = 0;
  Vector gradient;

  bool finite() const { return std::isfinite(value) && std::isfinite(dot(gradient, gradient)); }
};

/// A change of point and gradient between two iterations.
struct Pair {
  Vector s;
  Vector y;
};

/// 0 where a pair that was kept says nothing.
double share(double part, double whole) { return whole == 0 ? 0 : part / whole; }

/// -H g by the two-loop recursion.
Vector newton_direction(const std::deque<Pair>& pairs, const Vector& gradient) {
  Vector d(gradient.size());
  axpy(-1, gradient, d);
  if (pairs.empty()) {
    return d;
  }
  Vector alphas(pairs.size());
  for (std::size_t i = pairs.size(); i-- > 0;) {
    alphas[i] = share(dot(pairs[i].s, d), dot(pairs[i].s, pairs[i].y));
    axpy(-alphas[i], pairs[i].y, d);
  }
  const Pair& newest = pairs.back();
  const double squares = dot(newest.y, newest.y);
  const double scale = squares > 0 ? dot(newest.s, newest.y) / squares : 1;
  for (double& x : d) {
    x *= scale;
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double beta = share(dot(pairs[i].y, d), dot(pairs[i].s, pairs[i].y));
    axpy(alphas[i] - beta, pairs[i].s, d);
  }
  return d;
}

double sum_of_sizes(std::span<const double> x) {
  double sum = 0;
  for (const double value : x) {
    sum += std::abs(value);
  }
  return sum;
}

class LBfgsMethod final : public Method {
 public:
  LBfgsMethod(const LBfgs& options, OptimizerInfo info) : options_(options), info_(std::move(info)) {}

  void start(std::span<const double> theta) override {
    size_ = theta.size();
    here_ = {};
    pairs_.clear();
    begun_ = false;
  }

  MethodReport iterate(const Objective& objective, std::span<double> theta, double learning_rate) override {
    expects(theta.size() == size_, "a method steps the parameters it was started for");
    MethodReport report;
    if (!std::equal(theta.begin(), theta.end(), here_.theta.begin(), here_.theta.end())) {
      here_ = evaluate(objective, Vector(theta.begin(), theta.end()), report);
    }
    report.finite = here_.finite();
    if (report.finite && options_.line_search == LBfgs::Search::none) {
      step_blindly(objective, learning_rate, report);
      std::copy(here_.theta.begin(), here_.theta.end(), theta.begin());
    } else if (report.finite) {
      report.stuck = !advance(objective, learning_rate, report);
      if (report.stuck && !pairs_.empty()) {
        pairs_.clear();  // the remembered curvature may be what misleads
        report.stuck = !advance(objective, learning_rate, report);
      }
      std::copy(here_.theta.begin(), here_.theta.end(), theta.begin());
    }
    report.value = here_.value;
    report.gradient_norm = std::sqrt(dot(here_.gradient, here_.gradient));
    if (!report.finite) {
      here_ = {};
    }
    return report;
  }

  const OptimizerInfo& info() const override { return info_; }

  std::vector<StateArray> save() const override {
    Vector s;
    Vector y;
    for (const Pair& pair : pairs_) {
      s.insert(s.end(), pair.s.begin(), pair.s.end());
      y.insert(y.end(), pair.y.begin(), pair.y.end());
    }
    return {{"point", here_.theta},         {"gradient", here_.gradient}, {"value", {here_.value}}, {"s", s}, {"y", y},
            {"begun", {begun_ ? 1.0 : 0.0}}};
  }

  Result<void> restore(const std::vector<StateArray>& state) override {
    const char* const names[] = {"point", "gradient", "value", "s", "y", "begun"};
    bool fits = state.size() == std::size(names);
    for (std::size_t i = 0; fits && i < state.size(); ++i) {
      fits = state[i].name == names[i];
    }
    const auto size_of = [&](std::size_t i) { return state[i].values.size(); };
    fits = fits && size_of(5) == 1 && size_of(0) == size_of(1) && (size_of(0) == 0 || size_of(0) == size_) && size_of(2) == 1 &&
           size_of(3) == size_of(4) &&
           (size_ == 0 ? size_of(3) == 0 : size_of(3) % size_ == 0 && size_of(3) / size_ <= static_cast<std::size_t>(options_.history));
    if (!fits) {
      return data_error("The saved state is not one of l-bfgs with these options and parameters.");
    }
    here_ = {state[0].values, state[2].values[0], state[1].values};
    begun_ = state[5].values[0] != 0;
    pairs_.clear();
    for (std::size_t at = 0; at < size_of(3); at += size_) {
      const auto part = [&](const Vector& all) { return Vector(all.data() + at, all.data() + at + size_); };
      pairs_.push_back({part(state[3].values), part(state[4].values)});
    }
    return {};
  }

 private:
  static Point evaluate(const Objective& objective, Vector theta, MethodReport& report) {
    Point point{std::move(theta), 0, {}};
    point.gradient.resize(point.theta.size());
    point.value = objective(point.theta, point.gradient);
    ++report.evaluations;
    return point;
  }

  /// The learning rate is the length, wherever that leads.
  void step_blindly(const Objective& objective, double learning_rate, MethodReport& report) {
    const Vector direction = newton_direction(pairs_, here_.gradient);
    const double length = learning_rate * (begun_ ? 1 : first_scale());
    Vector theta = here_.theta;
    axpy(length, direction, theta);
    report.step_length = length;
    report.update_norm = length * std::sqrt(dot(direction, direction));
    Point next = evaluate(objective, std::move(theta), report);
    report.finite = next.finite();
    if (report.finite) {
      move_to(std::move(next));
    }
  }

  /// What the first direction, -g, is multiplied by.
  double first_scale() const {
    if (options_.first_step == LBfgs::First::l1) {
      return std::min(1.0, 1 / sum_of_sizes(here_.gradient));
    }
    const double norm = std::sqrt(dot(here_.gradient, here_.gradient));
    const double scale = norm > 0 ? 1 / norm : 1;
    return options_.first_step == LBfgs::First::l2 ? std::min(1.0, scale) : scale;
  }

  /// Moves here_ along the direction as far as the search says; false where nothing better was found.
  bool advance(const Objective& objective, double learning_rate, MethodReport& report) {
    Vector direction = newton_direction(pairs_, here_.gradient);
    LinePoint start{0, here_.value, dot(direction, here_.gradient)};
    if (!(start.slope < 0) && !pairs_.empty()) {
      pairs_.clear();
      direction = newton_direction(pairs_, here_.gradient);
      start.slope = dot(direction, here_.gradient);
    }
    const double length = std::sqrt(dot(direction, direction));
    if (!(start.slope < 0) || !std::isfinite(length) || length == 0) {
      return false;
    }

    Point last;
    Point best;
    const auto phi = [&](double a) {
      Vector theta = here_.theta;
      axpy(a, direction, theta);
      last = evaluate(objective, std::move(theta), report);
      const LinePoint seen{a, last.value, last.finite() ? dot(direction, last.gradient) : std::nan("")};
      if (last.finite() && last.value < (best.theta.empty() ? here_.value : best.value)) {
        best = last;
      }
      return seen;
    };
    const double first = learning_rate * (pairs_.empty() ? first_scale() : 1);
    const LineResult result =
        search_line({.decrease = options_.decrease, .curvature = options_.curvature, .trials = options_.trials}, start, first, phi);
    if (result.found.length == 0) {
      return false;
    }
    move_to(result.wolfe ? std::move(last) : std::move(best));
    report.step_length = result.found.length;
    report.update_norm = result.found.length * length;
    return true;
  }

  void move_to(Point next) {
    Pair pair{next.theta, next.gradient};
    axpy(-1, here_.theta, pair.s);
    axpy(-1, here_.gradient, pair.y);
    const double least = std::max(options_.pair_threshold, std::numeric_limits<double>::epsilon() * dot(pair.y, pair.y));
    if (options_.keep_all_pairs || dot(pair.s, pair.y) > least) {
      pairs_.push_back(std::move(pair));
      if (pairs_.size() > static_cast<std::size_t>(options_.history)) {
        pairs_.pop_front();
      }
    }
    here_ = std::move(next);
    begun_ = true;
  }

  LBfgs options_;
  OptimizerInfo info_;
  std::size_t size_ = 0;
  Point here_;  // empty before the first iteration
  std::deque<Pair> pairs_;
  bool begun_ = false;  // a step was taken
};

}  // namespace

std::unique_ptr<Method> LBfgs::make(OptimizerInfo info) const { return std::make_unique<LBfgsMethod>(*this, std::move(info)); }

}  // namespace fallline
