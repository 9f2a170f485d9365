// SPDX-License-Identifier: Apache-2.0
// SciPy: scipy/optimize/tests/test_optimize.py, the entropy model fitted by L-BFGS, to the value at its
// solution (0, -0.524869316, 0.487525860), and Rosenbrock's function from its customary start.
#include "tests/peers/cases.hpp"
#include "tests/peers/functions.hpp"

namespace peers {

std::vector<Case> scipy_cases() {
  std::vector<Case> cases;
  for (const char* optimizer : {"l-bfgs", "barzilai_borwein"}) {
    cases.push_back({"scipy", "entropy", objective(entropy), {0, 0, 0}, {.optimizer = optimizer, .steps = 1000}, {}});
    cases.back().wanted = {.value = 1.5591321672745466, .value_within = 1e-6};
    cases.push_back({"scipy", "rosenbrock", objective(rosenbrock), {-1.2, 1}, {.optimizer = optimizer, .steps = 10000}, {}});
    cases.back().wanted = {.point = {1, 1}, .within = 1e-6};
  }
  return cases;
}

}  // namespace peers
