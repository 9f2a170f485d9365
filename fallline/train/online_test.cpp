// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/online.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/train/online_width.hpp"

namespace fallline {
namespace {

constexpr std::size_t columns = 3;

/// y = 2 x0 - x1 + noise, a number or its sign; some entries are zero.
template <class T>
Dataset<T> example(std::size_t rows, bool classes, bool weights = false) {
  Dataset<T> data;
  data.rows = rows;
  data.features = columns;
  data.stride = columns;
  const Random random(3, Purpose::test);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      data.dense.push_back(random.uniform(i * 20 + 10 + j) < 0.3 ? T(0) : static_cast<T>(random.normal(i * 20 + j)));
    }
    const double y = 2 * data.dense[i * columns] - data.dense[i * columns + 1] + 0.1 * random.normal(i * 20 + 9);
    data.target.push_back(static_cast<T>(classes ? (y > 0 ? 1 : 0) : y));
    if (weights) {
      data.weight.push_back(static_cast<T>(0.5 + random.uniform(i * 20 + 8)));
    }
  }
  return data;
}

template <class T>
Dataset<T> without_zeros(const Dataset<T>& dense) {
  Dataset<T> data;
  data.rows = dense.rows;
  data.features = dense.features;
  data.sparse = true;
  data.starts = {0};
  for (std::size_t i = 0; i < dense.rows; ++i) {
    for (std::size_t j = 0; j < dense.features; ++j) {
      if (const T x = dense.dense[i * dense.stride + j]; x != 0) {
        data.columns.push_back(static_cast<std::uint32_t>(j));
        data.values.push_back(x);
      }
    }
    data.starts.push_back(data.columns.size());
  }
  data.target = dense.target;
  data.weight = dense.weight;
  return data;
}

template <class T>
OnlineSetup setup_for(const Dataset<T>& data, bool classes, TrainOptions options, NetworkOptions network = {}) {
  OnlineSetup setup;
  setup.target.name = "y";
  setup.target.classification = classes;
  setup.target.classes = classes ? std::vector<std::string>{"0", "1"} : std::vector<std::string>();
  setup.target.center = classes ? 0 : 0.25;
  setup.target.spread = classes ? 1 : 2;
  setup.model = *resolve_model({.network = std::move(network)}, setup.target);
  setup.options = std::move(options);
  setup.shape = online_shape(data, setup.target);
  return setup;
}

template <class T>
std::unique_ptr<OnlineTrainer<T>> trainer_for(const OnlineSetup& setup, ThreadPool& pool) {
  auto plan = plan_online<T>(setup, nullptr, pool);
  EXPECT_TRUE(plan) << (plan ? "" : plan.error().message);
  auto trainer = OnlineTrainer<T>::create(setup, *plan, pool);
  EXPECT_TRUE(trainer) << (trainer ? "" : trainer.error().message);
  return std::move(*trainer);
}

template <class T>
void learn(OnlineTrainer<T>& trainer, const Dataset<T>& data, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    ASSERT_NE(trainer.add(data.view(), i), Taken::diverged);
  }
}

TEST(Online, AStepOfOneRowIsTheFormulaOfGradientDescent) {
  const auto data = example<double>(100, false);
  OnlineSetup setup = setup_for(data, false, {.optimizer = "sgd", .learning_rate = 0.05});
  setup.target.center = 0;
  setup.target.spread = 1;
  ThreadPool pool(1);
  const auto trainer = trainer_for<double>(setup, pool);
  std::vector<double> w(columns + 1, 0);
  double squares = 0;
  for (std::size_t i = 0; i < data.rows; ++i) {
    double residual = w[columns] - data.target[i];
    for (std::size_t j = 0; j < columns; ++j) {
      residual += w[j] * data.dense[i * columns + j];
    }
    squares += residual * residual;
    for (std::size_t j = 0; j <= columns; ++j) {
      w[j] -= 0.05 * 2 * residual * (j < columns ? data.dense[i * columns + j] : 1);
    }
    EXPECT_EQ(trainer->add(data.view(), i), Taken::learnt);
  }
  const LinearModel model = trainer->model();
  for (std::size_t j = 0; j < columns; ++j) {
    EXPECT_NEAR(model.weights[j], w[j], 1e-12);
  }
  EXPECT_NEAR(model.bias[0], w[columns], 1e-12);
  EXPECT_NEAR(trainer->progressive().loss, squares / 100, 1e-12);
  EXPECT_NEAR(trainer->progressive().metric, std::sqrt(squares / 100), 1e-12);
}

