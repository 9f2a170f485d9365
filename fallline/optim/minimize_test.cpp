// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/minimize.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/methods.hpp"
#include "fallline/optim/rules.hpp"
#include "fallline/optim/testing/rosenbrock.hpp"

namespace fallline {
namespace {

using testing::rosenbrock;

double parabola(std::span<const double> x, std::span<double> g) {
  double value = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    g[i] = 2 * x[i];
    value += x[i] * x[i];
  }
  return value;
}

MinimizeResult found(const Result<MinimizeResult>& result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return result ? *result : MinimizeResult{};
}

std::string refusal(const Result<MinimizeResult>& result) {
  EXPECT_FALSE(result.has_value());
  EXPECT_EQ(result ? ErrorCode::internal : result.error().code, ErrorCode::usage);
  return result ? "" : result.error().message;
}

TEST(Minimize, LBfgsReachesTheMinimumOfRosenbrock) {
  const MinimizeResult result = found(minimize(rosenbrock, {-1.2, 1}));
  EXPECT_EQ(result.outcome, Outcome::converged) << result.why;
  EXPECT_NEAR(result.x[0], 1, 1e-8);
  EXPECT_NEAR(result.x[1], 1, 1e-8);
  EXPECT_LT(result.evaluations, 60);
}

TEST(Minimize, ARuleIsGivenAsAValueOrAsText) {
  const MinimizeOptions value{.optimizer = Adam{.beta1 = 0.8}, .learning_rate = 0.1, .steps = 50};
  const MinimizeOptions text{.optimizer = "adam:beta1=0.8", .learning_rate = 0.1, .steps = 50};
  EXPECT_EQ(found(minimize(rosenbrock, {-1.2, 1}, value)).x, found(minimize(rosenbrock, {-1.2, 1}, text)).x);
}

TEST(Minimize, AMethodIsGivenAsAValueToo) {
  EXPECT_EQ(found(minimize(rosenbrock, {-1.2, 1}, {.optimizer = LBfgs{.history = 4}})).outcome, Outcome::converged);
}

TEST(Minimize, ThePathOfSgdOnAParabolaIsItsClosedForm) {
  const MinimizeResult result = found(minimize(parabola, {3}, {.optimizer = "sgd", .learning_rate = 0.1, .steps = 20, .keep_path = true}));
  ASSERT_EQ(result.path.size(), 21U);
  for (std::size_t k = 0; k < result.path.size(); ++k) {
    const double x = 3 * std::pow(0.8, static_cast<double>(k));
    EXPECT_NEAR(result.path[k][0], x, 1e-14);
    EXPECT_NEAR(result.path_values[k], x * x, 1e-13);
    EXPECT_NEAR(result.path_gradient_norms[k], 2 * x, 1e-13);
  }
  EXPECT_EQ(result.evaluations, 21);
  EXPECT_EQ(result.outcome, Outcome::budget) << result.why;
}

TEST(Minimize, TheScheduleSetsTheRateOfEachStep) {
  std::vector<double> rates;
  MinimizeOptions options{.optimizer = "sgd", .learning_rate = 0.4, .schedule = "step:every=2,gamma=0.5", .steps = 4};
  options.observer = [&](const MinimizeStep& step) { rates.push_back(step.learning_rate); };
  found(minimize(parabola, {3}, options));
  EXPECT_EQ(rates, (std::vector<double>{0, 0.4, 0.4, 0.2, 0.2}));
}

TEST(Minimize, TheObserverSeesEveryPointOfThePath) {
  for (const char* optimizer : {"sgd", "l-bfgs", "lookahead_nesterov"}) {
    std::vector<std::vector<double>> seen;
    MinimizeOptions options{.optimizer = optimizer, .learning_rate = 0.001, .steps = 12, .keep_path = true};
    options.observer = [&](const MinimizeStep& step) {
      EXPECT_EQ(step.step, static_cast<std::int64_t>(seen.size()));
      seen.emplace_back(step.x.begin(), step.x.end());
    };
    const MinimizeResult result = found(minimize(rosenbrock, {-1.2, 1}, options));
    EXPECT_EQ(seen, result.path) << optimizer;
    EXPECT_EQ(seen.size(), 13U) << optimizer;
  }
}

TEST(Minimize, NoiseIsTheSameForTheSameSeed) {
  const auto run = [](std::uint64_t seed) {
    return found(minimize(parabola, {3, 1}, {.optimizer = "sgd", .learning_rate = 0.1, .steps = 30, .noise = 0.5, .seed = seed}));
  };
  EXPECT_EQ(run(7).x, run(7).x);
  EXPECT_NE(run(7).x, run(8).x);
  EXPECT_EQ(run(7).outcome, Outcome::budget);
}

TEST(Minimize, NoiseLeavesTheReportedGradientAlone) {
  const MinimizeResult result =
      found(minimize(parabola, {3}, {.optimizer = "sgd", .learning_rate = 0.1, .steps = 5, .noise = 1, .keep_path = true}));
  for (std::size_t k = 0; k < result.path.size(); ++k) {
    EXPECT_EQ(result.path_gradient_norms[k], std::abs(2 * result.path[k][0]));
  }
}

TEST(Minimize, AStartAtTheMinimumHasConverged) {
  const MinimizeResult result = found(minimize(parabola, {0, 0}, {.optimizer = "adam"}));
  EXPECT_EQ(result.outcome, Outcome::converged);
  EXPECT_EQ(result.steps, 0);
  EXPECT_EQ(result.evaluations, 1);
}

TEST(Minimize, ARateTooLargeDivergesAndKeepsTheLowestPoint) {
  const MinimizeResult result = found(minimize(parabola, {3}, {.optimizer = "sgd", .learning_rate = 1.5, .steps = 5000}));
  EXPECT_EQ(result.outcome, Outcome::diverged);
  EXPECT_EQ(result.x, std::vector<double>{3});
  EXPECT_NE(result.why.find("step"), std::string::npos);
  const MinimizeResult early = found(minimize(parabola, {3}, {.optimizer = "sgd", .learning_rate = 1.5, .steps = 20}));
  EXPECT_EQ(early.outcome, Outcome::diverged) << early.why;
}

TEST(Minimize, BeyondFarIsDivergence) {
  const auto slope = [](std::span<const double> x, std::span<double> g) {
    g[0] = -1;
    return -x[0];
  };
  const MinimizeResult result = found(minimize(slope, {0}, {.optimizer = "sgd", .learning_rate = 1, .far = 10}));
  EXPECT_EQ(result.outcome, Outcome::diverged);
  EXPECT_EQ(result.steps, 11);
}

TEST(Minimize, AStartWithoutAValueDivergesAtOnce) {
  const auto root = [](std::span<const double> x, std::span<double> g) {
    g[0] = 0.5 / std::sqrt(x[0]);
    return std::sqrt(x[0]);
  };
  for (const char* optimizer : {"adam", "l-bfgs"}) {
    const MinimizeResult result = found(minimize(root, {-1}, {.optimizer = optimizer}));
    EXPECT_EQ(result.outcome, Outcome::diverged);
    EXPECT_EQ(result.steps, 0);
  }
}

TEST(Minimize, AWrongGradientStalls) {
  const auto wrong = [](std::span<const double> x, std::span<double> g) {
    g[0] = -2 * x[0];
    return x[0] * x[0];
  };
  EXPECT_EQ(found(minimize(wrong, {3})).outcome, Outcome::stalled);
  EXPECT_EQ(found(minimize(wrong, {3}, {.optimizer = "sgd", .learning_rate = 1e-3, .steps = 10})).outcome, Outcome::stalled);
}

TEST(Minimize, AStopIsObeyed) {
  StopSource source;
  MinimizeOptions options{.optimizer = "sgd", .learning_rate = 1e-3};
  options.stop = source.token();
  options.observer = [&](const MinimizeStep& step) {
    if (step.step == 3) {
      source.request_stop();
    }
  };
  const MinimizeResult result = found(minimize(rosenbrock, {-1.2, 1}, options));
  EXPECT_EQ(result.outcome, Outcome::interrupted);
  EXPECT_EQ(result.steps, 3);
}

TEST(Minimize, PenaltiesCountInTheObjective) {
  // (x - 3)^2 + l2/2 x^2 has its minimum at 6 / (2 + l2); (x - 3)^2 + l1 |x| at 3 - l1/2.
  const auto shifted = [](std::span<const double> x, std::span<double> g) {
    g[0] = 2 * (x[0] - 3);
    return (x[0] - 3) * (x[0] - 3);
  };
  for (const char* optimizer : {"sgd", "l-bfgs"}) {
    const MinimizeResult ridge = found(minimize(shifted, {0}, {.optimizer = optimizer, .chain = {.l2 = 1}}));
    EXPECT_EQ(ridge.outcome, Outcome::converged) << ridge.why;
    EXPECT_NEAR(ridge.x[0], 2, 1e-7);
    EXPECT_NEAR(ridge.value, 1 + 2, 1e-12);
  }
  const MinimizeResult lasso = found(minimize(shifted, {0}, {.optimizer = "sgd", .learning_rate = 0.1, .chain = {.l1 = 2}}));
  EXPECT_EQ(lasso.outcome, Outcome::converged) << lasso.why;
  EXPECT_NEAR(lasso.x[0], 2, 1e-7);
  const MinimizeResult zero = found(minimize(shifted, {0}, {.optimizer = "sgd", .chain = {.l1 = 7}}));
  EXPECT_EQ(zero.outcome, Outcome::converged) << zero.why;
  EXPECT_EQ(zero.x[0], 0);
}

TEST(Minimize, TheAverageIsWhatIsHandedBack) {
  const MinimizeOptions options{.optimizer = "sgd", .learning_rate = 0.9, .steps = 3, .chain = {.average = Average::mean}};
  MinimizeOptions path = options;
  path.keep_path = true;
  const MinimizeResult result = found(minimize(parabola, {1}, path));
  EXPECT_NEAR(result.x[0], (result.path[1][0] + result.path[2][0] + result.path[3][0]) / 3, 1e-15);
  EXPECT_EQ(result.value, result.x[0] * result.x[0]);
}

TEST(Minimize, UsageErrorsSayWhatToDo) {
  EXPECT_NE(refusal(minimize(parabola, {1}, {.optimizer = "adma"})).find("Did you mean 'adam'?"), std::string::npos);
  EXPECT_NE(refusal(minimize(parabola, {1}, {.optimizer = "adam", .schedule = "cosin"})).find("cosine"), std::string::npos);
  EXPECT_NE(refusal(minimize(parabola, std::vector<double>{})).find("start"), std::string::npos);
  EXPECT_NE(refusal(minimize(parabola, {std::nan("")})).find("Coordinate 0"), std::string::npos);
  EXPECT_NE(refusal(minimize(parabola, {1}, {.learning_rate = -1})).find("learning_rate"), std::string::npos);
  EXPECT_NE(refusal(minimize(parabola, {1}, {.steps = -1})).find("steps"), std::string::npos);
  EXPECT_NE(refusal(minimize(parabola, {1}, {.chain = {.l2 = -1}})).find("l2"), std::string::npos);
  EXPECT_NE(refusal(minimize(parabola, {1}, {.chain = {.clip_norm = 1}})).find("clipping"), std::string::npos);
  EXPECT_NE(refusal(minimize(parabola, {1}, {.batch_size = 4})).find("batch_size"), std::string::npos);
  EXPECT_NE(refusal(minimize(Objective(), {1})).find("empty"), std::string::npos);
}

TEST(MinimizeTensors, IntermediateShapesAndUnpenalisedTensorsAreSeen) {
  Parameters<double> start({{"weights", {2, 1}}, {"intercept", {1}, false}}, 1.0);
  const auto flat = [](const Parameters<double>& theta, Parameters<double>& gradient) {
    EXPECT_EQ(theta.info(1).name, "intercept");
    gradient.tensor(0)[0] = 0;
    return 0.0;
  };
  const auto result = minimize(flat, start, {.optimizer = "sgd", .learning_rate = 0.1, .steps = 500, .chain = {.l2 = 1}});
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->parameters.tensor(0)[1], 0, 1e-7);
  EXPECT_EQ(result->parameters.tensor(1)[0], 1);
  EXPECT_EQ(result->outcome, Outcome::converged) << result->why;
}

