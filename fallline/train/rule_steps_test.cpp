// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/rule_steps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

constexpr std::size_t rows = 500;
constexpr std::size_t width = 4000;
constexpr std::size_t entries = 4;

/// Rows of a few features, the first ones more often; those that no row has are left out of training.
Dataset<double> wide_data() {
  Dataset<double> data;
  data.rows = rows;
  data.features = width;
  data.sparse = true;
  data.starts.push_back(0);
  const Random random(11, Purpose::test);
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<std::uint32_t> columns;
    while (columns.size() < entries) {
      const auto column = static_cast<std::uint32_t>(width * std::pow(random.uniform(at++), 3));
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        columns.push_back(column);
      }
    }
    std::sort(columns.begin(), columns.end());
    for (const std::uint32_t column : columns) {
      data.columns.push_back(column);
      data.values.push_back(random.normal(at++));
    }
    data.starts.push_back(data.columns.size());
    data.target.push_back(random.uniform(at++) < 0.5 ? 0 : 1);
  }
  return data;
}

const TargetCoding classes{.name = "y", .classification = true, .numeric = true, .classes = {"0", "1"}, .center = 0, .spread = 1};

ModelOptions logistic() {
  ModelOptions model;
  model.model = "logistic";
  return *resolve_model(model, classes);
}

TEST(RuleSteps, AreSparseWhereTheWidthPaysForIt) {
  const Dataset<double> data = wide_data();
  ThreadPool pool(1);
  Problem<double> problem(data, classes, logistic(), {}, pool);
  const double features = static_cast<double>(problem.features());
  const auto sparse = [&](const char* optimizer, std::size_t batch, const ChainOptions& chain = {}) {
    return takes_sparse_steps(problem, optimizer, chain, batch);
  };
  EXPECT_GT(features, 500);
  EXPECT_TRUE(sparse("sgd", 1));
  EXPECT_TRUE(sparse("adagrad", 1));
  EXPECT_TRUE(sparse("lazy_adam", 1));
  EXPECT_TRUE(sparse("ftrl", 1));
  EXPECT_FALSE(sparse("sgd", 100));
  EXPECT_FALSE(sparse("adam", 1, {.l2 = 1e-3}));
  EXPECT_TRUE(sparse("sgd", 1, {.l2 = 1e-3}));
  EXPECT_FALSE(sparse("sgd", 1, {.lookahead = 5}));
  EXPECT_FALSE(sparse("sgd:max_norm=1", 1));
  EXPECT_FALSE(sparse("lars", 1));
}

TEST(RuleSteps, SparseOnesGoWhereDenseOnesGo) {
  const Dataset<double> data = wide_data();
  ThreadPool pool(1);
  Problem<double> problem(data, classes, logistic(), {}, pool);
  for (const char* optimizer : {"sgd", "sgd:l2=0.001,l1=0.0001", "momentum:weight_decay=0.01", "adagrad:l1=0.001", "ftrl:l1=0.01",
                                "lazy_adam", "sgd:average=ema,average_decay=0.9"}) {
    ASSERT_TRUE(takes_sparse_steps(problem, optimizer, {}, 1)) << optimizer;
    const auto sparse = std::move(*make_rule_steps(problem, optimizer, {}, 1));
    const auto dense = std::move(*make_optimizer<double>(optimizer));
    Parameters<double> a = problem.start();
    Parameters<double> b = a;
    Parameters<double> gradient = a;
    dense->start(a);
    sparse->start(b);
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::span<const std::uint32_t> batch(&row, 1);
      const double loss = problem.training_batch(batch, a.values(), gradient.values(), row);
      ASSERT_NEAR(sparse->loss(batch, b, row), loss, 1e-9) << optimizer;
      if (row == 77) {
        EXPECT_TRUE(
            std::ranges::equal(sparse->gradient().values(), gradient.values(), [](double x, double y) { return std::abs(x - y) < 1e-9; }));
      }
      dense->step(a, gradient, 0.1);
      sparse->step(b, 0.1);
    }
    const Parameters<double> now = sparse->settled(b);
    const Parameters<double> judged = sparse->evaluation(b);
    const Parameters<double> other = dense->evaluation(a);
    for (std::size_t i = 0; i < a.size(); ++i) {
      ASSERT_NEAR(now.values()[i], a.values()[i], 1e-9) << optimizer << " " << i;
      ASSERT_NEAR(judged.values()[i], other.values()[i], 1e-9) << optimizer << " " << i;
    }
  }
}

TEST(RuleSteps, ScheduleNeedsAMomentumToDrive) {
  const Dataset<double> data = wide_data();
  ThreadPool pool(1);
  Problem<double> problem(data, classes, logistic(), {}, pool);
  const Schedule cycle = *make_schedule("one_cycle:cycle_momentum", 100);
  EXPECT_FALSE(make_rule_steps(problem, "adagrad", {}, 1, cycle));
  EXPECT_TRUE(make_rule_steps(problem, "momentum", {}, 1, cycle));
}

TEST(RuleSteps, ThreadsChangeNoBit) {
  const Dataset<double> data = wide_data();
  TrainOptions options;
  options.optimizer = "adagrad";
  options.batch_size = 1;
  options.epochs = 2;
  ModelOptions model;
  model.model = "logistic";
  std::vector<double> weights;
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    ThreadPool pool(threads);
    const auto run = train(data, classes, model, options, pool);
    ASSERT_TRUE(run) << run.error().message;
    weights = threads == 1 ? run->model.weights : weights;
    EXPECT_EQ(run->model.weights, weights) << threads;
  }
}

}  // namespace
}  // namespace fallline
