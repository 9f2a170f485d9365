// SPDX-License-Identifier: Apache-2.0
// Several numbers predicted at once, beside the models of each alone.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "fallline/base/random.hpp"
#include "fallline/optim/gradient_check.hpp"
#include "fallline/train/evaluate.hpp"
#include "fallline/train/problem.hpp"
#include "fallline/train/train.hpp"

namespace fallline {
namespace {

constexpr std::size_t rows = 200;
constexpr std::size_t features = 3;

/// Two targets of quite different units, by different weights of the same features.
Dataset<double> example() {
  Dataset<double> data;
  data.rows = rows;
  data.features = data.stride = features;
  data.dense.resize(rows * features);
  data.targets = 2;
  const Random random(7, Purpose::test);
  for (std::size_t i = 0; i < rows; ++i) {
    double* x = data.dense.data() + i * features;
    for (std::size_t j = 0; j < features; ++j) {
      x[j] = random.normal(i * 10 + j);
    }
    data.target.push_back(4000 + 1000 * (x[0] - 2 * x[1]) + 800 * random.normal(i * 10 + 8));
    data.target.push_back(0.2 + 0.01 * (x[1] + 3 * x[2]) + 0.005 * random.normal(i * 10 + 9));
    data.weight.push_back(0.5 + random.uniform(i + 77));
  }
  return data;
}

/// The rows with one of their targets alone.
Dataset<double> alone(const Dataset<double>& data, std::size_t c) {
  Dataset<double> one = data;
  one.targets = 1;
  one.target.clear();
  for (std::size_t i = 0; i < data.rows; ++i) {
    one.target.push_back(data.target[i * 2 + c]);
  }
  return one;
}

const TargetColumn first{"price", 4000, 2300, ""};
const TargetColumn second{"share", 0.2, 0.03, ""};

TargetCoding coding(const TargetColumn& column) {
  return {.name = column.name, .classification = false, .numeric = true, .classes = {}, .center = column.center, .spread = column.spread};
}
TargetCoding coding() {
  TargetCoding both = coding(first);
  both.more = {second};
  return both;
}

TrainOptions exact() {
  TrainOptions options;
  options.optimizer = "l-bfgs";
  options.tolerance = 1e-10;
  options.epochs = 10000;
  return options;
}

fallline::Run trained(const Dataset<double>& data, const TargetCoding& target, const ModelOptions& model, const TrainOptions& options) {
  ThreadPool pool(2);
  auto run = train(data, target, model, options, pool);
  EXPECT_TRUE(run) << (run ? "" : run.error().message);
  return *run;
}

Model saved(const TargetCoding& target, const LinearModel& linear) {
  Model model;
  model.target = target;
  model.linear = linear;
  return model;
}

class Targets : public ::testing::TestWithParam<std::string> {};

TEST_P(Targets, OfALinearModelAreFittedAsEachWouldBeAlone) {
  const auto data = example();
  ModelOptions model;
  model.loss = GetParam();
  const fallline::Run both = trained(data, coding(), model, exact());
  double loss = 0;
  for (std::size_t c = 0; c < 2; ++c) {
    const TargetColumn& column = c == 0 ? first : second;
    const fallline::Run one = trained(alone(data, c), coding(column), model, exact());
    for (std::size_t j = 0; j < features; ++j) {
      EXPECT_NEAR(both.model.weights[c * features + j], one.model.weights[j], 2e-6 * column.spread) << c << " " << j;
    }
    EXPECT_NEAR(both.model.bias[c], one.model.bias[0], 2e-6 * column.spread) << c;
    EXPECT_EQ(both.model.losses.at(c), one.model.loss);
    loss += one.train_loss / 2;
  }
  EXPECT_NEAR(both.train_loss, loss, 1e-6 * loss);
  EXPECT_EQ(both.objective, both.train_loss);
}

INSTANTIATE_TEST_SUITE_P(Losses, Targets, ::testing::Values("squared", "huber:delta=0.7"));

TEST(Targets, ShareAPenaltyThatWeighsAgainstTheirMean) {
  const auto data = example();
  TrainOptions options = exact();
  options.chain.l2 = 0.1;
  const fallline::Run both = trained(data, coding(), {}, options);
  options.chain.l2 = 0.2;
  const fallline::Run one = trained(alone(data, 1), coding(second), {}, options);
  for (std::size_t j = 0; j < features; ++j) {
    EXPECT_NEAR(both.model.weights[features + j], one.model.weights[j], 1e-6 * second.spread) << j;
  }
}

TEST(Targets, OfEqualSpreadAreToldLikeOneTarget) {
  auto data = example();
  for (std::size_t i = 0; i < rows; ++i) {
    data.target[2 * i + 1] = data.target[2 * i];
  }
  TargetCoding twice = coding(first);
  twice.more = {first};
  TrainOptions options = exact();
  options.chain.l1 = 3;
  options.chain.l2 = 0.01;
  options.optimizer = "nesterov";
  options.batch_size = 0;
  const fallline::Run both = trained(data, twice, {}, options);
  EXPECT_NEAR(both.history.back().train_loss, both.train_loss, 1e-6 * both.train_loss);
  EXPECT_NEAR(both.history.back().objective, both.objective, 1e-6 * both.objective);
}

TEST(Targets, TrainingLossIsThatOfEvaluation) {
  const auto data = example();
  ModelOptions network;
  network.network.hidden = {4};
  TrainOptions few;
  few.epochs = 3;
  for (const ModelOptions& model : {ModelOptions{}, ModelOptions{.loss = "huber"}, ModelOptions{.loss = "quantile:tau=0.8"}, network}) {
    const fallline::Run run = trained(data, coding(), model, few);
    ThreadPool pool(1);
    const Metrics metrics = *evaluate(saved(coding(), run.model), data, pool);
    EXPECT_EQ(metrics.values.back().first, "loss");
    EXPECT_NEAR(metrics.values.back().second, run.train_loss, 1e-9 * run.train_loss) << run.model.loss;
  }
}

TEST(Targets, HeldOutMetricIsTheMeanOfTheirErrors) {
  const auto data = example();
  TrainOptions options;
  options.validation = 0.3;
  options.seed = 5;
  const fallline::Run run = trained(data, coding(), {}, options);
  const Split split{options.validation, options.seed};
  std::vector<double> squares(2);
  double weights = 0;
  ThreadPool pool(1);
  const Predictions predicted = predict(saved(coding(), run.model), data, pool);
  for (std::size_t i = 0; i < rows; ++i) {
    const double weight = split.holds_out(i) ? data.weight[i] : 0;
    weights += weight;
    for (std::size_t c = 0; c < 2; ++c) {
      squares[c] += weight * std::pow(predicted.values[2 * i + c] - data.target[2 * i + c], 2);
    }
  }
  const double rmse = (std::sqrt(squares[0] / weights) + std::sqrt(squares[1] / weights)) / 2;
  EXPECT_EQ(run.validation.at(1).first, "rmse");
  EXPECT_NEAR(run.validation[1].second, rmse, 1e-6 * rmse);
}

TEST(Targets, GradientIsThatOfTheObjective) {
  const auto data = example();
  ThreadPool pool(2);
  for (const bool hidden : {false, true}) {
    ModelOptions options;
    options.loss = "huber";
    if (hidden) {
      options.network.hidden = {5};
      options.network.activation = "tanh";
    }
    const auto model = resolve_model(options, coding());
    ASSERT_TRUE(model) << model.error().message;
    TrainOptions training;
    training.chain.l2 = 0.01;
    Problem<double> problem(data, coding(), *model, training, pool);
    std::vector<double> theta(problem.parameters());
    const Random random(3, Purpose::test);
    for (std::size_t j = 0; j < theta.size(); ++j) {
      theta[j] = 0.4 * random.normal(j);
    }
    const auto objective = [&](std::span<const double> at, std::span<double> gradient) { return problem.value_and_gradient(at, gradient); };
    const GradientCheck check = check_gradient(objective, theta);
    EXPECT_TRUE(check.passed) << hidden << ": " << check.worst_coordinate.claimed << " and " << check.worst_coordinate.measured;
  }
}

TEST(Targets, MetricsAreTheMeansOfThoseOfEach) {
  const auto data = example();
  const fallline::Run both = trained(data, coding(), {}, exact());
  ThreadPool pool(1);
  const Metrics metrics = *evaluate(saved(coding(), both.model), data, pool, {20, 3});
  ASSERT_EQ(metrics.targets.size(), 2U);
  EXPECT_TRUE(metrics.residuals.empty());
  EXPECT_EQ(metrics.intervals.size(), metrics.values.size());
  for (std::size_t c = 0; c < 2; ++c) {
    const fallline::Run one = trained(alone(data, c), coding(c == 0 ? first : second), {}, exact());
    const Metrics own = *evaluate(saved(coding(c == 0 ? first : second), one.model), alone(data, c), pool);
    for (std::size_t i = 0; i < own.values.size(); ++i) {
      EXPECT_NEAR(metrics.targets[c].values[i].second, own.values[i].second, 1e-6 * own.values[i].second) << own.values[i].first;
    }
    EXPECT_NEAR(metrics.targets[c].residuals.back().second, own.residuals.back().second, 1e-5 * own.residuals.back().second);
  }
  for (std::size_t i = 0; i < metrics.values.size(); ++i) {
    const double mean = (metrics.targets[0].values[i].second + metrics.targets[1].values[i].second) / 2;
    EXPECT_DOUBLE_EQ(metrics.values[i].second, mean) << metrics.values[i].first;
  }
}

TEST(Targets, AreTrainedTheSameByAnyNumberOfThreads) {
  const auto data = example();
  TrainOptions options;
  options.epochs = 3;
  ModelOptions model;
  model.network.hidden = {8};
  std::vector<std::vector<double>> weights;
  for (const std::size_t threads : {1U, 2U, 3U}) {
    ThreadPool pool(threads);
    const auto run = train(data, coding(), model, options, pool);
    ASSERT_TRUE(run);
    weights.push_back(run->model.weights);
  }
  EXPECT_EQ(weights[0], weights[1]);
  EXPECT_EQ(weights[0], weights[2]);
}

}  // namespace
}  // namespace fallline
