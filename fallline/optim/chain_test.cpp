// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::make;
using testing::values;
using testing::vector;
using testing::walk;

TEST(Chain, FourGradientsAccumulatedAreOneStepOnTheirMean) {
  const auto once = make("adam");
  const auto gathered = make("adam:accumulate=4");
  Parameters<double> a = vector<double>({1, 2});
  Parameters<double> b = a;
  once->start(a);
  gathered->start(b);
  for (int i = 1; i <= 4; ++i) {
    Parameters<double> g = vector<double>({1.0 * i, -2.0 * i});
    EXPECT_EQ(gathered->step(b, g, 0.1).stepped, i == 4);
  }
  Parameters<double> mean = vector<double>({2.5, -5});
  once->step(a, mean, 0.1);
  EXPECT_EQ(values(a), values(b));
  EXPECT_EQ(gathered->steps(), 1);
}

TEST(Chain, ClipByNormShortensOverAllTensors) {
  const auto optimizer = make("sgd:clip_norm=5");
  Parameters<double> theta({{"w", {1}}, {"b", {1}, false}});
  Parameters<double> gradient = theta;
  gradient.values()[0] = 30;
  gradient.values()[1] = 40;
  optimizer->start(theta);
  const StepReport report = optimizer->step(theta, gradient, 1);
  EXPECT_DOUBLE_EQ(report.gradient_norm, 50);
  EXPECT_DOUBLE_EQ(report.clip_factor, 0.1);
  EXPECT_DOUBLE_EQ(report.update_norm, 5);
  EXPECT_DOUBLE_EQ(theta.values()[0], -3);
  EXPECT_DOUBLE_EQ(theta.values()[1], -4);
}

TEST(Chain, ClipLeavesAShortGradientAlone) {
  EXPECT_EQ(walk("sgd:clip_norm=5", {0, 0}, {{3, 4}}, 1), (std::vector<double>{-3, -4}));
  EXPECT_EQ(walk("sgd:clip_norm=5,clip_epsilon=5", {0, 0}, {{3, 4}}, 1), (std::vector<double>{-1.5, -2}));
}

TEST(Chain, ClipByValueComesBeforeClipByNorm) {
  EXPECT_EQ(walk("sgd:clip_value=3,clip_norm=1.5", {0, 0}, {{30, 0}}, 1), (std::vector<double>{-1.5, 0}));
}

TEST(Chain, ANonFiniteGradientChangesNothing) {
  for (const double bad : {std::nan(""), infinity, -infinity}) {
    const auto optimizer = make("adam:average=ema");
    Parameters<double> theta = vector<double>({1, 2});
    optimizer->start(theta);
    Parameters<double> good = vector<double>({1, -1});
    optimizer->step(theta, good, 0.1);
    const auto before = values(theta);
    const auto state = optimizer->save();
    Parameters<double> gradient = vector<double>({0.5, bad});
    const StepReport report = optimizer->step(theta, gradient, 0.1);
    EXPECT_FALSE(report.finite);
    EXPECT_FALSE(report.stepped);
    EXPECT_EQ(values(theta), before);
    EXPECT_EQ(optimizer->steps(), 1);
    for (std::size_t i = 0; i < state.size(); ++i) {
      EXPECT_EQ(optimizer->save()[i].values, state[i].values);
    }
  }
}

TEST(Chain, AnUpdateBeyondTheNumbersIsReported) {
  const auto optimizer = make<float>("sgd");
  Parameters<float> theta = vector<float>({1});
  Parameters<float> gradient = vector<float>({3e38F});
  optimizer->start(theta);
  EXPECT_FALSE(optimizer->step(theta, gradient, 10).finite);
  EXPECT_EQ(optimizer->steps(), 0);
}

TEST(Chain, AHugeFiniteGradientHasAFiniteNorm) {
  const auto optimizer = make("sgd:clip_norm=1");
  Parameters<double> theta = vector<double>({0, 0});
  Parameters<double> gradient = vector<double>({3e200, 4e200});
  optimizer->start(theta);
  const StepReport report = optimizer->step(theta, gradient, 1);
  EXPECT_TRUE(report.finite);
  EXPECT_NEAR(report.gradient_norm / 5e200, 1, 1e-15);
  EXPECT_NEAR(theta.values()[0], -0.6, 1e-15);
}

