// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <bit>
#include <filesystem>

#include "fallline/base/file.hpp"
#include "fallline/base/random.hpp"
#include "fallline/train/checkpoint_identity.hpp"
#include "fallline/train/train.hpp"

namespace fallline {
namespace {

/// 23 rows of three numbers that point to one of two classes most of the time, or to a number.
template <class T>
Dataset<T> small_data(bool classes) {
  constexpr std::size_t rows = 23;
  constexpr std::size_t columns = 3;
  Dataset<T> data;
  data.rows = rows;
  data.features = columns;
  data.stride = columns;
  data.dense.resize(rows * columns);
  const Random random(5, Purpose::test);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      data.dense[i * columns + j] = static_cast<T>(random.normal(i * columns + j));
    }
    const double y = 2 * static_cast<double>(data.dense[i * columns]) + random.normal(1000 + i);
    data.target.push_back(static_cast<T>(classes ? (y > 0 ? 1 : 0) : y));
  }
  return data;
}

/// 700 rows of one feature each, a third of them of a few that occur often: so wide that steps of single rows are sparse ones.
template <class T>
Dataset<T> wide_data() {
  Dataset<T> data;
  data.rows = 700;
  data.features = 8 + data.rows;
  data.sparse = true;
  data.starts.push_back(0);
  const Random random(7, Purpose::test);
  for (std::size_t i = 0; i < data.rows; ++i) {
    data.columns.push_back(static_cast<std::uint32_t>(i % 3 == 0 ? i % 8 : 8 + i));
    data.values.push_back(static_cast<T>(random.normal(2 * i)));
    data.starts.push_back(data.columns.size());
    data.target.push_back(static_cast<T>(data.values[i] + random.normal(2 * i + 1) > 0 ? 1 : 0));
  }
  return data;
}

TargetCoding target_of(bool classes) {
  return {.name = "y",
          .classification = classes,
          .numeric = true,
          .classes = classes ? std::vector<std::string>{"0", "1"} : std::vector<std::string>{},
          .center = 0,
          .spread = 1};
}

/// Asks the run to stop at a step.
class StopAt final : public Observer {
 public:
  explicit StopAt(std::int64_t step) : step_(step) {}
  void on_step(const StepRecord& record) override {
    if (record.step == step_) {
      source_.request_stop();
    }
  }
  StopToken token() const { return source_.token(); }

 private:
  std::int64_t step_;
  StopSource source_;
};

class Resume : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  template <class T = float>
  Result<fallline::Run> run(const TrainOptions& options, CheckpointOptions checkpoints, std::int64_t stop_at = 0,
                            const Dataset<T>* other = nullptr) const {
    ThreadPool pool(1);
    StopAt stop(stop_at);
    const Dataset<T> data = small_data<T>(classes);
    return train(other ? *other : data, target_of(classes), model, options, pool, {&stop}, stop.token(), std::move(checkpoints));
  }

  CheckpointOptions keeping() const { return {.folder = folder}; }
  CheckpointOptions resuming() const {
    auto found = find_checkpoint(folder);
    EXPECT_TRUE(found && *found) << (found ? "no checkpoint" : found.error().message);
    return {.folder = folder, .resume = found && *found ? std::move(*found) : std::nullopt};
  }

  /// Interrupted after each of its steps in turn (some twenty of those of a long run), the run comes to the same bits.
  template <class T = float>
  void expect_same_bits(const TrainOptions& options, const Dataset<T>* other = nullptr) {
    const auto whole = run<T>(options, {}, 0, other);
    ASSERT_TRUE(whole) << whole.error().message;
    for (std::int64_t step = 1; step <= whole->steps; step += 1 + whole->steps / 20) {
      remove_checkpoints(folder);
      const auto part = run<T>(options, keeping(), step, other);
      ASSERT_TRUE(part) << part.error().message;
      const auto rest = run<T>(options, resuming(), 0, other);
      ASSERT_TRUE(rest) << rest.error().message;
      expect_same(*rest, *whole, options.optimizer + " after step " + std::to_string(step));
    }
  }

  static void expect_same(const fallline::Run& a, const fallline::Run& b, const std::string& what) {
    const auto bits = [](const std::vector<double>& numbers) {
      std::vector<std::uint64_t> all;
      for (const double number : numbers) {
        all.push_back(std::bit_cast<std::uint64_t>(number));
      }
      return all;
    };
    const auto evidence = [](const fallline::Run& run) {
      std::vector<double> numbers;
      for (const auto& [name, value] : run.evidence) {
        numbers.push_back(value);
      }
      return numbers;
    };
    EXPECT_EQ(bits(a.model.weights), bits(b.model.weights)) << what;
    EXPECT_EQ(bits(a.model.bias), bits(b.model.bias)) << what;
    EXPECT_EQ(bits(history_of(a)), bits(history_of(b))) << what;
    EXPECT_EQ(bits(evidence(a)), bits(evidence(b))) << what;
    EXPECT_EQ(a.why, b.why) << what;
    EXPECT_EQ(a.choices, b.choices) << what;
    EXPECT_EQ(a.steps, b.steps) << what;
    EXPECT_EQ(a.epochs, b.epochs) << what;
    EXPECT_EQ(bits({a.learning_rate}), bits({b.learning_rate})) << what;
  }

  static std::vector<double> history_of(const fallline::Run& run) {
    std::vector<double> numbers;
    for (const EpochRecord& record : run.history) {
      numbers.insert(numbers.end(), {static_cast<double>(record.last.step), static_cast<double>(record.last.epoch),
                                     static_cast<double>(record.last.rows_seen), record.last.learning_rate, record.last.train_loss,
                                     record.last.gradient_norm, record.last.update_norm, record.train_loss, record.objective,
                                     record.validation_loss, record.validation_metric});
    }
    return numbers;
  }

  static TrainOptions few_steps(const std::string& optimizer) {
    TrainOptions options;
    options.optimizer = optimizer;
    options.learning_rate = 0.05;
    options.epochs = 2;
    if (optimizer != "l-bfgs" && optimizer != "barzilai_borwein" && optimizer != "lookahead_nesterov") {
      options.batch_size = 7;
    }
    return options;
  }

  const std::string folder = testing::TempDir() + "fallline_checkpoint_" + testing::UnitTest::GetInstance()->current_test_info()->name();
  bool classes = true;
  ModelOptions model;
};

