// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/train.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/model/loss.hpp"

namespace fallline {
namespace {

constexpr std::size_t columns = 4;

/// y = 3 x0 - 2 x1 + 0.5 + noise, a number or (above 0) a class; columns of quite different scale unless `scaled`.
template <class T>
Dataset<T> example(std::size_t rows, double noise, bool classes, bool scaled = true) {
  Dataset<T> data;
  data.rows = rows;
  data.features = columns;
  data.stride = columns;
  data.dense.resize(rows * columns);
  data.target.resize(rows);
  const Random random(11, Purpose::test);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      const double scale = scaled ? 1 : std::pow(10.0, static_cast<double>(j));
      data.dense[i * columns + j] = static_cast<T>(random.normal(i * 10 + j) * scale);
    }
    const double x0 = data.dense[i * columns];
    const double x1 = data.dense[i * columns + 1];
    const double y = 3 * x0 - 2 * x1 + 0.5 + noise * random.normal(i * 10 + 9);
    data.target[i] = static_cast<T>(classes ? (y > 0 ? 1 : 0) : y);
  }
  return data;
}

TargetCoding numbers() { return {.name = "y", .classification = false, .numeric = true, .classes = {}, .center = 0, .spread = 1}; }
TargetCoding two_classes() {
  return {.name = "y", .classification = true, .numeric = true, .classes = {"0", "1"}, .center = 0, .spread = 1};
}

template <class T>
fallline::Run trained(const Dataset<T>& data, const TargetCoding& target, const TrainOptions& options, const ModelOptions& model = {},
                      std::size_t threads = 1, StopToken stop = {}) {
  ThreadPool pool(threads);
  auto run = train(data, target, model, options, pool, {}, stop);
  EXPECT_TRUE(run) << (run ? "" : run.error().message);
  return *run;
}

TEST(Train, DefaultsReachLeastSquares) {
  const fallline::Run run = trained(example<float>(500, 0, false), numbers(), {});
  EXPECT_EQ(run.outcome, Outcome::converged) << run.why;
  EXPECT_NEAR(run.model.weights[0], 3, 1e-4);
  EXPECT_NEAR(run.model.weights[1], -2, 1e-4);
  EXPECT_NEAR(run.model.weights[2], 0, 1e-4);
  EXPECT_NEAR(run.model.bias[0], 0.5, 1e-4);
  EXPECT_EQ(run.optimizer, "l-bfgs");
}

TEST(Train, ScalingTheTargetChangesNothingButRounding) {
  const auto data = example<double>(300, 0.3, false);
  TargetCoding scaled = numbers();
  scaled.center = 4;
  scaled.spread = 1000;
  TrainOptions options;
  options.chain.l2 = 0.1;
  options.tolerance = 1e-10;
  for (const char* loss : {"squared", "huber"}) {
    const fallline::Run plain = trained(data, numbers(), options, {.model = "", .loss = loss});
    const fallline::Run other = trained(data, scaled, options, {.model = "", .loss = loss});
    EXPECT_NEAR(plain.objective, other.objective, 1e-9 * plain.objective) << loss;
    EXPECT_NEAR(plain.train_loss, other.train_loss, 1e-7 * plain.train_loss) << loss;
    for (std::size_t j = 0; j < columns; ++j) {
      EXPECT_NEAR(plain.model.weights[j], other.model.weights[j], 1e-6) << loss;
    }
  }
}

TEST(Train, EveryRuleMakesTheLossFallOnMiniBatches) {
  const auto data = example<float>(400, 0.1, true);
  for (const OptimizerInfo& info : list_optimizers()) {
    TrainOptions options;
    options.optimizer = info.name;
    options.epochs = 10;
    if (!info.kind.ends_with("method")) {
      options.batch_size = 16;
    }
    const fallline::Run run = trained(data, two_classes(), options);
    EXPECT_NE(run.outcome, Outcome::diverged) << info.name << ": " << run.why;
    EXPECT_LT(run.train_loss, 0.69) << info.name << ": " << run.why;
  }
}

