// SPDX-License-Identifier: Apache-2.0
// Every optimizer of the list on every kind of model and of rows: 1, 2, 3 and 8 threads come to the same bits. The data are large enough
// for each batch to be cut into several shards and handed to the threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "fallline/base/random.hpp"
#include "fallline/train/train.hpp"

namespace fallline {
namespace {

constexpr std::size_t features = 24;

/// Rows with a class each, or a number where there are none; sparse ones hold a third of their values.
Dataset<float> made(std::size_t classes, bool sparse) {
  Dataset<float> data;
  data.rows = sparse ? 8400 : 3000;
  data.features = data.stride = features;
  data.sparse = sparse;
  data.starts.push_back(0);
  const Random random(21, Purpose::test);
  for (std::size_t i = 0; i < data.rows; ++i) {
    double sum = random.normal(i * 100);
    for (std::size_t j = 0; j < features; ++j) {
      const auto x = static_cast<float>(random.normal(i * 100 + j + 1));
      const bool there = !sparse || random.uniform(i * 100 + j + 50) < 0.33;
      sum += there ? static_cast<double>(x) / (1 + static_cast<double>(j)) : 0;
      if (!sparse) {
        data.dense.push_back(x);
      } else if (there) {
        data.columns.push_back(static_cast<std::uint32_t>(j));
        data.values.push_back(x);
      }
    }
    data.starts.push_back(data.columns.size());
    const double last = static_cast<double>(classes) - 1;
    data.target.push_back(static_cast<float>(classes == 0 ? sum : std::min(last, std::floor(std::abs(sum) * last))));
  }
  return data;
}

TargetCoding coding(std::size_t classes) {
  TargetCoding target{.name = "y", .classification = classes > 0, .numeric = true, .classes = {}, .center = 0, .spread = 1};
  for (std::size_t c = 0; c < classes; ++c) {
    target.classes.push_back(std::to_string(c));
  }
  return target;
}

/// The bits of all numbers that a model file holds, and of what the run says of its steps: some of those are no numbers.
std::vector<std::uint64_t> bits_of(const fallline::Run& run) {
  std::vector<std::uint64_t> all;
  const auto add = [&](const std::vector<double>& values) {
    std::transform(values.begin(), values.end(), std::back_inserter(all), [](double x) { return std::bit_cast<std::uint64_t>(x); });
  };
  add(run.model.weights);
  add(run.model.bias);
  for (const NamedArray& array : run.model.hidden.arrays) {
    add(array.values);
  }
  add({run.train_loss, run.objective, run.learning_rate, static_cast<double>(run.steps)});
  return all;
}

/// Trains by each optimizer with each number of threads; one that does not suit the model is refused with each.
void expect_the_same(const Dataset<float>& data, std::size_t classes, const ModelOptions& model) {
  std::size_t suitable = 0;
  for (const OptimizerInfo& info : list_optimizers()) {
    TrainOptions options;
    options.optimizer = info.name;
    options.epochs = data.sparse ? 1 : 2;
    if (!info.kind.ends_with("method")) {
      options.batch_size = data.rows / 2;
    }
    std::string refused;
    std::vector<std::uint64_t> alone;
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
      ThreadPool pool(threads);
      const auto run = train(data, coding(classes), model, options, pool);
      if (threads == 1) {
        refused = run ? "" : run.error().message;
        alone = run ? bits_of(*run) : std::vector<std::uint64_t>();
        suitable += run ? 1 : 0;
      } else if (!run) {
        EXPECT_EQ(run.error().message, refused) << info.name;
      } else {
        EXPECT_TRUE(bits_of(*run) == alone) << info.name << " with " << threads << " threads";
      }
    }
  }
  EXPECT_GE(suitable + 5, list_optimizers().size());
}

TEST(ThreadIdentity, LinearOnDenseRows) { expect_the_same(made(0, false), 0, {}); }
TEST(ThreadIdentity, LinearOnSparseRows) { expect_the_same(made(0, true), 0, {}); }
TEST(ThreadIdentity, LogisticOnDenseRows) { expect_the_same(made(2, false), 2, {}); }
TEST(ThreadIdentity, LogisticOnSparseRows) { expect_the_same(made(2, true), 2, {}); }
TEST(ThreadIdentity, SoftmaxOnDenseRows) { expect_the_same(made(4, false), 4, {}); }
TEST(ThreadIdentity, SoftmaxOnSparseRows) { expect_the_same(made(4, true), 4, {}); }
TEST(ThreadIdentity, NetworkOfTwoLayers) {
  ModelOptions model;
  model.network.hidden = {16, 8};
  model.network.dropout = 0.2;
  expect_the_same(made(4, false), 4, model);
}

}  // namespace
}  // namespace fallline
