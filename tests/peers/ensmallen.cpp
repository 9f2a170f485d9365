// SPDX-License-Identifier: Apache-2.0
// ensmallen 3.11: tests/adam_test.cpp, yogi_test.cpp, gradient_descent_test.cpp, lbfgs_test.cpp, at the tolerances of its double matrices
// (tests/test_types.cpp). Its Adam divides by the raw root (epsilon_hat), its iterations count single functions, and its rate is
// divided by the number of functions in a batch (two for the sphere and styblinski_tang).
#include "tests/peers/cases.hpp"
#include "tests/peers/functions.hpp"

namespace peers {

namespace {

constexpr double objective_within = 1e-8;
constexpr double coordinate_within = 1e-4;
constexpr double large_objective = 1e-3;
constexpr double large_coordinate = 1e-2;

/// At most `steps` from `start` to the minimum `value` at `point`; tolerances are multiples of the large ones.
Case to(std::string name, Dual (*f)(const Point&), std::vector<double> start, std::string optimizer, double rate, std::int64_t steps,
        std::vector<double> point, double value, double objectives = 1, double coordinates = 1) {
  return {
      "ensmallen",
      std::move(name),
      objective(f),
      std::move(start),
      {.optimizer = std::move(optimizer), .learning_rate = rate, .steps = steps},
      {.point = std::move(point), .within = coordinates * large_coordinate, .value = value, .value_within = objectives * large_objective}};
}

std::vector<double> alternating(std::size_t n, double even, double odd) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = i % 2 == 0 ? even : odd;
  }
  return x;
}

Case l_bfgs(std::string name, Dual (*f)(const Point&), std::vector<double> start, const char* optimizer, double objective_margin,
            double coordinate_margin) {
  const std::size_t n = start.size();
  return {"ensmallen",
          std::move(name),
          objective(f),
          std::move(start),
          {.optimizer = optimizer, .steps = 10000},
          {.point = std::vector<double>(n, 1), .within = coordinate_margin, .value = 0, .value_within = objective_margin}};
}

}  // namespace

std::vector<Case> ensmallen_cases() {
  const std::string adam = "adam:beta1=0.7,beta2=0.999,epsilon_hat=true,epsilon=1e-8";
  const std::vector<double> lowest(2, -2.903534);
  std::vector<Case> cases{
      to("sphere", sphere, {-5, 5}, adam, 0.5, 25000, {0, 0}, 0, 10, 10),
      to("styblinski_tang", styblinski_tang, {-5, -5}, adam, 0.5, 25000, lowest, -78.33198, 30, 10),
      to("mc_cormick", mc_cormick, {-2, 4}, adam, 0.4, 50000, {-0.54719, -1.54719}, -1.9133, 10, 10),
      to("matyas", matyas, {-3, 3}, adam, 0.5, 50000, {0, 0}, 0),
      to("easom", easom, {2.9, 2.9}, adam, 0.2, 50000, {3.14, 3.14}, -1, 3),
      to("booth", booth, {-9, -9}, adam, 0.75, 50000, {1, 3}, 0),
      to("ackley", ackley, {0.02, 0.02}, adam, 0.004, 500000, {0, 0}, 0, 10, 10),
      to("beale", beale, {2.8, 0.35}, adam, 0.01, 50000, {3, 0.5}, 0, 3, 3),
      to("goldstein_price", goldstein_price, {0.2, -0.5}, adam, 0.2, 50000, {0, -1}, 3),
      to("levy_13", levy_13, {0.9, 1.1}, adam, 0.005, 50000, {1, 1}, 0),
      to("himmelblau", himmelblau, {2.9, 1.9}, adam, 0.005, 50000, {3, 2}, 0, 1000, 5),
      to("three_hump_camel", three_hump_camel, {1, 1}, adam, 0.005, 50000, {0, 0}, 0),
      to("sphere", sphere, {-5, 5}, "amsgrad:epsilon_hat=true", 0.01, 50000, {0, 0}, 0, 10, 10),
      to("sphere", sphere, {-5, 5}, "yogi:beta1=0.7,preset=ensmallen", 0.5, 250000, {0, 0}, 0, 10, 10),
      to("mc_cormick", mc_cormick, {-2, 4}, "yogi:beta1=0.7,preset=ensmallen", 0.5, 500000, {-0.54719, -1.54719}, -1.9133),
      to("sphere", sphere, {1, 3, 2}, "sgd", 0.01, 5000000, {0, 0, 0}, 0),
      to("rosenbrock", rosenbrock, {-1.2, 1}, "sgd", 0.002, 5000000, {1, 1}, 0, 10, 10),
      l_bfgs("rosenbrock", rosenbrock, {-1.2, 1}, "l-bfgs", large_objective, large_coordinate),
      l_bfgs("colville", colville, {-5, 3, 1, -9}, "l-bfgs", large_objective, large_coordinate),
      l_bfgs("wood", wood, {-3, -1, -3, -1}, "l-bfgs", 1e-8, 1e-9),
      l_bfgs("rosenbrock_wood", rosenbrock_wood, {1, -1.2, 1, -1.2, -3, -1, -3, -1}, "l-bfgs", 1e-8, 1e-9),
  };
  for (std::size_t n = 4; n < 1024; n *= 2) {
    cases.push_back(l_bfgs("rosenbrock", rosenbrock, alternating(n, 1, -1.2), "l-bfgs:history=20", objective_within, coordinate_within));
  }
  return cases;
}

}  // namespace peers