TEST(Train, EveryLossTrainsWithDefaults) {
  const auto classes = example<float>(300, 0.5, true);
  const auto values = example<float>(300, 0.5, false);
  for (const LossInfo& info : list_losses()) {
    const bool sorts = info.task == LossTask::binary || info.task == LossTask::multiclass;
    Dataset<float> data = sorts ? classes : values;
    if (info.task == LossTask::counts) {
      for (float& y : data.target) {
        y = std::floor(std::abs(y));
      }
    }
    TrainOptions options;
    const fallline::Run run = trained(data, sorts ? two_classes() : numbers(), options, {.model = "", .loss = info.name});
    EXPECT_TRUE(run.outcome == Outcome::converged || run.outcome == Outcome::budget) << info.name << ": " << run.why;
    if (info.name == "perceptron") {
      continue;  // its loss is 0 at the start, where nothing is decided yet
    }
    double at_start = 0;
    for (const auto& [name, value] : run.evidence) {
      at_start = name == "objective_at_start" ? value : at_start;
    }
    EXPECT_LT(run.objective, at_start) << info.name << ": " << run.why;
  }
}

TEST(Train, SameBitsForOneTwoAndThreeThreads) {
  const auto data = example<float>(5000, 0.5, true);
  for (const char* optimizer : {"auto", "adam", "nesterov"}) {
    TrainOptions options;
    options.optimizer = optimizer;
    options.epochs = 5;
    options.batch_size = std::string(optimizer) == "auto" ? std::optional<std::size_t>() : 512;
    const fallline::Run one = trained(data, two_classes(), options, {}, 1);
    for (const std::size_t threads : {2U, 3U}) {
      const fallline::Run more = trained(data, two_classes(), options, {}, threads);
      EXPECT_EQ(one.model.weights, more.model.weights) << optimizer;
      EXPECT_EQ(one.model.bias, more.model.bias) << optimizer;
      EXPECT_EQ(one.train_loss, more.train_loss) << optimizer;
    }
  }
}

TEST(Train, TheSeedDecidesTheOrderOfRows) {
  const auto data = example<float>(500, 0.5, false);
  TrainOptions options;
  options.optimizer = "sgd";
  options.learning_rate = 0.01;
  options.epochs = 1;
  options.batch_size = 1;
  const fallline::Run a = trained(data, numbers(), options);
  EXPECT_EQ(a.model.weights, trained(data, numbers(), options).model.weights);
  options.seed = 1;
  EXPECT_NE(a.model.weights, trained(data, numbers(), options).model.weights);
}

TEST(Train, ADivergingRunStopsWhereItHappensAndKeepsAFiniteModel) {
  TrainOptions options;
  options.optimizer = "sgd";
  options.learning_rate = 10;
  options.batch_size = 50;
  options.epochs = 1000;
  options.feature_name = [](std::size_t feature) { return "column" + std::to_string(feature); };
  const fallline::Run run = trained(example<float>(500, 0.1, false), numbers(), options);
  EXPECT_EQ(run.outcome, Outcome::diverged) << run.why;
  EXPECT_LT(run.steps, 100);
  EXPECT_NE(run.why.find("Diverged at step"), std::string::npos);
  EXPECT_NE(run.why.find("'column"), std::string::npos) << run.why;
  EXPECT_NE(run.why.find("largest stable learning rate"), std::string::npos) << run.why;
  for (const double w : run.model.weights) {
    EXPECT_TRUE(std::isfinite(w));
  }
}

TEST(Train, TheLargestStableRateIsTold) {
  const auto data = example<double>(1000, 0.1, false, true);
  TrainOptions options;
  options.optimizer = "sgd";
  options.batch_size = 0;
  options.epochs = 400;
  options.learning_rate = 5;
  const fallline::Run wild = trained(data, numbers(), options);
  ASSERT_EQ(wild.outcome, Outcome::diverged);
  double stable = 0;
  for (const auto& [name, value] : wild.evidence) {
    stable = name == "largest_stable_learning_rate" ? value : stable;
  }
  ASSERT_GT(stable, 0);
  options.learning_rate = stable * 0.97;
  EXPECT_NE(trained(data, numbers(), options).outcome, Outcome::diverged);
  options.learning_rate = stable * 1.1;
  EXPECT_EQ(trained(data, numbers(), options).outcome, Outcome::diverged);
}

