// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/loss_of_each.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace fallline {
namespace {

std::unique_ptr<Loss> each(const std::vector<std::string>& specs) {
  std::vector<std::unique_ptr<Loss>> losses;
  for (const std::string& spec : specs) {
    losses.push_back(std::move(*make_loss(spec)));
  }
  return loss_of_each(std::move(losses));
}

const std::vector<double> scores = {0.3, -2, 1.4, 0.9, 3, -0.2};   // [2 outputs][3 rows]
const std::vector<double> targets = {0.1, 1, 1.5, -1, 0.5, -0.4};  // alike
const std::vector<double> weights = {1, 2, 0.5};

double value_of(const Loss& loss, std::vector<double> at) {
  return loss.block(OutputActivation::identity, targets.data(), weights.data(), 3, 2, at.data());
}

TEST(LossOfEach, IsTheMeanOfTheLossesOfItsTargets) {
  const auto both = each({"huber:delta=0.5", "huber:delta=2"});
  double sum = 0;
  for (std::size_t c = 0; c < 2; ++c) {
    const auto alone = *make_loss(c == 0 ? "huber:delta=0.5" : "huber:delta=2");
    std::vector<double> own(scores.begin() + static_cast<std::ptrdiff_t>(3 * c), scores.begin() + static_cast<std::ptrdiff_t>(3 * c + 3));
    sum += alone->block(OutputActivation::identity, targets.data() + 3 * c, weights.data(), 3, 1, own.data());
  }
  EXPECT_DOUBLE_EQ(value_of(*both, scores), sum / 2);
}

TEST(LossOfEach, ItsSlopesAreThoseOfItsValue) {
  for (const char* name : {"squared", "huber", "quantile:tau=0.9", "poisson"}) {
    const auto loss = each({name, name});
    std::vector<double> slopes = scores;
    loss->block(OutputActivation::identity, targets.data(), weights.data(), 3, 2, slopes.data());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double h = 1e-6;
      std::vector<double> up = scores;
      std::vector<double> down = scores;
      up[i] += h;
      down[i] -= h;
      EXPECT_NEAR(slopes[i], (value_of(*loss, up) - value_of(*loss, down)) / (2 * h), 1e-8) << name << " " << i;
    }
  }
}

TEST(LossOfEach, IsSoftenedWhereEachOfThemIs) {
  EXPECT_EQ(each({"squared", "squared"})->softened(0.1), nullptr);
  const auto kinked = each({"absolute", "absolute"});
  const auto soft = kinked->softened(0.1);
  ASSERT_NE(soft, nullptr);
  EXPECT_LT(value_of(*soft, scores), value_of(*kinked, scores));
  EXPECT_GT(value_of(*soft, scores), value_of(*kinked, scores) - 0.1 * (1 + 2 + 0.5));
}

}  // namespace
}  // namespace fallline