TEST(Chain, PenaltiesAndDecayLeaveInterceptsAlone) {
  for (const char* spec :
       {"sgd:l2=0.5", "sgd:l1=0.5", "sgd:weight_decay=0.5", "sgd:weight_decay=0.5,decay=l2", "sgd:weight_decay=0.5,decay=fixed"}) {
    const auto optimizer = make(spec);
    Parameters<double> theta({{"w", {1}}, {"b", {1}, false}}, 1);
    Parameters<double> gradient({{"w", {1}}, {"b", {1}, false}}, 0);
    optimizer->start(theta);
    optimizer->step(theta, gradient, 0.1);
    EXPECT_LT(theta.values()[0], 1) << spec;
    EXPECT_EQ(theta.values()[1], 1) << spec;
  }
}

TEST(Chain, EachDecayIsItsFormula) {
  EXPECT_DOUBLE_EQ(walk("sgd:weight_decay=0.5", {2}, {{1}}, 0.1)[0], 2 - 0.1 * 0.5 * 2 - 0.1);
  EXPECT_DOUBLE_EQ(walk("sgd:weight_decay=0.5,decay=fixed", {2}, {{1}}, 0.1)[0], 2 - 0.5 * 2 - 0.1);
  EXPECT_DOUBLE_EQ(walk("sgd:weight_decay=0.5,decay=l2", {2}, {{1}}, 0.1)[0], 2 - 0.1 * (1 + 0.5 * 2));
  EXPECT_DOUBLE_EQ(walk("sgd:l2=0.5", {2}, {{1}}, 0.1)[0], 2 - 0.1 * (1 + 0.5 * 2));
}

TEST(Chain, EmaBeginsAtTheFirstStep) {
  const auto optimizer = make("sgd:average=ema,average_decay=0.75");
  Parameters<double> theta = vector<double>({0});
  optimizer->start(theta);
  EXPECT_EQ(optimizer->evaluation(theta).values()[0], 0);
  double expected = 0;
  for (int t = 1; t <= 5; ++t) {
    Parameters<double> gradient = vector<double>({1});
    optimizer->step(theta, gradient, 1);
    expected = t == 1 ? -1 : 0.75 * expected - 0.25 * t;
    EXPECT_DOUBLE_EQ(optimizer->evaluation(theta).values()[0], expected);
  }
}

TEST(Chain, MeanBeginsAfterItsStart) {
  const auto optimizer = make("sgd:average=mean,average_start=2");
  Parameters<double> theta = vector<double>({0});
  optimizer->start(theta);
  for (int t = 1; t <= 5; ++t) {
    Parameters<double> gradient = vector<double>({1});
    optimizer->step(theta, gradient, 1);
    EXPECT_DOUBLE_EQ(optimizer->evaluation(theta).values()[0], t <= 2 ? -t : -(3.0 + t) / 2);
  }
}

TEST(Chain, AdaptiveClipShortensEachUnitByItsOwnWeights) {
  const auto optimizer = make("sgd:clip_adaptive=0.1");
  Parameters<double> theta({{"w", {2, 2}}});
  Parameters<double> gradient = theta;
  const std::vector<double> weights{3, 4, 0, 0};
  const std::vector<double> gradients{6, 8, 3e-4, 4e-4};
  std::copy(weights.begin(), weights.end(), theta.values().begin());
  std::copy(gradients.begin(), gradients.end(), gradient.values().begin());
  optimizer->start(theta);
  const StepReport report = optimizer->step(theta, gradient, 1);
  EXPECT_NEAR(report.gradient_norm, 10, 1e-6);
  EXPECT_DOUBLE_EQ(theta.values()[0], 3 - 0.3);  // norm 10 to 0.1 * 5
  EXPECT_DOUBLE_EQ(theta.values()[1], 4 - 0.4);
  EXPECT_DOUBLE_EQ(theta.values()[2], -0.6e-4);  // norm 5e-4 to 0.1 * the floor of 1e-3
  EXPECT_DOUBLE_EQ(theta.values()[3], -0.8e-4);
}

