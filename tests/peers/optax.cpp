// SPDX-License-Identifier: Apache-2.0
// optax 0.2: optax/_src/alias_test.py. Each optimizer takes 10,000 steps on a parabola and on Rosenbrock's function; L-BFGS is held to the
// known minima.
#include "tests/peers/cases.hpp"
#include "tests/peers/functions.hpp"

namespace peers {

namespace {

struct Setting {
  const char* optimizer;
  double rate;
};

Dual parabola(const Point& x) { return square(x[0] - 1) + square(x[1] + 1) + square(x[2] - 1); }

/// numpy's allclose with both tolerances at 3e-2, at a coordinate of size one.
constexpr double close = 6e-2;

Case of(const char* name, Dual (*f)(const Point&), std::vector<double> start, const Setting& setting, std::vector<double> point) {
  return {"optax",
          name,
          objective(f),
          std::move(start),
          {.optimizer = setting.optimizer, .learning_rate = setting.rate, .steps = 10000},
          {.point = std::move(point), .within = close}};
}

Case l_bfgs(const char* name, Dual (*f)(const Point&), std::vector<double> start, double value, std::vector<double> point) {
  const double within = point.empty() ? unasked : 1e-5;
  return {"optax",
          name,
          objective(f),
          std::move(start),
          {.optimizer = "l-bfgs", .steps = 500, .gradient_tolerance = 1e-5},
          {.point = std::move(point), .within = within, .value = value, .value_within = 1e-5}};
}

Dual steep(const Point& x) { return (square(1e4 * x[0]) + square(1e4 * x[1])) / 2; }

}  // namespace

std::vector<Case> optax_cases() {
  const std::vector<Setting> settings{{"momentum:preset=optax,momentum=0.9", 1e-3},
                                      {"adadelta:preset=optax", 0.1},
                                      {"adafactor:preset=optax", 5e-3},
                                      {"adagrad:preset=optax", 1},
                                      {"adam:preset=optax", 0.1},
                                      {"adamw:preset=optax", 0.1},
                                      {"adamax:preset=optax", 0.1},
                                      {"adamax:preset=optax,weight_decay=1e-4", 0.1},
                                      {"adan:preset=optax", 0.1},
                                      {"amsgrad:preset=optax", 0.1},
                                      {"lars", 1},
                                      {"lamb:preset=optax", 1e-3},
                                      {"lion:preset=optax,weight_decay=1e-4", 1e-2},
                                      {"adam:preset=optax,nesterov=true", 1e-2},
                                      {"adamw:preset=optax,nesterov=true", 1e-2},
                                      {"novograd:preset=optax", 1e-3},
                                      {"rmsprop:preset=optax", 5e-3},
                                      {"rmsprop:preset=optax,momentum=0.9", 5e-3},
                                      {"adabelief:preset=optax", 1e-2},
                                      {"radam:preset=optax", 5e-3},
                                      {"rprop", 0.1},
                                      {"yogi:preset=optax", 0.1}};
  std::vector<Case> cases{of("parabola", parabola, {-1, 10, 1}, {"signsgd", 0.1}, {1, -1, 1})};
  for (const Setting& setting : settings) {
    cases.push_back(of("parabola", parabola, {-1, 10, 1}, setting, {1, -1, 1}));
    cases.push_back(of("rosenbrock", rosenbrock, {0, 0}, setting, {1, 1}));
  }
  cases.push_back(l_bfgs("rosenbrock", rosenbrock, {0, 0}, 0, {1, 1}));
  cases.push_back(l_bfgs("himmelblau", himmelblau, {1, 1}, 0, {3, 2}));
  cases.push_back(l_bfgs("matyas", matyas, {6, 6}, 0, {0, 0}));
  cases.push_back(l_bfgs("zakharov", zakharov, {600, 700, 200, 100, 90, 1000}, 0, std::vector<double>(6, 0)));
  cases.push_back(l_bfgs("himmelblau", himmelblau, {92, 0.001}, 0, {}));
  cases.push_back(l_bfgs("steep", steep, {1, 1}, 0, {0, 0}));
  return cases;
}

}  // namespace peers