/// The loss of each row by the model as it stood before the row's batch, by the ways of prediction.
template <class T>
void expect_predicted_first(bool classes, std::size_t batch, const NetworkOptions& network, bool sparse) {
  const auto dense = example<T>(300, classes, true);
  const auto data = sparse ? without_zeros(dense) : example<T>(300, classes, true);
  ThreadPool pool(1);
  const auto trainer =
      trainer_for<T>(setup_for(data, classes, {.optimizer = "adam", .learning_rate = 0.02, .batch_size = batch}, network), pool);
  double losses = 0;
  double weights = 0;
  double right = 0;
  LinearModel before = trainer->model();
  for (std::size_t i = 0; i < data.rows; ++i) {
    const std::vector<std::uint32_t> row = {static_cast<std::uint32_t>(i)};
    double score = linear_scores<T>(before, data.view(), row, pool)[0];
    const auto loss = std::move(*make_loss(before.loss));
    const double target = data.target[i];
    const double weight = data.weight[i];
    const double residual = score - target;
    right += weight * (classes ? (predicted_class(before.head, std::span(&score, 1)) == static_cast<std::size_t>(target) ? 1 : 0)
                               : residual * residual);
    losses += loss->block(OutputActivation::identity, &target, &weight, 1, 1, &score);
    weights += weight;
    if (trainer->add(data.view(), i) == Taken::learnt) {
      before = trainer->model();
    }
  }
  EXPECT_NEAR(trainer->progressive().loss, losses / weights, 1e-6);
  EXPECT_NEAR(trainer->progressive().metric, classes ? right / weights : std::sqrt(right / weights), 1e-6);
}

TEST(Online, ProgressiveLossIsThatOfPredictionsMadeBeforeLearning) {
  for (const bool classes : {false, true}) {
    expect_predicted_first<double>(classes, 1, {}, false);
    expect_predicted_first<float>(classes, 1, {}, false);
    expect_predicted_first<float>(classes, 10, {}, false);
    expect_predicted_first<float>(classes, 1, {}, true);
    expect_predicted_first<float>(classes, 4, {}, true);
    expect_predicted_first<float>(classes, 6, {.hidden = {5}, .dropout = 0.2}, false);
  }
}

template <class T>
void expect_the_same_after_a_stop(const Dataset<T>& data, const TrainOptions& options, const NetworkOptions& network = {}) {
  const OnlineSetup setup = setup_for(data, true, options, network);
  ThreadPool pool(1);
  ThreadPool three(3);
  const auto whole = trainer_for<T>(setup, pool);
  learn(*whole, data, 0, data.rows);
  const auto half = trainer_for<T>(setup, three);
  learn(*half, data, 0, 77);
  const auto other = trainer_for<T>(setup, three);
  ASSERT_TRUE(other->restore(half->save()));
  learn(*other, data, 77, data.rows);
  EXPECT_EQ(other->model().weights, whole->model().weights);
  EXPECT_EQ(other->model().bias, whole->model().bias);
  EXPECT_EQ(other->progressive().loss, whole->progressive().loss);
  EXPECT_EQ(other->last().step, whole->last().step);
}

TEST(Online, GoesOnBitForBitAlsoInTheMiddleOfABatch) {
  const auto data = example<float>(200, true);
  const auto sparse = without_zeros(data);
  for (const char* optimizer : {"adagrad", "adam", "sgd", "ftrl", "momentum"}) {
    expect_the_same_after_a_stop(data, {.optimizer = optimizer, .learning_rate = 0.03});
    expect_the_same_after_a_stop(data, {.optimizer = optimizer, .learning_rate = 0.03, .batch_size = 8});
    expect_the_same_after_a_stop(sparse, {.optimizer = optimizer, .learning_rate = 0.03});
    expect_the_same_after_a_stop(sparse, {.optimizer = optimizer, .learning_rate = 0.03, .batch_size = 8, .chain = {.clip_norm = 1}});
  }
  expect_the_same_after_a_stop(data, {.batch_size = 8, .chain = {.average = Average::ema}}, {.hidden = {4}});
}

TEST(Online, SparseRowsAreLearntAsDenseOnes) {
  const auto dense = example<double>(300, true);
  const auto sparse = without_zeros(dense);
  ThreadPool pool(1);
  for (const char* optimizer : {"adagrad", "adam", "sgd:l2=1e-3"}) {
    const TrainOptions options{.optimizer = optimizer, .learning_rate = 0.1};
    const auto one = trainer_for<double>(setup_for(dense, true, options), pool);
    const auto other = trainer_for<double>(setup_for(sparse, true, options), pool);
    learn(*one, dense, 0, dense.rows);
    learn(*other, sparse, 0, sparse.rows);
    for (std::size_t j = 0; j < columns; ++j) {
      EXPECT_NEAR(one->model().weights[j], other->model().weights[j], 1e-6) << optimizer;
    }
    EXPECT_NEAR(one->progressive().loss, other->progressive().loss, 1e-6) << optimizer;
    EXPECT_EQ(other->widest(), columns);
  }
}

