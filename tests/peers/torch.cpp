// SPDX-License-Identifier: Apache-2.0
// PyTorch 0.4 to 1.0: test/test_optim.py. On Rosenbrock's function 2,000 steps from (1.5, 1.5) must not lead away from (1, 1), with whole
// gradients or with one coordinate of it at a time; on |W x + b|^2 200 steps must lower the value.
#include <cstdint>
#include <memory>

#include "fallline/base/random.hpp"
#include "tests/peers/cases.hpp"
#include "tests/peers/functions.hpp"

namespace peers {

namespace {

Case on_rosenbrock(std::string optimizer) {
  return {"torch",
          "rosenbrock",
          objective(rosenbrock),
          {1.5, 1.5},
          {.optimizer = std::move(optimizer), .steps = 2000},
          {.point = {1, 1}, .nearer = true}};
}

/// The gradient's second coordinate alone, then the first alone, in turn.
Case one_coordinate_at_a_time(std::string optimizer) {
  Case one = on_rosenbrock(std::move(optimizer));
  one.function = "rosenbrock by coordinates";
  one.how.gradient_tolerance = 0;
  one.objective = [whole = objective(rosenbrock), calls = std::make_shared<std::size_t>(0)](std::span<const double> x,
                                                                                            std::span<double> g) {
    const double value = whole(x, g);
    g[(*calls)++ % 2] = 0;
    return value;
  };
  return one;
}

/// |W x + b|^2 over W [10, 5] and b [10]; x and the start are standard normal.
Case on_squares(std::string optimizer) {
  constexpr std::size_t rows = 10;
  constexpr std::size_t columns = 5;
  const fallline::Random random(3, fallline::Purpose::test);
  std::vector<double> input;
  std::vector<double> start;
  for (std::size_t i = 0; i < rows * columns + rows; ++i) {
    start.push_back(random.normal(i));
  }
  for (std::size_t j = 0; j < columns; ++j) {
    input.push_back(random.normal(1000 + j));
  }
  const auto squares = [input](const Point& p) {
    Dual sum;
    for (std::size_t i = 0; i < rows; ++i) {
      Dual score = p[rows * columns + i];
      for (std::size_t j = 0; j < columns; ++j) {
        score += p[i * columns + j] * input[j];
      }
      sum += square(score);
    }
    return sum;
  };
  Case one{"torch", "squares", objective(squares), start, {.optimizer = std::move(optimizer), .steps = 200}, {}};
  std::vector<double> gradient(start.size());
  const double before = one.objective(start, gradient);
  one.wanted = {.value_within = before * (1 - 1e-12)};  // from 0
  return one;
}

}  // namespace

std::vector<Case> torch_cases() {
  std::vector<Case> cases;
  for (const char* setting : {
           "sgd:learning_rate=1e-3",
           "momentum:learning_rate=1e-3,momentum=0.9,weight_decay=1e-4,decay=l2,first=grad",
           "adam:learning_rate=1e-2",
           "adam:learning_rate=1e-2,weight_decay=1e-2,decay=l2",
           "adadelta:preset=torch",
           "adadelta:preset=torch,rho=0.95",
           "adadelta:preset=torch,weight_decay=1e-2,decay=l2",
           "adagrad:preset=torch,learning_rate=0.1",
           "adagrad:preset=torch,learning_rate=0.1,lr_decay=1e-3",
           "adagrad:preset=torch,learning_rate=0.1,weight_decay=1e-2,decay=l2",
           "adamax:preset=torch,learning_rate=0.1",
           "adamax:preset=torch,learning_rate=0.1,weight_decay=1e-2,decay=l2",
           "adamax:preset=torch,learning_rate=0.1,beta1=0.95,beta2=0.998",
           "rmsprop:preset=torch,learning_rate=1e-2",
           "rmsprop:preset=torch,learning_rate=1e-2,weight_decay=1e-2,decay=l2",
           "rmsprop:preset=torch,learning_rate=1e-2,rho=0.95",
           "asgd:learning_rate=1e-3",
           "asgd:learning_rate=1e-3,alpha=0.8",
           "asgd:learning_rate=1e-3,t0=1000",
           "rprop:learning_rate=1e-3",
           "rprop:learning_rate=1e-3,eta_minus=0.6,eta_plus=1.1",
           "rprop:learning_rate=1e-3,step_min=1e-4,step_max=3",
           "l-bfgs",
           "l-bfgs:line_search=none,first_step=l1,pair_threshold=1e-10,history=100",
           "l-bfgs:line_search=none,first_step=l1,pair_threshold=1e-10,history=100,learning_rate=5e-2",
       }) {
    cases.push_back(on_rosenbrock(setting));
  }
  for (const char* setting : {"sgd:learning_rate=5e-3", "adagrad:preset=torch,learning_rate=0.1"}) {
    cases.push_back(one_coordinate_at_a_time(setting));
  }
  for (const char* setting : {"sgd:learning_rate=1e-3", "adam:learning_rate=1e-3", "amsgrad:learning_rate=1e-3", "adadelta:preset=torch",
                              "adagrad:preset=torch,learning_rate=0.1", "adagrad:preset=torch,learning_rate=0.1,init_acc=0.1",
                              "adamax:preset=torch,learning_rate=0.1", "rmsprop:preset=torch,learning_rate=1e-2",
                              "asgd:learning_rate=1e-3,t0=100", "rprop:learning_rate=1e-3", "l-bfgs"}) {
    cases.push_back(on_squares(setting));
  }
  return cases;
}

}  // namespace peers