TEST_F(Resume, EveryRuleComesToTheSameBits) {
  for (const OptimizerInfo& info : list_optimizers()) {
    if (!info.kind.ends_with("method")) {
      expect_same_bits(few_steps(info.name));
    }
  }
}

TEST_F(Resume, SoDoMethods) {
  for (const OptimizerInfo& info : list_optimizers()) {
    if (info.kind == "method") {
      TrainOptions options = few_steps(info.name);
      options.batch_size.reset();
      options.epochs = 12;
      expect_same_bits(options);
    }
  }
}

TEST_F(Resume, SoDoMethodsForFiniteSums) {
  for (const OptimizerInfo& info : list_optimizers()) {
    if (info.kind == "finite-sum method") {
      TrainOptions options = few_steps(info.name);
      options.batch_size.reset();
      const auto whole = run(options, {});
      ASSERT_TRUE(whole) << whole.error().message;
      // Nobody sees their single steps, so checkpoints are written at each and one of them is taken up.
      for (const std::int64_t every : {1, 5, 23, 40, 60}) {
        remove_checkpoints(folder);
        TrainOptions shorter = options;
        shorter.steps = every;
        ASSERT_TRUE(run(shorter, {.folder = folder, .every_steps = every}));
        const auto resumed = run(options, resuming());
        ASSERT_TRUE(resumed) << resumed.error().message;
        expect_same(*resumed, *whole, info.name + " after step " + std::to_string(every));
      }
    }
  }
}

TEST_F(Resume, SchedulesGoOn) {
  for (const char* schedule : {"cosine", "plateau:patience=0,threshold=0.5", "one_cycle", "cyclic:peak=0.1,up=3", "constant:warmup=5"}) {
    TrainOptions options = few_steps("momentum");
    options.schedule = schedule;
    options.validation = 0.3;
    expect_same_bits(options);
  }
}

TEST_F(Resume, StagesOfTheChainGoOn) {
  const auto with = [](auto change) {
    TrainOptions options = few_steps("sgd");
    change(options.chain);
    return options;
  };
  expect_same_bits(with([](ChainOptions& chain) { chain.average = Average::ema; }));
  expect_same_bits(with([](ChainOptions& chain) { chain.average = Average::mean; }));
  expect_same_bits(with([](ChainOptions& chain) { chain.accumulate = 3; }));
  expect_same_bits(with([](ChainOptions& chain) { chain.lookahead = 4; }));
  expect_same_bits(with([](ChainOptions& chain) {
    chain.gradient_noise = 0.1;
    chain.max_norm = 0.5;
  }));
  expect_same_bits(with([](ChainOptions& chain) {
    chain.l1 = 0.01;
    chain.l1_form = L1Form::cumulative;
  }));
  expect_same_bits<double>(with([](ChainOptions& chain) { chain.average = Average::ema; }));
}

TEST_F(Resume, SparseStepsGoOn) {
  const Dataset<float> wide = wide_data<float>();
  for (const char* optimizer : {"sgd", "momentum", "adagrad", "ftrl:l1=0.001", "lazy_adam", "adam"}) {
    TrainOptions options = few_steps(optimizer);
    options.batch_size = 1;
    options.validation = 0.2;
    options.patience = 1;
    options.schedule = "cosine";
    options.chain.average = Average::ema;
    expect_same_bits(options, &wide);
  }
}

