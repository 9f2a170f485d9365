// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/linear_pass.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

/// Random rows, about a third of the entries zero; the same numbers dense and as CSR.
template <class T>
struct Example {
  std::size_t rows, features;
  std::vector<T> dense, values, target, weight;
  std::vector<std::uint64_t> starts = {0};
  std::vector<std::uint32_t> columns, order;

  Example(std::size_t row_count, std::size_t feature_count, std::size_t classes)
      : rows(row_count), features(feature_count), order(row_count) {
    const Random random(3, Purpose::test);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < features; ++j) {
        const double u = random.uniform(at++);
        dense.push_back(u < 0.3 ? T(0) : static_cast<T>(2 * u - 1.3));
        if (dense.back() != 0) {
          columns.push_back(static_cast<std::uint32_t>(j));
          values.push_back(dense.back());
        }
      }
      starts.push_back(values.size());
      const double u = random.uniform(at++);
      target.push_back(classes == 0 ? static_cast<T>(u) : static_cast<T>(static_cast<std::size_t>(u * static_cast<double>(classes))));
      weight.push_back(static_cast<T>(0.5 + random.uniform(at++)));
    }
    std::iota(order.begin(), order.end(), 0U);
  }

  Rows<T> view(bool sparse, bool weighted) const {
    Rows<T> view{.rows = rows, .features = features, .sparse = sparse};
    if (sparse) {
      view.starts = starts;
      view.columns = columns;
      view.values = values;
    } else {
      view.dense = Mat<const T>(dense.data(), rows, features);
    }
    view.target = target;
    if (weighted) {
      view.weight = weight;
    }
    return view;
  }
};

std::size_t classes_of(const LossInfo& info) { return info.task == LossTask::multiclass ? 3 : (info.task == LossTask::binary ? 2 : 0); }

template <class T>
std::vector<T> some_theta(std::size_t n) {
  std::vector<T> theta(n);
  for (std::size_t i = 0; i < n; ++i) {
    theta[i] = static_cast<T>(std::sin(1.3 * static_cast<double>(i)) * 0.7);
  }
  return theta;
}

TEST(LinearPass, GradientEqualsFiniteDifferencesForEveryLossAndLayout) {
  ThreadPool pool(1);
  for (const LossInfo& info : list_losses()) {
    const auto loss = std::move(*make_loss(info.name));
    const Example<double> example(37, 5, classes_of(info));
    const std::size_t outputs = info.task == LossTask::multiclass ? 3 : 1;
    for (const bool sparse : {false, true}) {
      for (const bool weighted : {false, true}) {
        for (const bool intercept : {false, true}) {
          LinearPass<double> pass(example.view(sparse, weighted), *loss, OutputActivation::identity, outputs, intercept);
          auto theta = some_theta<double>(pass.parameters());
          std::vector<double> gradient(pass.parameters());
          pass(example.order, theta, gradient, Mode(), pool);
          for (std::size_t j = 0; j < theta.size(); ++j) {
            const double h = 1e-6;
            const double kept = theta[j];
            theta[j] = kept + h;
            const double up = pass(example.order, theta, {}, Mode(), pool);
            theta[j] = kept - h;
            const double down = pass(example.order, theta, {}, Mode(), pool);
            theta[j] = kept;
            ASSERT_NEAR(gradient[j], (up - down) / (2 * h), 2e-8) << info.name << " sparse " << sparse << " weighted " << weighted;
          }
        }
      }
    }
  }
}

TEST(LinearPass, OutputActivationsHaveTheirSlopes) {
  ThreadPool pool(1);
  const auto loss = std::move(*make_loss("squared"));
  const Example<double> example(20, 4, 0);
  for (const char* name : {"identity", "sigmoid", "tanh", "relu", "softplus", "exp"}) {
    LinearPass<double> pass(example.view(false, false), *loss, *parse_output_activation(name), 1, true);
    auto theta = some_theta<double>(pass.parameters());
    std::vector<double> gradient(pass.parameters());
    pass(example.order, theta, gradient, Mode(), pool);
    for (std::size_t j = 0; j < theta.size(); ++j) {
      const double h = 1e-6;
      auto up = theta;
      auto down = theta;
      up[j] += h;
      down[j] -= h;
      EXPECT_NEAR(gradient[j], (pass(example.order, up, {}, Mode(), pool) - pass(example.order, down, {}, Mode(), pool)) / (2 * h), 1e-8)
          << name;
    }
  }
}

