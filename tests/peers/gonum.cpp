// SPDX-License-Identifier: Apache-2.0
// gonum: optimize/unconstrained_test.go, the cases of its L-BFGS: More, Garbow & Hillstrom's functions from far and near, each to a largest
// coordinate of the gradient (1e-12 unless told).
#include "tests/peers/cases.hpp"
#include "tests/peers/functions.hpp"

namespace peers {

namespace {

Case of(const char* name, Dual (*f)(const Point&), std::vector<double> start, double gradient = 1e-12) {
  return {"gonum",
          name,
          objective(f),
          std::move(start),
          {.optimizer = "l-bfgs", .steps = 100000, .gradient_tolerance = gradient},
          {.gradient = gradient}};
}

std::vector<double> ramp(std::size_t n) {
  std::vector<double> x;
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(static_cast<double>(n - i - 1) / static_cast<double>(n));
  }
  return x;
}

std::vector<double> all(std::size_t n, double value) { return std::vector<double>(n, value); }

}  // namespace

std::vector<Case> gonum_cases() {
  const std::vector<double> near_watson{-1.53070e-05, 0.99978, 0.01476, 0.14634, 1.00082, -2.61773, 4.10440, -3.14361, 1.05262};
  const std::vector<double> near_penalty{0.19998, 0.01035, 0.01960, 0.03208, 0.04993, 0.07651, 0.11862, 0.19214, 0.34732, 0.36916};
  const std::vector<double> near_trigonometric{0.042964, 0.043976, 0.045093, 0.046338, 0.047744,
                                               0.049354, 0.051237, 0.195209, 0.164977, 0.060148};
  return {
      of("beale", beale, {1, 1}),
      of("beale", beale, {3.00001, 0.50001}),
      of("biggs_2", biggs_2_to_4, {1, 2}),
      of("biggs_2", biggs_2_to_4, {1.00001, 10.00001}),
      of("biggs_3", biggs_2_to_4, {1, 2, 1}),
      of("biggs_3", biggs_2_to_4, {1.00001, 10.00001, 3.00001}),
      of("biggs_4", biggs_2_to_4, {1, 2, 1, 1}),
      of("biggs_4", biggs_2_to_4, {1.00001, 10.00001, 1.00001, 5.00001}),
      of("biggs_5", biggs_5, {1, 2, 1, 1, 1}, 1e-10),
      of("biggs_5", biggs_5, {1.00001, 10.00001, 1.00001, 5.00001, 4.00001}),
      of("biggs_6", biggs_6, {1, 2, 1, 1, 1, 1}, 1e-8),
      of("biggs_6", biggs_6, {1.00001, 10.00001, 1.00001, 5.00001, 4.00001, 3.00001}, 1e-8),
      of("box_3d", box_3d, {0, 10, 20}),
      of("box_3d", box_3d, {1.00001, 10.00001, 1.00001}),
      of("box_3d", box_3d, {100.00001, 100.00001, 0.00001}),
      of("brown_badly_scaled", brown_badly_scaled, {1, 1}, 1e-9),
      of("brown_badly_scaled", brown_badly_scaled, {1.000001e6, 2.01e-6}),
      of("powell_singular", powell_singular, {3, -1, 0, 3}),
      of("powell_singular", powell_singular, all(4, 0.00001)),
      of("powell_singular", powell_singular, {3, -1, 0, 3, 3, -1, 0, 3}),
      of("powell_singular", powell_singular, all(8, 0.00001)),
      of("rosenbrock", rosenbrock, {-1.2, 1}, 1e-10),
      of("rosenbrock", rosenbrock, {1.00001, 1.00001}, 1e-10),
      of("rosenbrock", rosenbrock, {-1.2, 1, -1.2}, 1e-10),
      of("rosenbrock", rosenbrock, {-120, 100, 50}),
      of("rosenbrock", rosenbrock, {1, 1, 1}),
      of("rosenbrock", rosenbrock, {1.00001, 1.00001, 1.00001}, 1e-8),
      of("rosenbrock", rosenbrock, {-1.2, 1, -1.2, 1}),
      of("rosenbrock", rosenbrock, all(4, 1.00001)),
      of("rosenbrock", rosenbrock, {1e7, 1e6}, 1e-10),
      of("gaussian", gaussian, {0.4, 1, 0}, 1e-9),
      of("gaussian", gaussian, {0.3989561, 1.0000191, 0}, 1e-9),
      of("gaussian", gaussian, {0.4, 1, 0}, 1e-11),
      of("gaussian", gaussian, {0.398, 1, 0}, 1e-10),
      of("gulf", gulf, {5, 2.5, 0.15}),
      of("gulf", gulf, {50.00001, 25.00001, 1.50001}),
      of("gulf", gulf, {99.89529, 60.61453, 9.16124}),
      of("gulf", gulf, {201.66258, 60.61633, 10.22489}),
      of("helical_valley", helical_valley, {-1, 0, 0}),
      of("helical_valley", helical_valley, {1.00001, 0.00001, 0.00001}),
      of("penalty_1", penalty_1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
      of("penalty_1", penalty_1, all(4, 0.250007), 1e-9),
      of("penalty_1", penalty_1, all(10, 0.1581)),
      of("penalty_2", penalty_2, all(4, 0.5), 1e-10),
      of("penalty_2", penalty_2, {0.19999, 0.19131, 0.4801, 0.51884}, 1e-10),
      of("penalty_2", penalty_2, all(10, 0.5), 1e-9),
      of("penalty_2", penalty_2, near_penalty, 1e-9),
      of("powell_badly_scaled", powell_badly_scaled, {0, 1}, 1e-10),
      of("powell_badly_scaled", powell_badly_scaled, {1.09815e-05, 9.10614}, 1e-10),
      of("trigonometric", trigonometric, all(10, 0.1), 1e-7),
      of("trigonometric", trigonometric, near_trigonometric, 1e-8),
      of("variably_dimensioned", variably_dimensioned, ramp(2)),
      of("variably_dimensioned", variably_dimensioned, all(2, 1.00001)),
      of("variably_dimensioned", variably_dimensioned, ramp(10)),
      of("variably_dimensioned", variably_dimensioned, all(10, 1.00001)),
      of("variably_dimensioned", variably_dimensioned, ramp(100), 1e-10),
      of("watson", watson, all(6, 0), 1e-7),
      of("watson", watson, {-0.01572, 1.01243, -0.23299, 1.26043, -1.51372, 0.99299}, 1e-7),
      of("watson", watson, all(9, 0), 1e-8),
      of("watson", watson, near_watson, 1e-8),
      of("brown_dennis", brown_dennis, {25, 5, -5, -1}, 1e-3),
      of("wood", wood, {-3, -1, -3, -1}),
  };
}

}  // namespace peers
