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