TEST_F(Resume, NetworksGoOn) {
  for (const Normalization normalization : {Normalization::none, Normalization::batch, Normalization::layer}) {
    model.network = {.hidden = {4, 3}, .activation = "relu", .normalization = normalization, .dropout = 0.2};
    TrainOptions options = few_steps("adam");
    options.validation = 0.3;
    options.patience = 1;
    options.learning_rate = 0.5;
    options.epochs = 4;
    expect_same_bits(options);
  }
}

TEST_F(Resume, PatienceGoesOn) {
  for (const char* optimizer : {"sgd", "l-bfgs"}) {
    TrainOptions options = few_steps(optimizer);
    options.learning_rate = 1;
    options.epochs = 30;
    options.validation = 0.4;
    options.patience = 2;
    const auto whole = run(options, {});
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->outcome, Outcome::early_stopped) << whole->why;
    expect_same_bits(options);
  }
}

TEST_F(Resume, DefaultsGoOn) {
  expect_same_bits({});
  for (const char* kinked : {"absolute", "hinge"}) {
    classes = std::string_view(kinked) == "hinge";
    model.loss = kinked;
    expect_same_bits({});
  }
}

TEST_F(Resume, ADivergedRunHasDiverged) {
  classes = false;
  TrainOptions options = few_steps("sgd");
  options.learning_rate = 1e6;
  options.epochs = 30;
  const auto whole = run(options, {});
  ASSERT_TRUE(whole);
  ASSERT_EQ(whole->outcome, Outcome::diverged);
  expect_same_bits(options);
}

TEST_F(Resume, ALargerBudgetGoesOnAndTheScheduleKeepsItsLength) {
  TrainOptions options = few_steps("sgd");
  options.schedule = "cosine";
  options.epochs = 2;
  ASSERT_TRUE(run(options, keeping()));
  options.epochs = 4;
  const auto longer = run(options, resuming());
  ASSERT_TRUE(longer) << longer.error().message;
  EXPECT_EQ(longer->epochs, 4);
  EXPECT_NEAR(longer->history[1].last.learning_rate, 0.05 * (1 + std::cos(7 * 3.141592653589793 / 8)) / 2, 1e-12);
  EXPECT_EQ(longer->history[3].last.learning_rate, 0);
  options.epochs = 3;
  const auto shorter = run(options, resuming());
  ASSERT_FALSE(shorter);
  EXPECT_EQ(shorter.error().code, ErrorCode::usage);
}

TEST_F(Resume, WhatWasChangedIsNamed) {
  TrainOptions options = few_steps("adam");
  ASSERT_TRUE(run(options, keeping()));
  TrainOptions changed = options;
  changed.learning_rate = 0.1;
  auto refused = run(changed, resuming());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_NE(refused.error().message.find("--learning-rate was 0.05 when the run began, and is 0.1 now"), std::string::npos)
      << refused.error().message;
  Dataset<float> data = small_data<float>(true);
  data.dense[4] += 1e-6F;
  refused = run(options, resuming(), 0, &data);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::data);
  CheckpointOptions later = resuming();
  later.resume->state.facts[0].second = "0.0.9";
  refused = run(options, later);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("0.0.9"), std::string::npos) << refused.error().message;
}

TEST_F(Resume, ABrokenCheckpointGivesWayToTheOneBefore) {
  TrainOptions options = few_steps("adam");
  const auto whole = run(options, {});
  CheckpointOptions often = keeping();
  often.every_steps = 1;
  ASSERT_TRUE(run(options, often, 6));
  const std::string newest = checkpoint_path(folder);
  const std::string bytes = *read_file(newest);
  for (const std::string& broken : {bytes.substr(0, bytes.size() / 2), std::string(), bytes.substr(0, 300) + '\1' + bytes.substr(301)}) {
    ASSERT_TRUE(write_file_whole(newest, broken));
    const auto found = find_checkpoint(folder);
    ASSERT_TRUE(found && *found);
    EXPECT_FALSE((*found)->newest);
    EXPECT_NE((*found)->note.find(newest), std::string::npos);
  }
  const auto rest = run(options, resuming());  // which does not put the broken one in the place of the whole one before it
  ASSERT_TRUE(rest);
  expect_same(*rest, *whole, "from the checkpoint before");
  std::filesystem::remove(newest);
  EXPECT_FALSE(find_checkpoint(folder).value()->note.empty());
  ASSERT_TRUE(write_file_whole(newest, "x"));
  ASSERT_TRUE(write_file_whole(folder + "/checkpoint.previous.safetensors", "x"));
  const auto none = find_checkpoint(folder);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::data);
}

TEST_F(Resume, ACheckpointThatCannotBeWrittenEndsTheRun) {
  const auto run_ended = run(few_steps("adam"), {.folder = folder + "/none", .every_steps = 2});
  ASSERT_FALSE(run_ended);
  EXPECT_EQ(run_ended.error().code, ErrorCode::no_room);
}

}  // namespace
}  // namespace fallline
