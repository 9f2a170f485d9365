// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/train/row_sum.hpp"
#include "fallline/train/train.hpp"

namespace fallline {
namespace {

constexpr std::size_t rows = 500;
constexpr std::size_t features = 40;
constexpr std::size_t entries = 6;  // of each row, all 1

/// Sparse rows of ones, as one-hot columns give them, and classes that depend on them.
Dataset<double> binary(std::size_t classes = 2) {
  Dataset<double> data;
  data.rows = rows;
  data.features = features;
  data.sparse = true;
  data.starts.push_back(0);
  const Random random(31, Purpose::test);
  for (std::size_t i = 0; i < rows; ++i) {
    double score = 0;
    for (std::size_t e = 0; e < entries; ++e) {
      const std::size_t width = features / entries;
      const auto column = static_cast<std::uint32_t>(e * width + random.bits(i * entries + e) % width);
      data.columns.push_back(column);
      data.values.push_back(1);
      score += std::sin(static_cast<double>(column));
    }
    data.starts.push_back(data.columns.size());
    const double u = random.uniform(100000 + i);
    data.target.push_back(classes == 2 ? (u < 1 / (1 + std::exp(-score)) ? 1 : 0) : std::floor(u * static_cast<double>(classes)));
  }
  return data;
}

TargetCoding coded(std::vector<std::string> classes) {
  return {.name = "y", .classification = true, .numeric = true, .classes = std::move(classes), .center = 0, .spread = 1};
}

Result<fallline::Run> train_by(const std::string& optimizer, std::optional<std::int64_t> epochs, double tolerance,
                               const Dataset<double>& data, const TargetCoding& target) {
  TrainOptions options;
  options.optimizer = optimizer;
  options.epochs = epochs;
  options.tolerance = tolerance;
  options.chain.l2 = 1e-2;
  ThreadPool pool(1);
  return train(data, target, {}, options, pool);
}

TEST(SumMethods, ConvergeLinearlyToTheOptimumOfSparseLogisticRegression) {
  const auto data = binary();
  const auto best = train_by("l-bfgs", {}, 1e-12, data, coded({"0", "1"}));
  ASSERT_TRUE(best);
  for (const char* optimizer : {"svrg", "saga", "sag"}) {
    double last = 1;
    for (const std::int64_t epochs : {25, 50, 100, 200}) {
      const auto run = train_by(optimizer, epochs, 1e-14, data, coded({"0", "1"}));
      ASSERT_TRUE(run);
      const double gap = run->objective - best->objective;
      EXPECT_LE(gap, std::max(last / 4, 1e-14)) << optimizer << " after " << epochs;  // doubled epochs square the factor
      last = gap;
    }
    EXPECT_LE(std::abs(last), 1e-10) << optimizer;
  }
}

TEST(SumMethods, ConvergeByThemselvesAndTellTheirRate) {
  for (const char* optimizer : {"svrg", "saga", "sag"}) {
    const auto run = train_by(optimizer, {}, 1e-6, binary(), coded({"0", "1"}));
    ASSERT_TRUE(run);
    EXPECT_EQ(run->outcome, Outcome::converged) << optimizer << ": " << run->why;
    ASSERT_EQ(run->choices.size(), 1U);
    EXPECT_NE(run->choices[0].find("largest curvature of a row"), std::string::npos);
  }
}

TEST(SumMethods, TrainSoftmaxToo) {
  const auto data = binary(3);
  const auto best = train_by("l-bfgs", {}, 1e-12, data, coded({"0", "1", "2"}));
  for (const char* optimizer : {"svrg", "saga", "sag"}) {
    const auto run = train_by(optimizer, {}, 1e-8, data, coded({"0", "1", "2"}));
    ASSERT_TRUE(run && best);
    EXPECT_EQ(run->outcome, Outcome::converged) << optimizer << ": " << run->why;
    EXPECT_NEAR(run->objective, best->objective, 1e-12) << optimizer;
  }
}

TEST(SumMethods, TheSumIsTheProblemsOwnMean) {
  auto data = binary();
  for (std::size_t i = 0; i < rows; ++i) {
    data.weight.push_back(i % 3 == 0 ? 2.5 : 1);
  }
  TrainOptions options;
  options.validation = 0.2;
  ThreadPool pool(1);
  Problem<double> problem(data, coded({"0", "1"}), {.model = "logistic", .loss = "logistic"}, options, pool);
  const FiniteSum sum = row_sum(problem);
  ASSERT_EQ(sum.rows, problem.rows(Part::training));
  std::vector<double> theta(features + 1);
  for (std::size_t j = 0; j < theta.size(); ++j) {
    theta[j] = std::cos(static_cast<double>(j));
  }
  std::vector<double> whole(theta.size());
  problem.value_and_gradient(theta, whole);
  std::vector<double> mean(theta.size(), 0);
  for (std::uint32_t row = 0; row < sum.rows; ++row) {
    sum.add_row(row, sum.slope(theta, row) / static_cast<double>(sum.rows), mean);
  }
  for (std::size_t j = 0; j < theta.size(); ++j) {
    EXPECT_NEAR(mean[j], whole[j], 1e-14) << j;
  }
}

TEST(SumMethods, RefuseWhatTheyCannotDo) {
  ThreadPool pool(1);
  const auto refusal = [&](TrainOptions options, const ModelOptions& model) {
    const auto run = train(binary(), coded({"0", "1"}), model, options, pool);
    EXPECT_FALSE(run.has_value());
    return run ? std::string() : run.error().message;
  };
  TrainOptions options;
  options.optimizer = "saga";
  EXPECT_NE(refusal(options, {.model = "", .loss = "hinge"}).find("--learning-rate"), std::string::npos);
  options.batch_size = 32;
  EXPECT_NE(refusal(options, {}).find("one row a step"), std::string::npos);
  options.batch_size.reset();
  options.chain.l1 = 0.1;
  EXPECT_NE(refusal(options, {}).find("--l1"), std::string::npos);
}

TEST(SumMethods, ARateTooLargeDivergesAndKeepsAFiniteModel) {
  TrainOptions options;
  options.optimizer = "saga";
  options.learning_rate = 1e4;
  options.chain.l2 = 1;
  ThreadPool pool(1);
  const auto run = train(binary(), coded({"0", "1"}), {}, options, pool);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->outcome, Outcome::diverged) << run->why;
  for (const double w : run->model.weights) {
    EXPECT_TRUE(std::isfinite(w));
  }
}

}  // namespace
}  // namespace fallline
