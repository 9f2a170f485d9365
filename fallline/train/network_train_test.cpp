// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fallline/base/random.hpp"
#include "fallline/train/problem.hpp"
#include "fallline/train/train.hpp"

namespace fallline {
namespace {

/// y = sin(3 x0) + x1 x2 + noise, or whether that is above 0: nothing that a linear model could learn.
template <class T>
Dataset<T> curved(std::size_t rows, bool classes, double noise = 0.05) {
  Dataset<T> data;
  data.rows = rows;
  data.features = data.stride = 3;
  const Random random(5, Purpose::test);
  for (std::size_t i = 0; i < rows; ++i) {
    std::array<double, 3> x{};
    for (std::size_t j = 0; j < 3; ++j) {
      x[j] = random.normal(i * 4 + j);
      data.dense.push_back(static_cast<T>(x[j]));
    }
    const double y = std::sin(3 * x[0]) + x[1] * x[2] + noise * random.normal(i * 4 + 3);
    data.target.push_back(static_cast<T>(classes ? (y > 0 ? 1 : 0) : y));
  }
  return data;
}

TargetCoding numbers() { return {.name = "y", .classification = false, .numeric = true, .classes = {}, .center = 0, .spread = 1}; }
TargetCoding two_classes() {
  return {.name = "y", .classification = true, .numeric = true, .classes = {"0", "1"}, .center = 0, .spread = 1};
}

ModelOptions network(std::vector<std::size_t> hidden, Normalization normalization = Normalization::none, double dropout = 0) {
  ModelOptions options;
  options.network.hidden = std::move(hidden);
  options.network.normalization = normalization;
  options.network.dropout = dropout;
  return options;
}

template <class T>
fallline::Run trained(const Dataset<T>& data, const TargetCoding& target, const TrainOptions& options, const ModelOptions& model,
                      std::size_t threads = 1, const std::vector<Observer*>& observers = {}) {
  ThreadPool pool(threads);
  auto run = train(data, target, model, options, pool, observers);
  EXPECT_TRUE(run) << (run ? "" : run.error().message);
  return *run;
}

std::string refusal(const ModelOptions& model, const TrainOptions& options = {}) {
  ThreadPool pool(1);
  const auto run = train(curved<float>(50, false), numbers(), model, options, pool);
  return run ? std::string() : run.error().message;
}

double mean_square(const LinearModel& model, const Dataset<float>& data) {
  ThreadPool pool(1);
  const std::vector<double> scores = linear_scores(model, data.view(), pool);
  double sum = 0;
  for (std::size_t i = 0; i < data.rows; ++i) {
    sum += std::pow(scores[i] - static_cast<double>(data.target[i]), 2) / static_cast<double>(data.rows);
  }
  return sum;
}

TEST(NetworkTraining, DefaultsLearnWhatALinearModelCannot) {
  const auto data = curved<float>(2000, false);
  const fallline::Run linear = trained(data, numbers(), {}, {});
  const fallline::Run curve = trained(data, numbers(), {}, network({32}));
  EXPECT_GT(linear.train_loss, 1);
  EXPECT_LT(curve.train_loss, 0.1);
  EXPECT_EQ(curve.model.model, "mlp");
  EXPECT_EQ(curve.optimizer, "adam");
  EXPECT_EQ(curve.parameters, 3 * 32 + 32 + 32 + 1U);
}

TEST(NetworkTraining, ModelPredictsWhatTrainingSaw) {
  const auto data = curved<float>(500, false);
  TrainOptions options;
  options.epochs = 15;
  for (const auto normalization : {Normalization::none, Normalization::batch, Normalization::layer}) {
    const fallline::Run run = trained(data, numbers(), options, network({16, 8}, normalization, 0.1));
    EXPECT_NEAR(mean_square(run.model, data), run.train_loss, 1e-5 * run.train_loss);
  }
}

TEST(NetworkTraining, TargetsOfAnyUnitGiveTheSameModelInTheirUnits) {
  const auto data = curved<double>(300, false);
  auto large = data;
  for (double& y : large.target) {
    y = 5000 + 1000 * y;
  }
  TargetCoding scaled = numbers();
  scaled.center = 5000;
  scaled.spread = 1000;
  TrainOptions options;
  options.epochs = 5;
  const fallline::Run plain = trained(data, numbers(), options, network({16}));
  const fallline::Run other = trained(large, scaled, options, network({16}));
  EXPECT_NEAR(other.train_loss, 1e6 * plain.train_loss, 1e-3 * other.train_loss);
}

TEST(NetworkTraining, SameBitsForAnyNumberOfThreads) {
  const auto data = curved<float>(3000, true);
  TrainOptions options;
  options.epochs = 3;
  options.batch_size = 512;
  std::vector<fallline::Run> runs;
  for (const std::size_t threads : {1U, 2U, 3U}) {
    runs.push_back(trained(data, two_classes(), options, network({64, 64}, Normalization::batch, 0.3), threads));
  }
  for (const std::size_t k : {1U, 2U}) {
    EXPECT_EQ(runs[0].model.weights, runs[k].model.weights);
    for (std::size_t a = 0; a < runs[0].model.hidden.arrays.size(); ++a) {
      EXPECT_EQ(runs[0].model.hidden.arrays[a].values, runs[k].model.hidden.arrays[a].values) << runs[0].model.hidden.arrays[a].name;
    }
  }
}

TEST(NetworkTraining, EarlyStoppingGivesTheBestStateWithItsStatistics) {
  const auto data = curved<float>(300, true, 1);
  TrainOptions options;
  options.validation = 0.3;
  options.patience = 5;
  options.epochs = 200;
  options.learning_rate = 0.02;
  const fallline::Run run = trained(data, two_classes(), options, network({64}, Normalization::batch));
  EXPECT_EQ(run.outcome, Outcome::early_stopped);
  double best = run.history.front().validation_loss;
  for (const EpochRecord& epoch : run.history) {
    best = std::min(best, epoch.validation_loss);
  }
  EXPECT_DOUBLE_EQ(run.validation.front().second, best);
}

TEST(NetworkTraining, PenaltiesActOnWeightsAlone) {
  const auto data = curved<float>(50, false);
  ThreadPool pool(1);
  auto model = network({4, 4}, Normalization::batch);
  model.model = "mlp";
  model.loss = "squared";
  Problem<float> problem(data, numbers(), model, {}, pool);
  for (const TensorInfo& tensor : problem.tensors()) {
    EXPECT_EQ(tensor.penalised, tensor.name.ends_with(" weights")) << tensor.name;
  }
}

TEST(NetworkTraining, SeedsDrawOtherWeightsAndZerosDoNotLearnApart) {
  const auto data = curved<float>(200, false);
  TrainOptions options;
  options.epochs = 1;
  const fallline::Run one = trained(data, numbers(), options, network({8}));
  options.seed = 1;
  EXPECT_NE(one.model.weights, trained(data, numbers(), options, network({8})).model.weights);
  auto zeros = network({8});
  zeros.initial = "zeros";
  const LinearModel alike = trained(data, numbers(), options, zeros).model;
  EXPECT_TRUE(std::all_of(alike.weights.begin(), alike.weights.end(), [&](double w) { return w == alike.weights.front(); }));
}

TEST(NetworkTraining, FeaturesThatNoRowHasWeighNothing) {
  Dataset<float> data;
  data.rows = 64;
  data.features = 1000;
  data.sparse = true;
  data.starts = {0};
  for (std::uint32_t i = 0; i < 64; ++i) {
    data.columns.insert(data.columns.end(), {i % 4, 700 + i % 3});
    data.values.insert(data.values.end(), {1.0F, 1.0F});
    data.starts.push_back(data.columns.size());
    data.target.push_back(i % 4 == i % 3 ? 1.0F : 0.0F);
  }
  TrainOptions options;
  options.epochs = 200;
  options.learning_rate = 0.01;
  const fallline::Run run = trained(data, two_classes(), options, network({16}));
  EXPECT_LT(run.train_loss, 0.1);
  const NamedArray& first = run.model.hidden.arrays.front();
  EXPECT_EQ(first.shape, (std::vector<std::size_t>{16, 1000}));
  EXPECT_EQ(std::count_if(first.values.begin(), first.values.end(), [](double w) { return w != 0; }), 16 * 7);
}

TEST(NetworkTraining, AMethodOnTheFullBatchTrainsANetworkToo) {
  TrainOptions options;
  options.optimizer = "l-bfgs";
  options.epochs = 300;
  auto model = network({16});
  model.network.activation = "tanh";
  EXPECT_LT(trained(curved<double>(300, false), numbers(), options, model).train_loss, 0.05);
}

TEST(NetworkTraining, RefusesWhatCannotBeTrained) {
  auto step = network({4});
  step.network.activation = "step";
  EXPECT_NE(refusal(step).find("perceptron"), std::string::npos);
  TrainOptions sum;
  sum.optimizer = "svrg";
  EXPECT_NE(refusal(network({4}), sum).find("svrg"), std::string::npos);
  auto softmax = network({4});
  softmax.model = "linear";
  EXPECT_NE(refusal(softmax).find("no hidden layers"), std::string::npos);
  ModelOptions nothing;
  nothing.network.dropout = 0.5;
  EXPECT_NE(refusal(nothing).find("--hidden"), std::string::npos);
}

class Layers final : public Observer {
 public:
  bool wants_layers() const override { return true; }
  void on_layers(const LayerRecord& record) override { records.push_back(record); }
  std::vector<LayerRecord> records;
};

TEST(NetworkTraining, ObserversThatAskAreToldOfEachTensorAtEachStep) {
  Layers layers;
  TrainOptions options;
  options.optimizer = "sgd";
  options.learning_rate = 0.25;
  options.steps = 3;
  trained(curved<float>(100, false), numbers(), options, network({8}), 1, {&layers});
  ASSERT_EQ(layers.records.size(), 3U);
  EXPECT_EQ(layers.records[2].step, 3);
  ASSERT_EQ(layers.records[0].tensors.size(), 4U);
  EXPECT_EQ(layers.records[0].tensors[0].name, "layer 1 weights");
  ASSERT_EQ(layers.records[2].units.size(), 1U);
  EXPECT_EQ(layers.records[2].units[0].rows, 48U);  // three batches of 16 since the epoch began
  for (const TensorSignals& tensor : layers.records[1].tensors) {
    EXPECT_GT(tensor.gradient, 0) << tensor.name;
    EXPECT_NEAR(tensor.update, 0.25 * tensor.gradient, 1e-5 * tensor.gradient) << tensor.name;
  }
}

TEST(NetworkTraining, UnitsThatNeverFireAreCountedAsFlat) {
  auto data = curved<float>(100, false);
  for (float& x : data.dense) {
    x = std::abs(x);
  }
  LinearModel start;  // one unit that is dead on positive features, one that is alive
  start.model = "mlp";
  start.loss = "squared";
  start.hidden = {3, {.hidden = {2}}, hidden_arrays({.hidden = {2}}, 3)};
  start.hidden.arrays[0].values = {-1, -1, -1, 1, 1, 1};
  start.features = 2;
  start.weights = {1, 1};
  start.bias = {0};
  Layers layers;
  TrainOptions options;
  options.optimizer = "sgd";
  options.learning_rate = 1e-6;
  options.batch_size = 25;
  options.epochs = 1;
  options.start = start;
  trained(data, numbers(), options, network({2}), 1, {&layers});
  ASSERT_EQ(layers.records.size(), 4U);
  EXPECT_EQ(layers.records[3].units[0].rows, 100U);
  EXPECT_EQ(layers.records[3].units[0].flat, (std::vector<std::uint64_t>{100, 0}));
}

}  // namespace
}  // namespace fallline
