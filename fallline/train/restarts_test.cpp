// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/restarts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

/// Two features, the class being whether their product is above 0: no straight line tells the classes apart.
Dataset<float> quadrants() {
  Dataset<float> data;
  data.rows = 200;
  data.features = data.stride = 2;
  data.dense.resize(data.rows * 2);
  const Random random(3, Purpose::test);
  for (std::size_t i = 0; i < data.rows; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      data.dense[i * 2 + j] = static_cast<float>(random.normal(2 * i + j));
    }
    data.target.push_back(data.dense[i * 2] * data.dense[i * 2 + 1] > 0 ? 1.0F : 0.0F);
  }
  return data;
}

TargetCoding two_classes() {
  TargetCoding target;
  target.name = "y";
  target.classification = true;
  target.classes = {"0", "1"};
  return target;
}

ModelOptions small_network() {
  ModelOptions model;
  model.network.hidden = {3};
  return model;
}

TrainOptions few_epochs(double validation = 0) {
  TrainOptions options;
  options.epochs = 10;
  options.learning_rate = 0.03;
  options.validation = validation;
  options.seed = 5;
  return options;
}

RestartedRun restarted(std::size_t starts, const TrainOptions& options, std::size_t threads = 2) {
  ThreadPool pool(threads);
  auto run = train_from_starts(starts, quadrants(), two_classes(), small_network(), options, pool);
  EXPECT_TRUE(run) << (run ? "" : run.error().message);
  return std::move(*run);
}

fallline::Run trained(const TrainOptions& options) {
  ThreadPool pool(1);
  return *train(quadrants(), two_classes(), small_network(), options, pool);
}

TEST(Restarts, OneStartIsTheRunItself) {
  const RestartedRun one = restarted(1, few_epochs(0.25));
  const fallline::Run plain = trained(few_epochs(0.25));
  EXPECT_EQ(one.run.model.weights, plain.model.weights);
  EXPECT_EQ(one.run.objective, plain.objective);
  EXPECT_EQ(one.run.validation, plain.validation);
  EXPECT_EQ(one.starts.size(), 1U);
}

TEST(Restarts, StartKIsTheRunOfItsSeed) {
  const RestartedRun three = restarted(3, few_epochs());
  for (std::size_t k = 0; k < 3; ++k) {
    TrainOptions options = few_epochs();
    options.seed += k;
    EXPECT_EQ(three.starts[k].seed, options.seed);
    EXPECT_EQ(three.starts[k].objective, trained(options).objective);
  }
}

TEST(Restarts, TheLowestObjectiveIsKept) {
  const RestartedRun run = restarted(6, few_epochs());
  for (const StartReport& start : run.starts) {
    EXPECT_LE(run.starts[run.winner].objective, start.objective);
  }
  EXPECT_EQ(run.run.objective, run.starts[run.winner].objective);
  TrainOptions of_winner = few_epochs();
  of_winner.seed += run.winner;
  EXPECT_EQ(run.run.model.weights, trained(of_winner).model.weights);
}

TEST(Restarts, TheLowestHeldOutLossIsKeptOnTheSameRows) {
  const RestartedRun run = restarted(6, few_epochs(0.25));
  for (std::size_t k = 0; k < run.starts.size(); ++k) {
    EXPECT_LE(run.starts[run.winner].validation[0].second, run.starts[k].validation[0].second);
    TrainOptions alone = few_epochs(0.25);
    alone.held_out_seed = alone.seed;
    alone.seed += k;
    EXPECT_EQ(trained(alone).validation, run.starts[k].validation);
  }
}

TEST(Restarts, TheNumberOfThreadsChangesNothing) {
  const RestartedRun one = restarted(5, few_epochs(), 1);
  for (const std::size_t threads : {2U, 3U}) {
    const RestartedRun more = restarted(5, few_epochs(), threads);
    EXPECT_EQ(one.winner, more.winner);
    EXPECT_EQ(one.run.model.weights, more.run.model.weights);
    for (std::size_t k = 0; k < one.starts.size(); ++k) {
      EXPECT_EQ(one.starts[k].objective, more.starts[k].objective);
    }
  }
}

TEST(Restarts, AStartThatDivergedIsToldAndNeverWinsUnlessAllDid) {
  TrainOptions wild = few_epochs();
  wild.optimizer = "sgd";
  wild.batch_size = 16;
  wild.learning_rate = 40;  // some starts survive it, their units being dead
  const RestartedRun run = restarted(12, wild);
  const auto diverged =
      std::count_if(run.starts.begin(), run.starts.end(), [](const StartReport& s) { return s.outcome == Outcome::diverged; });
  EXPECT_GT(diverged, 0);
  EXPECT_LT(diverged, 12);
  EXPECT_NE(run.run.outcome, Outcome::diverged);
  wild.learning_rate = 1e20;
  const RestartedRun none = restarted(3, wild);
  EXPECT_EQ(none.run.outcome, Outcome::diverged);
  EXPECT_EQ(none.winner, 0U);
  EXPECT_TRUE(std::all_of(none.run.model.weights.begin(), none.run.model.weights.end(), [](double w) { return std::isfinite(w); }));
}

TEST(Restarts, AreRefusedWhereEveryStartIsTheSame) {
  ThreadPool pool(1);
  const auto linear = train_from_starts(2, quadrants(), two_classes(), {}, few_epochs(), pool);
  ASSERT_FALSE(linear);
  EXPECT_EQ(linear.error().code, ErrorCode::usage);
  EXPECT_NE(linear.error().message.find("logistic"), std::string::npos) << linear.error().message;
  ModelOptions zeros = small_network();
  zeros.initial = "zeros";
  EXPECT_FALSE(train_from_starts(2, quadrants(), two_classes(), zeros, few_epochs(), pool));
}

TEST(Restarts, AStopEndsAllAndIsTold) {
  StopSource source;
  source.request_stop();
  ThreadPool pool(2);
  const auto run = train_from_starts(4, quadrants(), two_classes(), small_network(), few_epochs(), pool, {}, source.token());
  ASSERT_TRUE(run);
  EXPECT_EQ(run->run.outcome, Outcome::interrupted);
}

}  // namespace
}  // namespace fallline