TEST(LinearPass, SameBitsForAnyNumberOfThreads) {
  for (const bool sparse : {false, true}) {
    const Example<float> example(9000, 33, 2);
    const auto loss = std::move(*make_loss("logistic"));
    std::vector<std::vector<float>> gradients;
    std::vector<double> losses;
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
      ThreadPool pool(threads);
      LinearPass<float> pass(example.view(sparse, true), *loss, OutputActivation::identity, 1, true);
      gradients.emplace_back(pass.parameters());
      losses.push_back(pass(example.order, some_theta<float>(pass.parameters()), gradients.back(), Mode(), pool));
    }
    for (std::size_t k = 1; k < gradients.size(); ++k) {
      EXPECT_EQ(gradients[k], gradients[0]);
      EXPECT_EQ(losses[k], losses[0]);
    }
  }
}

TEST(LinearPass, FloatErrorsDoNotGrowWithTheNumberOfRows) {
  ThreadPool pool(1);
  const std::size_t rows = 300000;
  const std::vector<float> ones(rows, 1);
  const std::vector<float> targets(rows, 0.1F);
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  const Rows<float> view{.rows = rows,
                         .features = 1,
                         .sparse = false,
                         .dense = Mat<const float>(ones.data(), rows, 1),
                         .starts = {},
                         .columns = {},
                         .values = {},
                         .target = targets,
                         .weight = {}};
  const auto loss = std::move(*make_loss("squared"));
  LinearPass<float> pass(view, *loss, OutputActivation::identity, 1, false);
  std::vector<float> gradient(1);
  const std::vector<float> theta = {0.4F};
  const double value = pass(order, theta, gradient, Mode(), pool);
  const double r = static_cast<double>(0.4F) - static_cast<double>(0.1F);
  EXPECT_NEAR(gradient[0], 2 * r, 1e-6);
  EXPECT_NEAR(value, r * r, 1e-7);
}

TEST(LinearPass, ABatchIsDividedByItsRowsTimesTheMeanWeightOfAllRows) {
  ThreadPool pool(1);
  const Example<double> example(50, 3, 0);
  const auto loss = std::move(*make_loss("squared"));
  LinearPass<double> weighted(example.view(false, true), *loss, OutputActivation::identity, 1, false);
  LinearPass<double> plain(example.view(false, false), *loss, OutputActivation::identity, 1, false);
  const auto theta = some_theta<double>(3);
  double mean_weight = 0;
  double sum = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    mean_weight += example.weight[i] / 50;
    const std::uint32_t row = static_cast<std::uint32_t>(i);
    if (i < 10) {
      sum += example.weight[i] * plain(std::span(&row, 1), theta, {}, Mode(), pool);
    }
  }
  EXPECT_NEAR(weighted(std::span(example.order).first(10), theta, {}, Mode(), pool), sum / (10 * mean_weight), 1e-12);
}

TEST(LinearPass, ShardsAreAPowerOfTwoOfTheRowsAlone) {
  EXPECT_EQ(shards_of(1, 10, 0), 1U);
  EXPECT_EQ(shards_of(256, 10, 0), 8U);
  EXPECT_EQ(shards_of(1000000, 10, 0), 64U);
  EXPECT_EQ(shards_of(5000, 10, 3), 1U);
  EXPECT_EQ(shards_of(100000, 100, 3), 16U);
  EXPECT_EQ(shards_of(100000, 1000000, 20), 2U);  // 50,000 rows hold as many values as a row is wide
}

TEST(LinearScores, ARowsScoreDependsOnThatRowAlone) {
  ThreadPool pool(2);
  const Example<float> example(101, 19, 0);
  LinearModel model;
  model.features = 19;
  model.outputs = 2;
  const auto theta = some_theta<double>(40);
  model.weights.assign(theta.begin(), theta.begin() + 38);
  model.bias.assign(theta.begin() + 38, theta.end());
  const Rows<float> all = example.view(false, false);
  const auto scores = linear_scores(model, all, pool);
  for (std::size_t i = 0; i < 101; ++i) {
    Rows<float> one = all;
    one.rows = 1;
    one.dense = all.dense.rows(i, 1);
    const auto alone = linear_scores(model, one, pool);
    EXPECT_EQ(alone[0], scores[2 * i]);
    EXPECT_EQ(alone[1], scores[2 * i + 1]);
  }
}

TEST(PredictedClass, TiesGoToTheFirst) {
  EXPECT_EQ(predicted_class(HeadKind::binary, std::vector<double>{0}), 0U);
  EXPECT_EQ(predicted_class(HeadKind::multiclass, std::vector<double>{1, 2, 2}), 1U);
}

TEST(ClassProbabilities, SumToOneAndAreSafeFarOut) {
  const std::vector<double> far = {-1e4, 1e4, 0};
  std::vector<double> p(3);
  class_probabilities(HeadKind::multiclass, far, p);
  EXPECT_EQ(p[0], 0);
  EXPECT_EQ(p[1], 1);
  class_probabilities(HeadKind::binary, std::span(far).first(1), p);
  EXPECT_EQ(p[0], 1);
  EXPECT_EQ(p[1], 0);
}

}  // namespace
}  // namespace fallline