TEST(Train, AGivenBudgetIsSpentAndSaysSo) {
  TrainOptions options;
  options.optimizer = "sgd";
  options.learning_rate = 1e-4;
  options.batch_size = 50;
  options.epochs = 3;
  const fallline::Run run = trained(example<float>(100, 0.1, false), numbers(), options);
  EXPECT_EQ(run.outcome, Outcome::budget) << run.why;
  EXPECT_EQ(run.epochs, 3);
  EXPECT_EQ(run.steps, 6);
  EXPECT_EQ(run.history.size(), 3U);
  options.steps = 4;
  EXPECT_EQ(trained(example<float>(100, 0.1, false), numbers(), options).steps, 4);
}

TEST(Train, TheLastBatchOfAnEpochIsTheRestOfTheRows) {
  TrainOptions options;
  options.optimizer = "sgd";
  options.learning_rate = 0.1;
  options.batch_size = 3;
  options.epochs = 1;
  options.shuffle = false;
  const auto data = example<double>(4, 0, false);
  const fallline::Run run = trained(data, numbers(), options);
  std::vector<double> w(columns + 1, 0);
  for (const auto& [first, last] : {std::pair<std::size_t, std::size_t>{0, 3}, {3, 4}}) {
    std::vector<double> g(columns + 1, 0);
    for (std::size_t i = first; i < last; ++i) {
      double r = w[columns] - data.target[i];
      for (std::size_t j = 0; j < columns; ++j) {
        r += w[j] * data.dense[i * columns + j];
      }
      for (std::size_t j = 0; j <= columns; ++j) {
        g[j] += 2 * r * (j < columns ? data.dense[i * columns + j] : 1) / static_cast<double>(last - first);
      }
    }
    for (std::size_t j = 0; j <= columns; ++j) {
      w[j] -= 0.1 * g[j];
    }
  }
  for (std::size_t j = 0; j < columns; ++j) {
    EXPECT_NEAR(run.model.weights[j], w[j], 1e-12);
  }
  EXPECT_NEAR(run.model.bias[0], w[columns], 1e-12);
}

TEST(Train, EarlyStoppingKeepsTheBestState) {
  TrainOptions options;
  options.optimizer = "adam";
  options.learning_rate = 0.5;
  options.batch_size = 8;
  options.epochs = 500;
  options.validation = 0.3;
  options.patience = 5;
  const fallline::Run run = trained(example<float>(120, 2, true), two_classes(), options);
  ASSERT_EQ(run.outcome, Outcome::early_stopped) << run.why;
  double best = infinity;
  for (const EpochRecord& record : run.history) {
    best = std::min(best, record.validation_loss);
  }
  EXPECT_EQ(run.validation[0].second, best);
  EXPECT_EQ(run.validation[1].first, "accuracy");
}

TEST(Train, APlateauScheduleLowersTheRateOnceTheLossStopsFalling) {
  TrainOptions options;
  options.optimizer = "sgd";
  options.learning_rate = 0.1;
  options.schedule = "plateau:patience=2,factor=0.5";
  options.batch_size = 4;
  options.epochs = 60;
  const fallline::Run run = trained(example<float>(100, 1, false), numbers(), options);
  EXPECT_EQ(run.history.front().last.learning_rate, 0.1);
  EXPECT_LT(run.history.back().last.learning_rate, 0.1);
}

TEST(Train, AStopRequestEndsTheRunAsInterrupted) {
  StopSource source;
  source.request_stop();
  TrainOptions options;
  options.optimizer = "adam";
  options.epochs = 100000;
  const fallline::Run run = trained(example<float>(100, 0.1, false), numbers(), options, {}, 1, source.token());
  EXPECT_EQ(run.outcome, Outcome::interrupted);
  EXPECT_EQ(run.steps, 1);
}

TEST(Train, L1ReachesExactZerosAndItsOptimum) {
  TrainOptions options;
  options.chain.l1 = 0.5;
  options.tolerance = 1e-7;
  const fallline::Run run = trained(example<double>(500, 0.1, false), numbers(), options);
  EXPECT_EQ(run.outcome, Outcome::converged) << run.why;
  EXPECT_EQ(run.model.weights[2], 0);
  EXPECT_EQ(run.model.weights[3], 0);
  EXPECT_NE(run.model.weights[0], 0);
}