TEST(Chain, AdaptiveClipLeavesAShortGradientAlone) {
  EXPECT_EQ(walk("sgd:clip_adaptive=0.5", {3, 4}, {{1, 2}}, 1), (std::vector<double>{2, 2}));
}

Parameters<double> matrix(std::size_t unit_axis, const std::vector<double>& values) {
  Parameters<double> made({{"w", {2, 2}, true, unit_axis}, {"b", {2}, false}});
  std::copy(values.begin(), values.end(), made.values().begin());
  return made;
}

TEST(Chain, MaxNormScalesTheWeightsIntoAUnitBack) {
  const std::vector<double> start{3, 0.5, 4, 0.5, 7, 7};
  const std::vector<std::vector<double>> expected{
      {3 * 2 / std::sqrt(9.25), 0.5 * 2 / std::sqrt(9.25), 4 * 2 / std::sqrt(16.25), 0.5 * 2 / std::sqrt(16.25), 7, 7},
      {3 * 0.4, 0.5, 4 * 0.4, 0.5, 7, 7}};
  for (const std::size_t axis : {0U, 1U}) {
    const auto optimizer = make("sgd:max_norm=2");
    Parameters<double> theta = matrix(axis, start);
    Parameters<double> gradient = matrix(axis, {0, 0, 0, 0, 0, 0});
    optimizer->start(theta);
    const StepReport report = optimizer->step(theta, gradient, 1);
    double squared = 0;
    for (std::size_t i = 0; i < start.size(); ++i) {
      EXPECT_NEAR(theta.values()[i], expected[axis][i], 1e-15) << axis << " " << i;
      squared += (start[i] - expected[axis][i]) * (start[i] - expected[axis][i]);
    }
    EXPECT_NEAR(report.update_norm, std::sqrt(squared), 1e-14);
  }
}

TEST(Chain, MaxNormHoldsWeightsWhoseSquaresOverflow) {
  const auto optimizer = make("sgd:max_norm=1");
  Parameters<double> theta = matrix(1, {3e200, 1, 4e200, 0, 0, 0});
  Parameters<double> gradient = matrix(1, {0, 0, 0, 0, 0, 0});
  optimizer->start(theta);
  optimizer->step(theta, gradient, 1);
  EXPECT_NEAR(theta.values()[0], 0.6, 1e-15);
  EXPECT_NEAR(theta.values()[2], 0.8, 1e-15);
}

TEST(Chain, MaxNormHoldsSlowWeightsAndAveragesToo) {
  for (const char* spec : {"adam:max_norm=0.5,lookahead=2", "momentum:max_norm=0.5,average=ema", "lion:max_norm=0.5,average=mean"}) {
    const auto optimizer = make(spec);
    Parameters<double> theta = vector<double>({3, -4});
    optimizer->start(theta);
    for (int t = 0; t < 6; ++t) {
      Parameters<double> gradient = vector<double>({-5, 0.5});
      optimizer->step(theta, gradient, 0.3);
      EXPECT_LE(std::hypot(theta.values()[0], theta.values()[1]), 0.5 + 1e-12) << spec;
    }
    const Parameters<double> at = optimizer->evaluation(theta);
    EXPECT_LE(std::hypot(at.values()[0], at.values()[1]), 0.5 + 1e-12) << spec;
  }
}

TEST(Chain, MaxNormIsRefusedWhereTheRuleHasItsOwnEvaluation) {
  const auto made = make_optimizer<double>("schedule_free_sgd:max_norm=5");
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(made.error().message.find("max_norm"), std::string::npos);
}

TEST(Chain, AdaptiveClipKnowsColumnsAsUnits) {
  const auto optimizer = make("sgd:clip_adaptive=0.1");
  Parameters<double> theta = matrix(1, {3, 0.6, 4, 0.8, 1, 1});
  Parameters<double> gradient = matrix(1, {6, 0.03, 8, 0.04, 0, 0});
  optimizer->start(theta);
  optimizer->step(theta, gradient, 1);
  const std::vector<double> expected{3 - 0.3, 0.6 - 0.03, 4 - 0.4, 0.8 - 0.04, 1, 1};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(theta.values()[i], expected[i], 1e-15);
  }
}

