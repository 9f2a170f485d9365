// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/evaluate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "fallline/base/scratch.hpp"
#include "fallline/data/row_file.hpp"

namespace fallline {
namespace {

/// One feature that is the score itself.
template <class T>
Dataset<T> dataset(const std::vector<T>& feature, std::vector<T> target, std::vector<T> weight = {}) {
  Dataset<T> data;
  data.rows = feature.size();
  data.features = 1;
  data.stride = 1;
  data.dense.assign(feature.begin(), feature.end());
  data.target.assign(target.begin(), target.end());
  data.weight.assign(weight.begin(), weight.end());
  return data;
}

Model model_of(HeadKind head, std::vector<double> weights, std::vector<std::string> classes, std::string loss) {
  Model model;
  model.linear.head = head;
  model.linear.features = 1;
  model.linear.outputs = weights.size();
  model.linear.weights = std::move(weights);
  model.linear.bias.assign(model.linear.outputs, 0);
  model.linear.probabilities = loss == "logistic" || loss == "cross_entropy";
  model.linear.loss = std::move(loss);
  model.target.classification = head != HeadKind::value;
  model.target.classes = std::move(classes);
  return model;
}

Model regression(const std::string& loss) { return model_of(HeadKind::value, {1}, {}, loss); }
Model binary(const std::string& loss = "logistic") { return model_of(HeadKind::binary, {1}, {"no", "yes"}, loss); }

double metric(const Metrics& metrics, const std::string& name) {
  for (const auto& [key, value] : metrics.values) {
    if (key == name) {
      return value;
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

TEST(Evaluate, RegressionMetricsAreThoseByHand) {
  ThreadPool pool(1);
  const Metrics metrics = *evaluate(regression("squared"), dataset<double>({1, 2, 4}, {1, 4, 1}), pool);
  EXPECT_EQ(metrics.rows, 3);
  EXPECT_DOUBLE_EQ(metric(metrics, "rmse"), std::sqrt(13.0 / 3));
  EXPECT_DOUBLE_EQ(metric(metrics, "mae"), 5.0 / 3);
  EXPECT_DOUBLE_EQ(metric(metrics, "r2"), 1 - 13.0 / 6);  // the mean is 2, the squares around it 1 + 4 + 1
  EXPECT_DOUBLE_EQ(metric(metrics, "loss"), 13.0 / 3);
}

TEST(Evaluate, ARowOfWeightTwoCountsAsTwoRows) {
  ThreadPool pool(1);
  for (const char* loss : {"squared", "absolute"}) {
    const Metrics weighted = *evaluate(regression(loss), dataset<double>({1, 2, 4}, {1, 4, 1}, {2, 1, 1}), pool);
    const Metrics twice = *evaluate(regression(loss), dataset<double>({1, 1, 2, 4}, {1, 1, 4, 1}), pool);
    for (const char* name : {"rmse", "mae", "r2", "loss"}) {
      EXPECT_DOUBLE_EQ(metric(weighted, name), metric(twice, name)) << name;
    }
  }
  const Metrics weighted = *evaluate(binary(), dataset<double>({1, -2, 3}, {1, 1, 0}, {2, 1, 1}), pool);
  const Metrics twice = *evaluate(binary(), dataset<double>({1, 1, -2, 3}, {1, 1, 1, 0}), pool);
  for (const char* name : {"log_loss", "accuracy", "balanced_accuracy", "auc"}) {
    EXPECT_DOUBLE_EQ(metric(weighted, name), metric(twice, name)) << name;
  }
}

TEST(Evaluate, LossIsTheModelsOwn) {
  ThreadPool pool(1);
  const Metrics metrics = *evaluate(regression("quantile:tau=0.9"), dataset<double>({0, 0}, {1, -1}), pool);
  EXPECT_NEAR(metric(metrics, "loss"), (0.9 + 0.1) / 2, 1e-15);
}

TEST(Evaluate, LossIsTheSameOverManyBlocks) {
  ThreadPool pool(2);
  const Metrics metrics = *evaluate(regression("squared"), dataset<float>(std::vector<float>(1000, 3), std::vector<float>(1000, 1)), pool);
  EXPECT_DOUBLE_EQ(metric(metrics, "loss"), 4);
}

TEST(Evaluate, AConstantTargetHasNothingToExplain) {
  ThreadPool pool(1);
  EXPECT_EQ(metric(*evaluate(regression("squared"), dataset<double>({1, 1}, {1, 1}), pool), "r2"), 1);
  EXPECT_EQ(metric(*evaluate(regression("squared"), dataset<double>({1, 2}, {1, 1}), pool), "r2"), 0);
}

TEST(Evaluate, BinaryMetricsAreThoseByHand) {
  ThreadPool pool(1);
  const Metrics metrics = *evaluate(binary(), dataset<double>({2, -1, 0, 3}, {1, 1, 0, 0}), pool);
  const double loss = (std::log1p(std::exp(-2.0)) + std::log1p(std::exp(1.0)) + std::log(2.0) + std::log1p(std::exp(3.0))) / 4;
  EXPECT_DOUBLE_EQ(metric(metrics, "log_loss"), loss);
  EXPECT_DOUBLE_EQ(metric(metrics, "accuracy"), 0.5);
  EXPECT_DOUBLE_EQ(metric(metrics, "balanced_accuracy"), 0.5);
  EXPECT_DOUBLE_EQ(metric(metrics, "auc"), 0.25);  // of 2 > 0, 2 > 3, -1 > 0, -1 > 3 one holds
  EXPECT_EQ(metrics.confusion, (std::vector<std::vector<std::int64_t>>{{1, 1}, {1, 1}}));
}

TEST(Evaluate, LogLossNeedsNoClamp) {
  ThreadPool pool(1);
  EXPECT_DOUBLE_EQ(metric(*evaluate(binary(), dataset<double>({-1000}, {1}), pool), "log_loss"), 1000);
  const Model three = model_of(HeadKind::multiclass, {1, 0, -1}, {"a", "b", "c"}, "cross_entropy");
  EXPECT_DOUBLE_EQ(metric(*evaluate(three, dataset<double>({1000}, {2}), pool), "log_loss"), 2000);
}

TEST(Evaluate, MulticlassMetricsAreThoseByHand) {
  ThreadPool pool(1);
  const Model three = model_of(HeadKind::multiclass, {1, 0, -1}, {"a", "b", "c"}, "cross_entropy");
  const Metrics metrics = *evaluate(three, dataset<double>({1, 1, -1, 0}, {0, 1, 2, 0}), pool);
  const double one = std::log(std::exp(1.0) + 1 + std::exp(-1.0));
  EXPECT_DOUBLE_EQ(metric(metrics, "log_loss"), (one - 1 + one + one - 1 + std::log(3.0)) / 4);
  EXPECT_DOUBLE_EQ(metric(metrics, "accuracy"), 0.75);
  EXPECT_DOUBLE_EQ(metric(metrics, "balanced_accuracy"), 2.0 / 3);
  EXPECT_TRUE(std::isnan(metric(metrics, "auc")));
  EXPECT_EQ(metrics.confusion, (std::vector<std::vector<std::int64_t>>{{2, 0, 0}, {1, 0, 0}, {0, 0, 1}}));
}

TEST(Evaluate, WithoutProbabilitiesThereIsNoLogLoss) {
  ThreadPool pool(1);
  const Metrics metrics = *evaluate(binary("hinge"), dataset<double>({2, -1}, {1, 0}), pool);
  EXPECT_EQ(metrics.values.front().first, "accuracy");
  EXPECT_DOUBLE_EQ(metric(metrics, "auc"), 1);
}

TEST(Evaluate, SeveralClassesHaveAnAreaEachAgainstTheRest) {
  ThreadPool pool(2);
  const Model three = model_of(HeadKind::multiclass, {1, 0, -1}, {"a", "b", "c"}, "cross_entropy");
  const Metrics metrics = *evaluate(three, dataset<double>({2, 1, -1, 0.5, -2}, {0, 0, 2, 1, 2}), pool);
  // a and c stand in perfect order; P(b) is highest at 0.5, then at 1 and -1 alike: 1 as well
  EXPECT_DOUBLE_EQ(metric(metrics, "auc_ovr"), 1);
  const Metrics wrong = *evaluate(three, dataset<double>({2, 1, -1, 0.5, -2}, {0, 1, 2, 0, 2}), pool);
  // a: of (2, 0.5) against (1, -1, -2) five of six hold; b: P at 1 ties with P at -1, beats 2 and -2, not 0.5: 2.5 of 4; c: all
  EXPECT_DOUBLE_EQ(metric(wrong, "auc_ovr"), (5.0 / 6 + 2.5 / 4 + 1) / 3);
  EXPECT_DOUBLE_EQ(metric(wrong, "auc_ovr_weighted"), (2 * 5.0 / 6 + 2.5 / 4 + 2 * 1) / 5);
}

TEST(Evaluate, EachClassHasItsReport) {
  ThreadPool pool(1);
  const Metrics metrics = *evaluate(binary(), dataset<double>({2, -1, 1, 3, -2}, {1, 1, 0, 1, 0}), pool);
  ASSERT_EQ(metrics.classes.size(), 2U);
  EXPECT_DOUBLE_EQ(metrics.classes[1].precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(metrics.classes[1].recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(metrics.classes[1].f1, 2.0 / 3);
  EXPECT_EQ(metrics.classes[1].support, 3);
  EXPECT_DOUBLE_EQ(metrics.classes[0].precision, 0.5);
  const Metrics never = *evaluate(binary(), dataset<double>({-1, -1}, {1, 0}), pool);
  EXPECT_TRUE(std::isnan(never.classes[1].precision));
  EXPECT_EQ(never.classes[1].f1, 0);
}

TEST(Evaluate, CalibrationComparesProbabilitiesWithWhatCameTrue) {
  ThreadPool pool(1);
  const auto score = [](double p) { return std::log(p / (1 - p)); };
  const Metrics metrics =
      *evaluate(binary(), dataset<double>({score(0.25), score(0.28), score(0.95), score(0.95)}, {0, 1, 1, 1}, {1, 1, 1, 5}), pool);
  ASSERT_TRUE(metrics.calibration);
  const auto& bins = metrics.calibration->bins;
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_EQ(bins[0].from, 0.2);
  EXPECT_NEAR(bins[0].predicted, 0.265, 1e-12);
  EXPECT_EQ(bins[0].observed, 0.5);
  EXPECT_EQ(bins[1].rows, 2);
  EXPECT_NEAR(metrics.calibration->error, (2 * 0.235 + 6 * 0.05) / 8, 1e-12);
  EXPECT_FALSE(evaluate(binary("hinge"), dataset<double>({1}, {1}), pool)->calibration);
}

TEST(Evaluate, ResidualsAreToldByTheirQuantiles) {
  ThreadPool pool(1);
  const Metrics metrics = *evaluate(regression("squared"), dataset<double>({0, 0, 0, 0, 0}, {4, -2, 0, 1, 10}), pool);
  const std::vector<double> expected = {-2, -1.6, 0, 1, 4, 8.8, 10};  // linear between neighbours
  ASSERT_EQ(metrics.residuals.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(metrics.residuals[i].second, expected[i], 1e-12) << metrics.residuals[i].first;
  }
}

TEST(Evaluate, BootstrapIntervalsHoldTheValueAndDoNotDependOnThreads) {
  std::vector<double> scores, truth;
  for (int i = 0; i < 200; ++i) {
    scores.push_back(std::sin(1.3 * i) + (i % 3 == 0 ? 1 : -0.4));
    truth.push_back(i % 3 == 0 ? 1 : 0);
  }
  const auto data = dataset<double>(scores, truth);
  std::vector<Metrics> seen;
  for (const std::size_t threads : {1U, 3U}) {
    ThreadPool pool(threads);
    seen.push_back(*evaluate(binary(), data, pool, {.bootstrap = 400, .seed = 5}));
  }
  ASSERT_EQ(seen[0].intervals.size(), seen[0].values.size());
  for (std::size_t i = 0; i < seen[0].intervals.size(); ++i) {
    EXPECT_EQ(seen[0].intervals[i].low, seen[1].intervals[i].low);
    EXPECT_EQ(seen[0].intervals[i].high, seen[1].intervals[i].high);
    EXPECT_LT(seen[0].intervals[i].low, seen[0].values[i].second);
    EXPECT_GT(seen[0].intervals[i].high, seen[0].values[i].second);
  }
  const double accuracy = metric(seen[0], "accuracy");
  const double normal = 1.96 * std::sqrt(accuracy * (1 - accuracy) / 200);  // the interval of a share, by the normal law
  const ConfidenceInterval interval = seen[0].intervals[1];
  EXPECT_NEAR(interval.high - interval.low, 2 * normal, 0.4 * normal);
}

/// The same rows in a file.
Dataset<double> in_file(const Dataset<double>& data, const Memory& memory) {
  Dataset<double> there = empty_like(data);
  there.rows = data.rows;
  there.store = *RowFile<double>::create(memory, data, !data.weight.empty(), 0);
  ThreadPool pool(2);
  Dataset<double> rows = data;
  EXPECT_TRUE(there.store->finish(rows, pool).has_value());
  return there;
}

TEST(Evaluate, GivesTheSameUnderACeilingToTheLastBit) {
  constexpr std::size_t rows = 70000;  // more than a block
  std::vector<double> feature, numbers, truth, weight;
  for (std::size_t i = 0; i < rows; ++i) {
    feature.push_back(std::sin(1.3 * static_cast<double>(i)) * static_cast<double>(1 + i % 7));
    numbers.push_back(feature.back() + std::cos(static_cast<double>(i)));
    truth.push_back(static_cast<double>(i % 5 % 3));
    weight.push_back(0.25 + static_cast<double>(i % 4));
  }
  const Model three = model_of(HeadKind::multiclass, {1, -0.5, 0.25}, {"a", "b", "c"}, "cross_entropy");
  ThreadPool pool(2);
  for (const auto& [model, target] : {std::pair(three, truth), std::pair(regression("squared"), numbers)}) {
    Memory none(1, scratch_folder());
    const auto data = dataset<double>(feature, target, weight);
    const auto here = evaluate(model, data, pool);
    const auto there = evaluate(model, in_file(data, none), pool, {.memory = &none});
    ASSERT_TRUE(here.has_value() && there.has_value());
    EXPECT_EQ(here->values, there->values);
    EXPECT_EQ(here->residuals, there->residuals);
    EXPECT_EQ(here->confusion, there->confusion);
    EXPECT_EQ(here->calibration.has_value(), there->calibration.has_value());
    EXPECT_EQ(here->classes.size(), there->classes.size());
    if (here->calibration) {
      EXPECT_EQ(here->calibration->error, there->calibration->error);
      EXPECT_EQ(here->classes[1].f1, there->classes[1].f1);
    }
  }
}

TEST(Evaluate, ABootstrapThatDoesNotFitIsRefused) {
  ThreadPool pool(1);
  Memory none(1, scratch_folder());
  const auto refused = evaluate(binary(), dataset<double>({2, -1}, {1, 0}), pool, {.bootstrap = 10, .memory = &none});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::no_room);
  EXPECT_NE(refused.error().message.find("--bootstrap"), std::string::npos);
}

TEST(Evaluate, PredictsWithoutATarget) {
  ThreadPool pool(1);
  const Predictions classes = predict(binary(), dataset<float>({0, 1, -1}, {}), pool);
  EXPECT_EQ(classes.values, (std::vector<double>{0, 1, 0}));
  ASSERT_EQ(classes.probabilities.size(), 6U);
  EXPECT_NEAR(classes.probabilities[3], 1 / (1 + std::exp(-1.0)), 1e-7);
  EXPECT_NEAR(classes.probabilities[2] + classes.probabilities[3], 1, 1e-7);
  Model counts = regression("poisson");
  counts.linear.activation = OutputActivation::exp;
  EXPECT_NEAR(predict(counts, dataset<float>({2}, {}), pool).values[0], std::exp(2.0), 1e-6);
}

TEST(AreaUnderCurve, CountsTiesHalf) {
  EXPECT_EQ(area_under_curve({1, 1}, {true, false}, {}), 0.5);
  EXPECT_EQ(area_under_curve({2, 1, 1, 0}, {true, true, false, false}, {}), 3.5 / 4);
}

TEST(AreaUnderCurve, IsOneForPerfectOrderAndNothingForOneClass) {
  EXPECT_EQ(area_under_curve({3, 1, 2, 0}, {true, false, true, false}, {}), 1);
  EXPECT_EQ(area_under_curve({3, 1}, {true, true}, {}), std::nullopt);
  EXPECT_EQ(area_under_curve({}, {}, {}), std::nullopt);
}

TEST(AreaUnderCurve, WeighsPairs) { EXPECT_EQ(area_under_curve({2, 0, 1}, {true, true, false}, {3, 1, 5}), 0.75); }

TEST(AreaUnderCurve, HasNoAnswerForScoresThatAreNotNumbers) {
  EXPECT_EQ(area_under_curve({std::nan(""), 1}, {true, false}, {}), std::nullopt);
}

}  // namespace
}  // namespace fallline