TEST(Train, LossesWithKinksReachTheirMinimumAndSayHowFarOffItMayBe) {
  Dataset<float> data = example<float>(9, 0, false);  // the median of these targets is known: x is of no use
  std::fill(data.dense.begin(), data.dense.end(), 0.0F);
  data.target = {1, 2, 3, 4, 50, 60, 70, 80, 900};
  const fallline::Run median = trained(data, numbers(), {}, {.model = "", .loss = "absolute"});
  EXPECT_EQ(median.outcome, Outcome::converged) << median.why;
  EXPECT_NEAR(median.objective, (49 + 48 + 47 + 46 + 0 + 10 + 20 + 30 + 850) / 9.0, 0.01);
  EXPECT_NE(median.why.find("rounded off"), std::string::npos) << median.why;
  const fallline::Run low = trained(data, numbers(), {}, {.model = "", .loss = "quantile:tau=0.2"});
  EXPECT_EQ(low.outcome, Outcome::converged) << low.why;
  EXPECT_NEAR(low.objective, (0.8 * 1 + 0.2 * (1 + 2 + 48 + 58 + 68 + 78 + 898)) / 9.0, 0.01);
  EXPECT_NEAR(low.model.bias[0], 2, 0.1);
}

TEST(Train, ClassesThatCanBeToldApartAreSaidToHaveNoMinimum) {
  const auto data = example<float>(300, 0, true);
  const fallline::Run run = trained(data, two_classes(), {});
  ASSERT_EQ(run.warnings.size(), 1U);
  EXPECT_NE(run.warnings[0].find("--l2"), std::string::npos) << run.warnings[0];
  TrainOptions penalised;
  penalised.chain.l2 = 1e-3;
  EXPECT_TRUE(trained(data, two_classes(), penalised).warnings.empty());
  EXPECT_TRUE(trained(example<float>(300, 2, true), two_classes(), {}).warnings.empty());
}

TEST(Train, APerceptronSeparatesWhatCanBeSeparated) {
  const fallline::Run run = trained(example<float>(300, 0, true), two_classes(), {}, {.model = "perceptron", .loss = ""});
  EXPECT_LT(run.train_loss, 0.01) << run.why;
  EXPECT_FALSE(run.model.probabilities);
  EXPECT_EQ(run.model.head, HeadKind::binary);
}

/// Rows of eight ones among many columns, the first ones met most often; the class follows hidden weights.
Dataset<float> sparse_example(std::size_t rows, std::size_t features) {
  Dataset<float> data;
  data.rows = rows;
  data.features = features;
  data.sparse = true;
  data.starts = {0};
  const Random random(5, Purpose::test);
  for (std::size_t i = 0; i < rows; ++i) {
    double score = 0;
    std::uint32_t column = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      column += 1 + static_cast<std::uint32_t>(std::pow(random.uniform(i * 10 + k), 3) * (static_cast<double>(features) / 8 - 1));
      data.columns.push_back(column - 1);
      data.values.push_back(1);
      score += std::sin(1.7 * column);
    }
    data.starts.push_back(data.columns.size());
    data.target.push_back(random.uniform(i * 10 + 9) < 1 / (1 + std::exp(-score)) ? 1.0F : 0.0F);
  }
  return data;
}

TEST(Train, SparseRowsReachTheOptimumOfTheSameRowsStoredInFull) {
  const Dataset<float> sparse = sparse_example(3000, 200);
  Dataset<float> dense;
  dense.rows = sparse.rows;
  dense.features = dense.stride = sparse.features;
  dense.dense.assign(dense.rows * dense.stride, 0);
  dense.target = sparse.target;
  for (std::size_t i = 0; i < sparse.rows; ++i) {
    for (std::uint64_t k = sparse.starts[i]; k < sparse.starts[i + 1]; ++k) {
      dense.dense[i * dense.stride + sparse.columns[k]] = sparse.values[k];
    }
  }
  for (const double l2 : {0.0, 1e-4, 1e-2}) {
    TrainOptions options;
    options.chain.l2 = l2;
    const fallline::Run a = trained(sparse, two_classes(), options);
    const fallline::Run b = trained(dense, two_classes(), options);
    EXPECT_EQ(a.outcome, Outcome::converged) << a.why;
    EXPECT_NEAR(a.objective, b.objective, 1e-5 * b.objective) << l2;
  }
}