/// What noise alone adds to each coordinate at steps 1, 2, ... of SGD at rate 1 from zero.
std::vector<std::vector<double>> noise(const std::string& spec, std::uint64_t seed, std::size_t size, int steps) {
  const auto optimizer = make(spec, {.noise_seed = seed});
  Parameters<double> theta = vector<double>(std::vector<double>(size));
  optimizer->start(theta);
  std::vector<std::vector<double>> all;
  for (int t = 0; t < steps; ++t) {
    const std::vector<double> before = values(theta);
    Parameters<double> gradient = vector<double>(std::vector<double>(size));
    EXPECT_EQ(optimizer->step(theta, gradient, 1).gradient_norm, 0);
    all.emplace_back();
    for (std::size_t i = 0; i < size; ++i) {
      all.back().push_back(before[i] - theta.values()[i]);
    }
  }
  return all;
}

TEST(Chain, GradientNoiseHasTheVarianceOfItsStep) {
  const std::size_t size = 20000;
  const auto drawn = noise("sgd:gradient_noise=0.3,gradient_noise_decay=0.5", 7, size, 9);
  for (const std::size_t t : {0U, 3U, 8U}) {
    double sum = 0;
    double squares = 0;
    for (const double x : drawn[t]) {
      sum += x;
      squares += x * x;
    }
    const double variance = 0.3 / std::sqrt(1.0 + static_cast<double>(t));
    EXPECT_NEAR(squares / size / variance, 1, 0.04);
    EXPECT_NEAR(sum / size, 0, 4 * std::sqrt(variance / size));
  }
}

TEST(Chain, GradientNoiseIsAFunctionOfSeedAndStep) {
  const std::string spec = "sgd:gradient_noise=1";
  EXPECT_EQ(noise(spec, 1, 5, 3), noise(spec, 1, 5, 3));
  EXPECT_NE(noise(spec, 1, 5, 1), noise(spec, 2, 5, 1));
  const auto drawn = noise(spec, 1, 5, 2);
  EXPECT_NE(drawn[0], drawn[1]);
}

TEST(Chain, GradientNoiseIsClippedWithTheGradient) {
  const auto optimizer = make("sgd:gradient_noise=100,clip_norm=0.25");
  Parameters<double> theta = vector<double>({0, 0});
  Parameters<double> gradient = vector<double>({0, 0});
  optimizer->start(theta);
  EXPECT_NEAR(optimizer->step(theta, gradient, 1).update_norm, 0.25, 1e-12);
}

TEST(Chain, LookaheadReturnsToTheSlowWeights) {
  const auto optimizer = make("sgd:lookahead=2,lookahead_share=0.25");
  Parameters<double> theta = vector<double>({1});
  optimizer->start(theta);
  const std::vector<double> expected{0.9, 0.95, 0.85, 0.9};  // slow: 1 -> 1 + 0.25 (0.8 - 1) -> 0.95 + 0.25 (0.75 - 0.95)
  const std::vector<double> slow{1, 0.95, 0.95, 0.9};
  for (std::size_t t = 0; t < expected.size(); ++t) {
    Parameters<double> gradient = vector<double>({1});
    const double before = theta.values()[0];
    const StepReport report = optimizer->step(theta, gradient, 0.1);
    EXPECT_NEAR(theta.values()[0], expected[t], 1e-15);
    EXPECT_NEAR(report.update_norm, std::abs(expected[t] - before), 1e-15);
    EXPECT_NEAR(optimizer->evaluation(theta).values()[0], slow[t], 1e-15);
  }
}

TEST(Chain, LookaheadIsRefusedWhereTheRuleHasItsOwnEvaluation) {
  const auto made = make_optimizer<double>("schedule_free_sgd:lookahead=5");
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(made.error().message.find("lookahead"), std::string::npos);
}

