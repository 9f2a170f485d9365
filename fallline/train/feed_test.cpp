// SPDX-License-Identifier: Apache-2.0
// Rows in a file train the same model, to the last bit, as the same rows in memory.
#include "fallline/train/feed.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "fallline/data/row_file.hpp"
#include "fallline/train/checkpoint_identity.hpp"
#include "fallline/train/train.hpp"

namespace fallline {
namespace {

/// Wide rows, so that two thousand of them are two segments: about 75 MB. A number or a class that the first two features tell.
Dataset<float> wide(bool sparse, std::size_t targets = 1) {
  Dataset<float> data;
  data.rows = 2300;
  data.features = sparse ? 30000 : 8000;
  data.sparse = sparse;
  data.stride = sparse ? 0 : data.features;
  data.targets = targets;
  const std::size_t of_a_row = sparse ? 4000 : data.features;
  data.group_rows = rows_of_a_group(static_cast<double>(of_a_row) * (sparse ? 8 : 4));
  data.starts.assign(sparse ? 1 : 0, 0);
  const Random random(3, Purpose::test);
  for (std::size_t i = 0; i < data.rows; ++i) {
    const auto a = static_cast<float>(random.normal(2 * i));
    const auto b = static_cast<float>(random.normal(2 * i + 1));
    Buffer<float>& values = sparse ? data.values : data.dense;
    for (std::size_t j = 0; j < of_a_row; ++j) {
      values.push_back(j == 0 ? a : j == 1 ? b : 0.01F * static_cast<float>((i * 31 + j * 17) % 101));
      if (sparse) {
        data.columns.push_back(static_cast<std::uint32_t>(2 * j + (i % 2)));
      }
    }
    if (sparse) {
      data.starts.push_back(data.columns.size());
    }
    for (std::size_t c = 0; c < targets; ++c) {
      data.target.push_back(targets > 1 ? 40 * a + static_cast<float>(c) * b : (a > b ? 1.0F : 0.0F));
    }
    data.weight.push_back(0.5F + static_cast<float>(i % 3));
  }
  return data;
}

/// The same rows in a file, which got them in pieces of no particular size.
Dataset<float> in_file(const Dataset<float>& data, const Memory& memory) {
  Dataset<float> filed = empty_like(data);
  filed.rows = data.rows;
  filed.store = *RowFile<float>::create(memory, data, true, 0);
  ThreadPool pool(2);
  Dataset<float> some = empty_like(data);
  for (std::uint32_t first = 0; first < data.rows;) {
    std::vector<std::uint32_t> piece;
    for (std::uint32_t i = first; i < std::min<std::size_t>(data.rows, first + 1 + first % 200); ++i) {
      piece.push_back(i);
    }
    first += static_cast<std::uint32_t>(piece.size());
    append_rows(data.view(), piece, some);
    EXPECT_TRUE(filed.store->append(some, pool).has_value());
  }
  EXPECT_TRUE(filed.store->finish(some, pool).has_value());
  EXPECT_EQ(filed.store->rows(), data.rows);
  return filed;
}

TargetCoding two_classes() {
  return {.name = "y", .classification = true, .numeric = true, .classes = {"0", "1"}, .center = 0, .spread = 1};
}

void expect_same_model(const Dataset<float>& data, const TargetCoding& target, const std::string& optimizer, std::size_t batch,
                       const std::vector<std::size_t>& hidden = {}) {
  TrainOptions options;
  options.optimizer = optimizer;
  options.validation = 0.1;
  if (optimizer != "l-bfgs") {
    options.learning_rate = 0.001;
    options.batch_size = batch;
  }
  options.epochs = 2;
  ModelOptions model;
  model.network.hidden = hidden;
  ThreadPool pool(2);
  const auto here = train(data, target, model, options, pool, {}, {});
  ASSERT_TRUE(here.has_value()) << here.error().message;
  for (const std::uint64_t limit : {std::uint64_t{1} << 30U, std::uint64_t{1} << 20U}) {  // two stretches at a time, one
    const Memory memory(limit, scratch_folder());
    const auto there = train(in_file(data, memory), target, model, options, pool, {}, {});
    ASSERT_TRUE(there.has_value()) << there.error().message;
    EXPECT_EQ(there->model.weights, here->model.weights) << optimizer;
    EXPECT_EQ(there->model.bias, here->model.bias) << optimizer;
    EXPECT_EQ(there->train_loss, here->train_loss) << optimizer;
    EXPECT_EQ(there->validation, here->validation) << optimizer;
  }
}

TEST(Feed, DenseRowsInAFileTrainTheSameModel) {
  const Dataset<float> data = wide(false);
  expect_same_model(data, two_classes(), "adam", 64);
  expect_same_model(data, two_classes(), "l-bfgs", 0);
}

TEST(Feed, SparseRowsInAFileTrainTheSameModel) {
  const Dataset<float> data = wide(true);
  expect_same_model(data, two_classes(), "adagrad", 48);  // does not divide the window
  expect_same_model(data, two_classes(), "sgd", 0);
}

TEST(Feed, SeveralTargetsInAFileTrainTheSameModel) {
  TargetCoding target{.name = "a", .classification = false, .numeric = true, .classes = {}, .center = 1, .spread = 40};
  target.more = {{"b", -2, 7, ""}};
  expect_same_model(wide(false, 2), target, "adam", 100);
}

TEST(Feed, ANetworkOnRowsInAFileIsTheSame) { expect_same_model(wide(false), two_classes(), "adam", 64, {4}); }

TEST(Feed, ClassWeightsAreThoseOfRowsInMemory) {
  const Split split{0.1, 0};
  Dataset<float> here = wide(true);
  const Memory memory(std::uint64_t{1} << 30U, scratch_folder());
  Dataset<float> there = in_file(here, memory);
  const auto a = weigh_classes(here, two_classes(), {.balanced = true}, split);
  const auto b = weigh_classes(there, two_classes(), {.balanced = true}, split);
  ASSERT_TRUE(a.has_value() && b.has_value());
  EXPECT_EQ(*a, *b);
  EXPECT_EQ(*data_identity(here, two_classes(), {}), *data_identity(there, two_classes(), {}));
  there.store->weigh({1, 1}, split);
  EXPECT_NE(*data_identity(here, two_classes(), {}), *data_identity(there, two_classes(), {}));
}

/// Cuts every scratch file of this process off at its start.
std::size_t cut_scratch_files() {
  std::size_t cut = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    if (std::filesystem::read_symlink(entry.path(), ignored).string().ends_with(" (deleted)")) {
      cut += ::ftruncate(std::stoi(entry.path().filename()), 0) == 0 ? 1 : 0;
    }
  }
  return cut;
}

TEST(Feed, RowsThatCannotBeReadBackEndTheRun) {
  if (!std::filesystem::exists("/proc/self/fd")) {
    GTEST_SKIP() << "no list of open files";
  }
  for (const bool sparse : {false, true}) {
    const Memory memory(std::uint64_t{1} << 30U, scratch_folder());
    const Dataset<float> data = in_file(wide(sparse), memory);
    ASSERT_GT(cut_scratch_files(), 0U);
    for (const char* optimizer : {"sgd", "adam", "l-bfgs"}) {
      TrainOptions options;
      options.optimizer = optimizer;
      options.validation = 0.1;
      options.batch_size = options.optimizer == "l-bfgs" ? 0 : 64;
      ThreadPool pool(2);
      const auto run = train(data, two_classes(), {}, options, pool, {}, {});
      ASSERT_FALSE(run.has_value());
      EXPECT_EQ(run.error().code, ErrorCode::no_room);
      EXPECT_NE(run.error().message.find("cannot be read back"), std::string::npos) << run.error().message;
    }
  }
}

TEST(Feed, AWindowCountsWhatStandsBesideTheFeaturesOfNarrowRows) {
  Dataset<float> data;
  data.rows = 3;
  data.features = data.stride = 1;
  data.dense = data.target = {1, 2, 3};
  ThreadPool pool(1);
  EXPECT_EQ(Feed<float>(data, {}, {}, pool).window(), (std::size_t{64} << 20U) / (3 * sizeof(float) + 2 * sizeof(std::uint32_t)));
}

TEST(Feed, ANetworkThatMixesRowsIsRefusedOnAFullBatchInAFile) {
  const Memory memory(std::uint64_t{1} << 30U, scratch_folder());
  TrainOptions options;
  options.optimizer = "l-bfgs";
  ModelOptions model;
  model.network.hidden = {2};
  model.network.dropout = 0.5;
  ThreadPool pool(1);
  const auto run = train(in_file(wide(true), memory), two_classes(), model, options, pool, {}, {});
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().code, ErrorCode::no_room);
}

TEST(Feed, MethodsOfSingleRowsAreRefusedOnRowsInAFile) {
  const Dataset<float> data = wide(true);
  const Memory memory(1, scratch_folder());
  TrainOptions options;
  options.optimizer = "saga";
  ThreadPool pool(1);
  const auto run = train(in_file(data, memory), two_classes(), {}, options, pool, {}, {});
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().code, ErrorCode::no_room);
}

}  // namespace
}  // namespace fallline