TEST(Train, AHundredThousandSparseColumnsConverge) {
  TrainOptions options;
  options.chain.l2 = 1e-4;
  const auto data = sparse_example(5000, 100000);
  const fallline::Run one = trained(data, two_classes(), options, {}, 1);
  EXPECT_EQ(one.outcome, Outcome::converged) << one.why;
  EXPECT_EQ(one.model.weights, trained(data, two_classes(), options, {}, 3).model.weights);
}

TEST(Train, FeaturesThatNoRowHasCostNothingAndWeighNothing) {
  const auto narrow = sparse_example(1000, 40);
  auto wide = narrow;
  wide.features = 4000;
  for (std::uint32_t& column : wide.columns) {
    column = 100 * column + 7;
  }
  for (const std::string optimizer : {"auto", "adam", "sgd"}) {
    TrainOptions options;
    options.optimizer = optimizer;
    options.chain.l2 = 1e-3;
    const fallline::Run a = trained(narrow, two_classes(), options);
    const fallline::Run b = trained(wide, two_classes(), options);
    ASSERT_EQ(b.model.weights.size(), 4000U);
    EXPECT_EQ(b.parameters, 4001U);
    EXPECT_NEAR(a.objective, b.objective, 1e-6 * a.objective) << optimizer;
    for (std::size_t j = 0; j < 4000; ++j) {
      if (j % 100 == 7) {
        EXPECT_NEAR(b.model.weights[j], a.model.weights[j / 100], 1e-3) << optimizer;
      } else {
        EXPECT_EQ(b.model.weights[j], 0) << optimizer;
      }
    }
  }
}

TEST(Train, RowWeightsCountAsRepetitions) {
  auto weighted = example<double>(60, 0.5, false);
  Dataset<double> repeated = weighted;
  weighted.weight.assign(60, 1);
  for (std::size_t i = 0; i < 20; ++i) {
    weighted.weight[i] = 3;
    for (int copy = 0; copy < 2; ++copy) {
      repeated.dense.insert(repeated.dense.end(), weighted.dense.begin() + static_cast<std::ptrdiff_t>(i * columns),
                            weighted.dense.begin() + static_cast<std::ptrdiff_t>((i + 1) * columns));
      repeated.target.push_back(weighted.target[i]);
      ++repeated.rows;
    }
  }
  TrainOptions options;
  options.tolerance = 1e-10;
  const fallline::Run a = trained(weighted, numbers(), options);
  const fallline::Run b = trained(repeated, numbers(), options);
  EXPECT_NEAR(a.train_loss, b.train_loss, 1e-10);
  for (std::size_t j = 0; j < columns; ++j) {
    EXPECT_NEAR(a.model.weights[j], b.model.weights[j], 1e-7);
  }
}

TEST(Train, OptionsThatDoNotFitAreRefusedByName) {
  ThreadPool pool(1);
  const auto data = example<float>(50, 0.1, false);
  const auto refused = [&](const TrainOptions& options, const ModelOptions& model, std::string_view word) {
    const auto run = train(data, numbers(), model, options, pool);
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, ErrorCode::usage);
    EXPECT_NE(run.error().message.find(word), std::string::npos) << run.error().message;
  };
  refused({.optimizer = "adm"}, {}, "adam");
  refused({}, {.model = "logistic", .loss = ""}, "--task classification");
  refused({}, {.model = "liner", .loss = ""}, "linear");
  TrainOptions l1 = {.optimizer = "l-bfgs"};
  l1.chain.l1 = 1;
  refused(l1, {}, "--l1");
  refused({.optimizer = "adam:l2=1"}, {}, "--l2");
  refused({.optimizer = "adam", .schedule = "cosin"}, {}, "cosine");
  TrainOptions patient;
  patient.patience = 3;
  refused(patient, {}, "--validation");
}

}  // namespace
}  // namespace fallline