TEST(Chain, TruncatedGradientCutsEverySoManySteps) {
  // eta l1 = 0.01 a step, gathered over 3: cut by 0.03 at step 3; 2 is beyond the bound.
  const std::vector<double> theta =
      walk("sgd:l1=0.1,l1_form=truncated,truncate_every=3,truncate_within=1", {0.5, 2, 0.02}, {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}, 0.1);
  EXPECT_DOUBLE_EQ(theta[0], 0.47);
  EXPECT_EQ(theta[1], 2);
  EXPECT_EQ(theta[2], 0);
  EXPECT_EQ(walk("sgd:l1=0.1,l1_form=truncated,truncate_every=3", {0.5}, {{0}, {0}}, 0.1), std::vector<double>{0.5});
  EXPECT_EQ(walk("sgd:l1=0.1,l1_form=truncated,truncate_every=1", {0.5}, {{1}, {-2}}, 0.1), walk("sgd:l1=0.1", {0.5}, {{1}, {-2}}, 0.1));
}

TEST(Chain, CumulativeL1AppliesWhatHasAccumulated) {
  // u = 0.1 a step. The weight stays at 0 from step 1 on, its cuts paid in full by none; at step 2 it rises by 0.15 and owes 0.2 - 0.05.
  EXPECT_EQ(walk("sgd:l1=1,l1_form=cumulative", {0.05}, {{0}}, 0.1), std::vector<double>{0});
  EXPECT_DOUBLE_EQ(walk("sgd:l1=1,l1_form=cumulative", {0.05}, {{0}, {-1.5}}, 0.1)[0], 0);
  EXPECT_NEAR(walk("sgd:l1=1,l1_form=cumulative", {0.05}, {{0}, {-2.5}}, 0.1)[0], 0.1, 1e-15);
  EXPECT_NEAR(walk("sgd:l1=1,l1_form=cumulative", {-0.05}, {{0}, {2.5}}, 0.1)[0], -0.1, 1e-15);
}

TEST(Chain, EachFormOfL1EndsNearTheLasso) {
  // (x - 3)^2 / 2 + |x| is least at 2.
  for (const char* form : {"proximal", "truncated,truncate_every=2", "cumulative"}) {
    const auto optimizer = make(std::string("sgd:l1=1,l1_form=") + form);
    Parameters<double> theta = vector<double>({0});
    optimizer->start(theta);
    for (int t = 0; t < 2000; ++t) {
      Parameters<double> gradient = vector<double>({theta.values()[0] - 3});
      optimizer->step(theta, gradient, 0.01);
    }
    EXPECT_NEAR(theta.values()[0], 2, 0.02) << form;
  }
}

TEST(Chain, TheMeanTakesEverySoManySteps) {
  const auto optimizer = make("sgd:average=mean,average_start=2,average_every=3");
  Parameters<double> theta = vector<double>({0});
  optimizer->start(theta);
  for (int t = 1; t <= 9; ++t) {
    Parameters<double> gradient = vector<double>({1});
    optimizer->step(theta, gradient, 1);
    EXPECT_DOUBLE_EQ(optimizer->evaluation(theta).values()[0], t < 5 ? -t : t < 8 ? -5 : -6.5);  // points 5 and 8
  }
}

TEST(Chain, AScheduleMayDriveTheMomentum) {
  const auto optimizer = make("momentum");
  EXPECT_TRUE(optimizer->set_momentum(0.5));
  EXPECT_TRUE(make("adam")->set_momentum(0.5));
  EXPECT_FALSE(make("sgd:clip_norm=1")->set_momentum(0.5));
  Parameters<double> theta = vector<double>({0});
  optimizer->start(theta);
  for (const double mu : {0.5, 0.25}) {
    optimizer->set_momentum(mu);
    Parameters<double> gradient = vector<double>({1});
    optimizer->step(theta, gradient, 1);
  }
  EXPECT_DOUBLE_EQ(theta.values()[0], -1 - 1.25);
}

TEST(Chain, AStateOfAnotherLayoutIsRefused) {
  const auto optimizer = make("adam");
  optimizer->start(vector<double>({1, 2}));
  const auto other = make("adam");
  other->start(vector<double>({1, 2, 3}));
  EXPECT_FALSE(other->restore(optimizer->save()).has_value());
  EXPECT_FALSE(other->restore({}).has_value());
}

}  // namespace
}  // namespace fallline
