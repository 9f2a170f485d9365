// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/loss.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

namespace fallline {
namespace {

/// Value and slopes of one row at the scores, by the block function that training uses.
template <class T>
std::pair<double, std::vector<T>> one_row(const Loss& loss, std::vector<T> scores, T target,
                                          OutputActivation activation = OutputActivation::identity) {
  const double value = loss.block(activation, &target, nullptr, 1, scores.size(), scores.data());
  return {value, scores};
}

std::unique_ptr<Loss> made(std::string_view spec) {
  auto loss = make_loss(spec);
  EXPECT_TRUE(loss) << spec;
  return std::move(*loss);
}

/// A target that the task allows.
double target_for(const LossInfo& info, int i) { return info.task == LossTask::regression ? 0.3 * i - 0.7 : i % 2; }

class EveryLoss : public testing::TestWithParam<std::string> {};

TEST_P(EveryLoss, SlopeEqualsFiniteDifference) {
  const auto loss = made(GetParam());
  const std::size_t outputs = loss->info().task == LossTask::multiclass ? 3 : 1;
  for (int i = 0; i < 40; ++i) {
    std::vector<double> scores(outputs);
    for (std::size_t c = 0; c < outputs; ++c) {
      scores[c] = std::sin(1.7 * i + static_cast<double>(c)) * 3 + 0.0137;  // never on a kink of a piecewise loss
    }
    const double target = target_for(loss->info(), i);
    const auto slopes = one_row(*loss, scores, target).second;
    for (std::size_t c = 0; c < outputs; ++c) {
      const double h = 1e-6;
      auto up = scores;
      auto down = scores;
      up[c] += h;
      down[c] -= h;
      const double difference = (one_row(*loss, up, target).first - one_row(*loss, down, target).first) / (2 * h);
      EXPECT_NEAR(slopes[c], difference, 1e-7 * std::max(1.0, std::abs(difference))) << GetParam() << " row " << i;
    }
  }
}

TEST_P(EveryLoss, IsFiniteAtMarginsOfTenThousandInFloat) {
  const auto loss = made(GetParam());
  const std::size_t outputs = loss->info().task == LossTask::multiclass ? 3 : 1;
  for (const float score : {-1e4F, 1e4F}) {
    if (loss->info().task == LossTask::counts && score > 0) {
      continue;  // e^10000 is beyond any number: a count that large is divergence, and is reported as that
    }
    std::vector<float> scores(outputs, 0);
    scores[0] = score;
    for (const float target : {0.0F, 1.0F}) {
      const auto [value, slopes] = one_row(*loss, scores, target);
      EXPECT_TRUE(std::isfinite(value)) << GetParam() << " at " << score;
      for (const float slope : slopes) {
        EXPECT_TRUE(std::isfinite(slope)) << GetParam() << " at " << score;
      }
    }
  }
}

TEST_P(EveryLoss, CurvatureBoundsTheSecondDifference) {
  const auto loss = made(GetParam());
  if (loss->info().curvature == 0 || loss->info().task == LossTask::multiclass) {
    return;
  }
  for (int i = -50; i <= 50; ++i) {
    const double s = i / 10.0 + 0.013;
    const double h = 1e-3;
    const double second = (one_row<double>(*loss, {s + h}, 1.0).second[0] - one_row<double>(*loss, {s - h}, 1.0).second[0]) / (2 * h);
    EXPECT_LE(second, loss->info().curvature * (1 + 1e-6)) << GetParam() << " at " << s;
  }
}

TEST_P(EveryLoss, ScalingTheTargetScalesARegressionLossByItsDegree) {
  const auto loss = made(GetParam());
  if (loss->info().task != LossTask::regression) {
    return;
  }
  const double spread = 7;
  const auto wide = loss->rescaled(spread);
  for (const double score : {-3.0, -0.2, 0.4, 5.0}) {
    const double scaled = one_row<double>(*wide, {score * spread}, 0.3 * spread).first;
    EXPECT_NEAR(scaled, std::pow(spread, loss->info().degree) * one_row<double>(*loss, {score}, 0.3).first, 1e-12 * scaled) << GetParam();
  }
}

TEST_P(EveryLoss, ItsSpecMakesItAgain) {
  const auto loss = made(GetParam());
  EXPECT_EQ(made(loss->spec())->spec(), loss->spec());
}

std::vector<std::string> names_of_losses() {
  std::vector<std::string> names;
  for (const LossInfo& info : list_losses()) {
    names.push_back(info.name);
  }
  return names;
}

std::string first_word(const testing::TestParamInfo<std::string>& instance) { return instance.param.substr(0, instance.param.find(':')); }

INSTANTIATE_TEST_SUITE_P(List, EveryLoss, testing::ValuesIn(names_of_losses()), first_word);
INSTANTIATE_TEST_SUITE_P(Smoothed, EveryLoss, testing::Values("logistic:smoothing=0.2", "cross_entropy:smoothing=0.1"), first_word);

TEST(Losses, ValuesAreThoseOfTheDesign) {
  const auto value = [](std::string_view spec, std::vector<double> scores, double target) {
    return one_row(*made(spec), scores, target).first;
  };
  EXPECT_DOUBLE_EQ(value("squared", {3}, 1), 4);
  EXPECT_DOUBLE_EQ(value("absolute", {3}, 1), 2);
  EXPECT_DOUBLE_EQ(value("huber", {1.5}, 1), 0.125);
  EXPECT_DOUBLE_EQ(value("huber", {4}, 1), 2.5);
  EXPECT_DOUBLE_EQ(value("huber:delta=2", {4}, 1), 4);
  EXPECT_DOUBLE_EQ(value("quantile:tau=0.9", {1}, 3), 1.8);
  EXPECT_NEAR(value("quantile:tau=0.9", {3}, 1), 0.2, 1e-15);
  EXPECT_NEAR(value("poisson", {1}, 2), std::exp(1.0) - 2, 1e-15);
  EXPECT_NEAR(value("logistic", {0.5}, 1), std::log1p(std::exp(-0.5)), 1e-15);
  EXPECT_NEAR(value("logistic", {0.5}, 0), std::log1p(std::exp(0.5)), 1e-15);
  EXPECT_DOUBLE_EQ(value("hinge", {0.25}, 1), 0.75);
  EXPECT_DOUBLE_EQ(value("squared_hinge", {0.5}, 0), 2.25);
  EXPECT_DOUBLE_EQ(value("perceptron", {0.5}, 0), 0.5);
  EXPECT_NEAR(value("cross_entropy", {1, 2, 3}, 0), std::log(1 + std::exp(1.0) + std::exp(2.0)), 1e-14);
}

TEST(Losses, ASoftenedKinkIsSmoothAndLiesJustBelow) {
  for (const char* spec : {"absolute", "quantile:tau=0.9", "quantile:tau=0.05", "hinge"}) {
    const auto loss = made(spec);
    for (const double width : {1.0, 0.01}) {
      const auto soft = loss->softened(width);
      ASSERT_NE(soft, nullptr) << spec;
      EXPECT_TRUE(soft->info().smooth);
      for (int i = -200; i <= 200; ++i) {
        const double s = 0.01 * i + 0.0003;
        const auto [value, slopes] = one_row<double>(*soft, {s}, 1.0);
        const double sharp = one_row<double>(*loss, {s}, 1.0).first;
        EXPECT_LE(value, sharp + 1e-12) << spec << " at " << s;
        EXPECT_GE(value, sharp - width / 2 - 1e-12) << spec << " at " << s;
        const double difference = (one_row<double>(*soft, {s + 1e-6}, 1.0).first - one_row<double>(*soft, {s - 1e-6}, 1.0).first) / 2e-6;
        EXPECT_NEAR(slopes[0], difference, 1e-4) << spec << " at " << s;
      }
    }
  }
  EXPECT_EQ(made("squared")->softened(1), nullptr);
  EXPECT_EQ(made("perceptron")->softened(1), nullptr);
}

TEST(Losses, OneAgainstTheRestIsTheMeanOverClasses) {
  const auto [value, slopes] = one_row<double>(*made("hinge"), {0.5, 0.5, -2}, 1);
  EXPECT_DOUBLE_EQ(value, (1.5 + 0.5 + 0) / 3);
  EXPECT_DOUBLE_EQ(slopes[0], 1.0 / 3);
  EXPECT_DOUBLE_EQ(slopes[1], -1.0 / 3);
  EXPECT_DOUBLE_EQ(slopes[2], 0);
}

TEST(Losses, SmoothedLabelsAreATargetSharedOut) {
  // PyTorch's formula: the cross-entropy of (1 - s) [j = y] + s/classes, worked out class by class.
  const double s = 0.3;
  const std::vector<double> scores = {0.5, -1, 2};
  const double total = std::exp(0.5) + std::exp(-1.0) + std::exp(2.0);
  const auto [value, slopes] = one_row<double>(*made("cross_entropy:smoothing=0.3"), scores, 1);
  double expected = 0;
  for (std::size_t j = 0; j < 3; ++j) {
    const double target = (j == 1 ? 1 - s : 0) + s / 3;
    expected -= target * std::log(std::exp(scores[j]) / total);
    EXPECT_NEAR(slopes[j], std::exp(scores[j]) / total - target, 1e-15);
  }
  EXPECT_NEAR(value, expected, 1e-14);
}

TEST(Losses, SmoothedLogisticIsSmoothedCrossEntropyOfTwoClasses) {
  for (const double score : {-3.0, -0.1, 0.0, 0.7, 4.0}) {
    for (const double target : {0.0, 1.0}) {
      const auto [one, slope] = one_row<double>(*made("logistic:smoothing=0.2"), {score}, target);
      const auto [two, slopes] = one_row<double>(*made("cross_entropy:smoothing=0.2"), {0, score}, target);
      EXPECT_NEAR(one, two, 1e-14);
      EXPECT_NEAR(slope[0], slopes[1], 1e-15);
    }
  }
}

TEST(Losses, SmoothedLabelsHaveExactSecondDerivatives) {
  for (const char* spec : {"logistic:smoothing=0.2", "cross_entropy:smoothing=0.2"}) {
    const auto loss = made(spec);
    const std::size_t outputs = loss->info().task == LossTask::multiclass ? 3 : 1;
    std::vector<double> up, down;
    std::vector<Dual<double>> along;
    const double h = 1e-5;
    for (std::size_t c = 0; c < outputs; ++c) {
      const double at = 0.4 - 0.9 * static_cast<double>(c);
      const double way = 1 + 0.5 * static_cast<double>(c);
      up.push_back(at + h * way);
      down.push_back(at - h * way);
      along.emplace_back(at, way);
    }
    const Dual<double> target(0.0);
    loss->block(OutputActivation::identity, &target, nullptr, 1, outputs, along.data());
    up = one_row(*loss, up, 0.0).second;
    down = one_row(*loss, down, 0.0).second;
    for (std::size_t c = 0; c < outputs; ++c) {
      EXPECT_NEAR(along[c].tangent, (up[c] - down[c]) / (2 * h), 1e-9) << spec;
    }
  }
}

TEST(Losses, LabelSmoothingIsAFieldOfTheLossesThatHaveClassesToShare) {
  EXPECT_EQ(*with_label_smoothing("cross_entropy", 0.1), "cross_entropy:smoothing=0.1");
  EXPECT_EQ(*with_label_smoothing("logistic:smoothing=0.1", 0.1), "logistic:smoothing=0.1");
  EXPECT_EQ(label_smoothing(made("logistic:smoothing=0.1")->info()), 0.1);
  EXPECT_EQ(label_smoothing(made("hinge")->info()), 0);
  EXPECT_EQ(*with_label_smoothing("hinge", 0), "hinge");
  const auto refused = with_label_smoothing("hinge", 0.1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("logistic and cross_entropy"), std::string::npos) << refused.error().message;
  EXPECT_FALSE(with_label_smoothing("logistic:smoothing=0.2", 0.1));
  EXPECT_FALSE(with_label_smoothing("logistic", 1));
}

TEST(Losses, WeightsScaleValueAndSlopesOfEveryOutput) {
  const auto loss = made("cross_entropy");
  const double target[2] = {2, 0};
  const double weight[2] = {3, 0.5};
  std::vector<double> plain = {1, -1, 0.5, 2, 0, 1};  // [class][row]
  std::vector<double> weighed = plain;
  loss->block(OutputActivation::identity, target, nullptr, 2, 3, plain.data());
  loss->block(OutputActivation::identity, target, weight, 2, 3, weighed.data());
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_DOUBLE_EQ(weighed[2 * c], 3 * plain[2 * c]);
    EXPECT_DOUBLE_EQ(weighed[2 * c + 1], 0.5 * plain[2 * c + 1]);
  }
}

TEST(Losses, AnUnknownNameOffersTheNearest) {
  const auto loss = make_loss("sqared");
  ASSERT_FALSE(loss);
  EXPECT_EQ(loss.error().code, ErrorCode::usage);
  EXPECT_NE(loss.error().message.find("Did you mean 'squared'?"), std::string::npos) << loss.error().message;
  EXPECT_FALSE(make_loss("quantile:tau=1.5"));
  EXPECT_FALSE(make_loss("squared:delta=1"));
}

}  // namespace
}  // namespace fallline