TEST(Online, TheRateThatIsChosenPredictsTheFirstRowsBest) {
  const auto data = example<float>(200, true);
  ThreadPool pool(1);
  const auto loss_at = [&](std::optional<double> rate) {
    const OnlineSetup setup = setup_for(data, true, {.learning_rate = rate});
    auto trainer = OnlineTrainer<float>::create(setup, *plan_online(setup, &data, pool), pool);
    learn(**trainer, data, 0, data.rows);
    return (*trainer)->progressive().loss;
  };
  const double chosen = loss_at({});
  for (const double rate : {1e-3, 1e-2, 0.1, 1.0, 10.0}) {
    EXPECT_LE(chosen, loss_at(rate)) << rate;
  }
}

TEST(Online, ARateThatIsTooLargeIsSeenToDiverge) {
  const auto data = example<float>(300, false);
  ThreadPool pool(1);
  const auto trainer = trainer_for<float>(setup_for(data, false, {.optimizer = "sgd", .learning_rate = 50}), pool);
  bool diverged = false;
  for (std::size_t i = 0; i < data.rows && !diverged; ++i) {
    diverged = trainer->add(data.view(), i) == Taken::diverged;
  }
  EXPECT_TRUE(diverged);
}

TEST(Online, StateOfAnotherShapeIsRefused) {
  const auto data = example<float>(50, true);
  ThreadPool pool(1);
  const auto one = trainer_for<float>(setup_for(data, true, {.batch_size = 4}), pool);
  const auto other = trainer_for<float>(setup_for(data, true, {.batch_size = 8}), pool);
  learn(*other, data, 0, 6);
  EXPECT_FALSE(one->restore(other->save()));
  EXPECT_FALSE(one->restore({}));
}

TEST(Online, OptionsThatNeedAnEndAreRefusedByName) {
  const auto data = example<float>(50, true);
  ThreadPool pool(1);
  const auto refused = [&](const TrainOptions& options, const NetworkOptions& network = {}) {
    const auto plan = plan_online<float>(setup_for(data, true, options, network), nullptr, pool);
    return plan ? std::string() : plan.error().message;
  };
  EXPECT_NE(refused({.epochs = 2}).find("--epochs"), std::string::npos);
  EXPECT_NE(refused({.validation = 0.1}).find("--validation"), std::string::npos);
  EXPECT_NE(refused({.optimizer = "l-bfgs"}).find("l-bfgs"), std::string::npos);
  EXPECT_NE(refused({.optimizer = "saga"}).find("saga"), std::string::npos);
  EXPECT_NE(refused({.schedule = "one_cycle"}).find("one_cycle"), std::string::npos);
  EXPECT_NE(refused({.schedule = "plateau"}).find("plateau"), std::string::npos);
  EXPECT_NE(refused({}, {.hidden = {3}, .normalization = Normalization::batch}).find("batch"), std::string::npos);
  EXPECT_EQ(refused({.schedule = "cosine:total=1000"}), "");
  EXPECT_EQ(refused({.schedule = "cosine", .steps = 1000}), "");
  EXPECT_EQ(refused({.schedule = "inverse_time"}), "");
}

TEST(OnlineWidth, LevelsToComeShareAFeature) {
  Encoder encoder;
  encoder.columns.resize(2);
  encoder.columns[0].name = "a";
  encoder.columns[0].type = ColumnType::text;
  encoder.columns[0].text.levels = {"x", "y"};
  encoder.columns[0].features = 2;
  encoder.columns[1].name = "b";
  expect_other_levels(encoder);
  EXPECT_EQ(encoder.feature_names(), (std::vector<std::string>{"a=x", "a=y", "a other", "b"}));
}

TEST(OnlineWidth, NarrowKeepsTheWeightsOfTheFirstFeatures) {
  Encoder encoder;
  encoder.matrix = MatrixCoding{.width = 2, .scale = {0.5, 0.25}};
  encoder.features = 2;
  widen(encoder, 4);
  EXPECT_EQ(encoder.matrix->scale, (std::vector{0.5, 0.25, 1.0, 1.0}));
  LinearModel model;
  model.features = 4;
  model.outputs = 2;
  model.weights = {1, 2, 3, 4, 5, 6, 7, 8};
  narrow(encoder, model, 3);
  EXPECT_EQ(model.weights, (std::vector<double>{1, 2, 3, 5, 6, 7}));
  EXPECT_EQ(encoder.features, 3U);
}

}  // namespace
}  // namespace fallline
