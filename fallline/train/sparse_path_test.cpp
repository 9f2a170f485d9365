// SPDX-License-Identifier: Apache-2.0
// Batches of sparse rows by what they touch: LinearTouch and SparseOptimizer go where LinearPass and Optimizer go.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "fallline/base/random.hpp"
#include "fallline/model/linear_pass.hpp"
#include "fallline/model/linear_touch.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/sparse.hpp"

namespace fallline {
namespace {

/// Rows of a few columns out of many, the first ones more often.
struct Wide {
  std::size_t rows = 400;
  std::size_t features = 300;
  std::vector<std::uint64_t> starts = {0};
  std::vector<std::uint32_t> columns;
  std::vector<double> values, target, weight;

  explicit Wide(std::size_t classes) {
    const Random random(5, Purpose::test);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const double dense = random.uniform(at++);
      for (std::size_t j = 0; j < features; ++j) {
        if (random.uniform(at++) < 0.2 * dense / (1 + 0.1 * static_cast<double>(j))) {
          columns.push_back(static_cast<std::uint32_t>(j));
          values.push_back(random.normal(at++));
        }
      }
      starts.push_back(columns.size());
      target.push_back(std::floor(random.uniform(at++) * static_cast<double>(classes)));
      weight.push_back(0.5 + random.uniform(at++));
    }
  }

  Rows<double> view() const {
    return {.rows = rows,
            .features = features,
            .sparse = true,
            .starts = starts,
            .columns = columns,
            .values = values,
            .target = target,
            .weight = weight};
  }
};

void expect_the_same_path(const std::string& loss_spec, std::size_t classes, std::size_t batch, const std::string& optimizer) {
  const Wide wide(classes);
  const auto loss = std::move(*make_loss(loss_spec));
  const std::size_t outputs = classes > 2 ? classes : 1;
  ThreadPool pool(1);
  LinearPass<double> pass(wide.view(), *loss, OutputActivation::identity, outputs, true);
  const double mean_weight = std::accumulate(wide.weight.begin(), wide.weight.end(), 0.0) / static_cast<double>(wide.rows);
  LinearTouch<double> touch(wide.view(), *loss, OutputActivation::identity, outputs, true, mean_weight);

  const auto dense = std::move(*make_optimizer<double>(optimizer));
  const auto sparse = std::move(*make_sparse_optimizer<double>(optimizer));
  Parameters<double> a({{"weights", {outputs, wide.features}}, {"intercept", {outputs}, false}});
  Parameters<double> b = a;
  Parameters<double> gradient = a;
  dense->start(a);
  sparse->start(b);
  std::vector<std::uint32_t> order(wide.rows);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<double> few;
  for (int epoch = 0; epoch < 5; ++epoch) {
    for (std::size_t first = 0; first < wide.rows; first += batch) {
      const auto rows = std::span<const std::uint32_t>(order).subspan(first, std::min(batch, wide.rows - first));
      const double rate = 0.1 / (1 + epoch);
      const double one = pass(rows, a.values(), gradient.values(), {}, pool);
      dense->step(a, gradient, rate);
      const auto touched = touch.touch(rows);
      sparse->catch_up(b, touched);
      few.resize(touched.size());
      const double other = touch(b.values(), few);
      sparse->step(b, touched, few, rate);
      ASSERT_NEAR(one, other, 1e-7 * std::abs(one)) << optimizer;
    }
  }
  const Parameters<double> now = sparse->settled(b);
  double longest = 0;
  for (const double x : a.values()) {
    longest = std::max(longest, std::abs(x));
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_NEAR(a.values()[i], now.values()[i], 1e-6 * longest) << optimizer << " " << i;
  }
}

TEST(SparsePath, GoesWhereTheDenseOneGoes) {
  for (const char* optimizer : {"sgd:l2=1e-3,l1=1e-4", "momentum:l2=1e-3", "adagrad:l1=1e-3", "adam:weight_decay=0.01", "adam:l2=1e-3",
                                "ftrl:l1=0.001", "lazy_adam", "nadam:clip_norm=0.5", "sgd:average=ema"}) {
    expect_the_same_path("logistic", 2, 1, optimizer);
    expect_the_same_path("logistic", 2, 32, optimizer);
    expect_the_same_path("cross_entropy", 3, 7, optimizer);
  }
}

TEST(SparsePath, GradientsAreTheBitsOfTheDensePass) {
  const Wide wide(3);
  const auto loss = std::move(*make_loss("cross_entropy"));
  ThreadPool pool(1);
  LinearPass<double> pass(wide.view(), *loss, OutputActivation::identity, 3, true);
  const double mean_weight = std::accumulate(wide.weight.begin(), wide.weight.end(), 0.0) / static_cast<double>(wide.rows);
  LinearTouch<double> touch(wide.view(), *loss, OutputActivation::identity, 3, true, mean_weight);
  std::vector<double> theta(3 * wide.features + 3);
  for (std::size_t i = 0; i < theta.size(); ++i) {
    theta[i] = std::sin(static_cast<double>(i));
  }
  std::vector<std::uint32_t> order(wide.rows);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<double> gradient(theta.size());
  const double one = pass(order, theta, gradient, {}, pool);
  const auto touched = touch.touch(order);
  std::vector<double> few(touched.size());
  EXPECT_EQ(touch(theta, few), one);
  std::vector<double> written(theta.size());
  for (std::size_t k = 0; k < touched.size(); ++k) {
    written[touched[k]] = few[k];
  }
  EXPECT_EQ(written, gradient);
}

}  // namespace
}  // namespace fallline