/// The mean of (x - r)^2 / 2 over rows r = 0 ... 9 is least at 4.5.
FiniteSum distances(std::vector<std::vector<std::uint32_t>>* asked = nullptr) {
  return {10, [asked](std::span<const double> theta, std::span<const std::uint32_t> rows, std::span<double> gradient) {
            if (asked != nullptr) {
              asked->emplace_back(rows.begin(), rows.end());
            }
            double value = 0;
            gradient[0] = 0;
            for (const std::uint32_t r : rows) {
              gradient[0] += (theta[0] - r) / static_cast<double>(rows.size());
              value += (theta[0] - r) * (theta[0] - r) / 2 / static_cast<double>(rows.size());
            }
            return value;
          }};
}

TEST(MinimizeSum, MethodsAndFullBatchesTakeAllRows) {
  EXPECT_NEAR(found(minimize(distances(), {0})).x[0], 4.5, 1e-8);
  EXPECT_NEAR(found(minimize(distances(), {0}, {.optimizer = "sgd", .learning_rate = 0.5})).x[0], 4.5, 1e-7);
  EXPECT_NE(refusal(minimize(distances(), {0}, {.batch_size = 3})).find("batch_size"), std::string::npos);
}

TEST(MinimizeSum, EachEpochVisitsEachRowOnceInANewOrder) {
  std::vector<std::vector<std::uint32_t>> asked;
  const MinimizeResult result =
      found(minimize(distances(&asked), {0}, {.optimizer = "sgd", .learning_rate = 0.1, .steps = 8, .batch_size = 3, .keep_path = true}));
  std::vector<std::vector<std::uint32_t>> epochs;
  for (const auto& rows : asked) {
    if (rows.size() == 10) {
      epochs.emplace_back();
    } else {
      epochs.back().insert(epochs.back().end(), rows.begin(), rows.end());
    }
  }
  ASSERT_EQ(epochs.size(), 3U);  // the last is the look at the end
  EXPECT_NE(epochs[0], epochs[1]);
  for (std::size_t e = 0; e < 2; ++e) {
    std::sort(epochs[e].begin(), epochs[e].end());
    EXPECT_EQ(epochs[e], (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  }
  EXPECT_EQ(result.path.size(), 3U);
  EXPECT_EQ(result.steps, 8);
}

TEST(Minimize, APlateauScheduleLowersTheRateOnceTheValueStopsFalling) {
  const Objective absolute = [](std::span<const double> x, std::span<double> g) {
    g[0] = x[0] > 0 ? 1 : -1;
    return std::abs(x[0]);
  };
  std::vector<double> rates;
  const auto result = minimize(absolute, {1.05},
                               {.optimizer = "sgd",
                                .learning_rate = 0.1,
                                .schedule = "plateau:patience=3,factor=0.5",
                                .steps = 100,
                                .observer = [&](const MinimizeStep& step) { rates.push_back(step.learning_rate); }});
  ASSERT_TRUE(result);
  EXPECT_EQ(rates[1], 0.1);
  EXPECT_LT(rates.back(), 0.01);
  EXPECT_LT(result->value, 0.05);
}

TEST(Minimize, ADrivenMomentumNeedsARuleThatHasOne) {
  const char* const schedule = "one_cycle:cycle_momentum";
  EXPECT_NE(refusal(minimize(parabola, {1}, {.optimizer = "sgd", .schedule = schedule})).find("momentum"), std::string::npos);
  const auto driven = minimize(parabola, {1}, {.optimizer = "momentum", .learning_rate = 0.1, .schedule = schedule, .steps = 100});
  const auto still = minimize(parabola, {1}, {.optimizer = "momentum", .learning_rate = 0.1, .schedule = "one_cycle", .steps = 100});
  EXPECT_NE(found(driven).x, found(still).x);
}

TEST(Minimize, AFixedStepOfLBfgsIsNewtonsOnAParabola) {
  const auto wide = [](std::span<const double> x, std::span<double> g) {
    g[0] = 4 * x[0];
    return 2 * x[0] * x[0];
  };
  const MinimizeOptions options{.optimizer = "l-bfgs:line_search=none,first_step=l1", .steps = 2, .keep_path = true};
  const MinimizeResult result = found(minimize(wide, {1}, options));
  EXPECT_DOUBLE_EQ(result.path[1][0], 0);  // 1 - 4 min(1, 1/4)
}

TEST(Minimize, AFixedStepMayLeadUphill) {
  const MinimizeResult result =
      found(minimize(parabola, {1}, {.optimizer = "l-bfgs:line_search=none", .learning_rate = 3, .steps = 1, .keep_path = true}));
  EXPECT_DOUBLE_EQ(result.path[1][0], -2);  // a first step of length 1, times 3
}

TEST(Minimize, AKinkIsNamedAndTheBestPointKept) {
  const auto kinked = [](std::span<const double> x, std::span<double> g) {
    g[0] = x[0] > 0 ? 1 : -1;
    g[1] = x[1] > 0 ? 1 : -1;
    return std::abs(x[0]) + std::abs(x[1]);
  };
  const MinimizeResult result = found(minimize(kinked, {1, 1}));
  EXPECT_EQ(result.outcome, Outcome::stalled);
  EXPECT_NE(result.why.find("kink"), std::string::npos) << result.why;
  EXPECT_LT(result.value, 1e-3);
}

TEST(Minimize, AMethodHandsBackThePointThatConverged) {
  const MinimizeResult result = found(minimize(rosenbrock, {1.00001, 1.00001}, {.gradient_tolerance = 1e-12}));
  EXPECT_EQ(result.outcome, Outcome::converged);
  EXPECT_LE(result.evidence.at(5).second, 1e-12);
}

}  // namespace
}  // namespace fallline
