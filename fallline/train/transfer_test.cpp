// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/transfer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/data/testing/table.hpp"
#include "fallline/train/translate.hpp"

namespace fallline {
namespace {

struct Fitted {
  FittedEncoder fitted;
  Dataset<double> data;
};

Fitted fitted(const std::string& text, const EncoderOptions& options) {
  ThreadPool pool(1);
  auto source = testing::open_texts({text}, {});
  EXPECT_TRUE(source);
  const auto schema = (*source)->scan(pool, {});
  EXPECT_TRUE(schema);
  auto encoder = fit_encoder(**source, *schema, options, Task::automatic, pool);
  EXPECT_TRUE(encoder) << (encoder ? "" : encoder.error().message);
  auto data = encode<double>(**source, *schema, encoder->encoder, &encoder->target, "", pool);
  EXPECT_TRUE(data) << (data ? "" : data.error().message);
  return {std::move(*encoder), std::move(*data)};
}

/// Numbers (some missing), texts with rare levels, a day and a target; other seeds have other centres and levels.
std::string table(std::uint64_t seed, bool other_order) {
  const Random random(seed, Purpose::test);
  std::string text = other_order ? "city,extra,day,size,age,y\n" : "age,size,city,day,y\n";
  for (std::uint64_t i = 0; i < 300; ++i) {
    const std::uint64_t at = 10 * i;
    const std::string age =
        random.uniform(at) < 0.1 ? "" : fmt::format("{:.3f}", 40 + 10 * random.normal(at + 1) + static_cast<double>(seed));
    const std::string size = fmt::format("{:.4f}", std::exp(random.normal(at + 2)));
    const std::string city = random.uniform(at + 3) < 0.02 ? fmt::format("rare{}", i) : fmt::format("c{}", random.bits(at + 4) % 4);
    const std::string day = fmt::format("2024-0{}-1{}", 1 + random.bits(at + 5) % 9, random.bits(at + 6) % 10);
    const std::string y = fmt::format("{:.4f}", random.normal(at + 7));
    text += other_order ? fmt::format("{},{},{},{},{},{}\n", city, i % 7, day, size, age, y)
                        : fmt::format("{},{},{},{},{}\n", age, size, city, day, y);
  }
  return text;
}

EncoderOptions options(std::vector<std::pair<std::string, std::string>> crosses = {}) {
  EncoderOptions options;
  options.target = "y";
  options.crosses = std::move(crosses);
  options.double_precision = true;
  return options;
}

std::vector<double> random_weights(std::size_t count) {
  const Random random(9, Purpose::test);
  std::vector<double> weights;
  for (std::size_t i = 0; i < count; ++i) {
    weights.push_back(random.normal(i));
  }
  return weights;
}

double value_at(const Rows<double>& rows, std::size_t row, const std::vector<double>& weights) {
  double sum = 0;
  if (rows.sparse) {
    for (std::uint64_t k = rows.starts[row]; k < rows.starts[row + 1]; ++k) {
      sum += weights[rows.columns[k]] * rows.values[k];
    }
    return sum;
  }
  for (std::size_t j = 0; j < rows.features; ++j) {
    sum += weights[j] * rows.dense.row(row)[j];
  }
  return sum;
}

/// The same raw rows under both encoders give the same weighted sum.
void expect_same_function(const Encoder& from, const Encoder& to, const std::string& rows) {
  ThreadPool pool(1);
  const auto encoded = [&](const Encoder& encoder) {
    auto source = testing::open_texts({rows}, {});
    const auto schema = (*source)->scan(pool, {});
    return *encode<double>(**source, *schema, encoder, nullptr, "", pool);
  };
  const Dataset<double> a = encoded(from);
  const Dataset<double> b = encoded(to);
  const std::vector<double> weights = random_weights(from.features);
  const MovedWeights moved = move_weights(translate(from, to), weights, 1);
  ASSERT_EQ(moved.weights.size(), to.features);
  for (std::size_t row = 0; row < a.rows; ++row) {
    const double before = value_at(a.view(), row, weights);
    EXPECT_NEAR(value_at(b.view(), row, moved.weights) + moved.shift[0], before, 1e-9 * (1 + std::abs(before))) << row;
  }
}

TEST(Translate, TheWeightedSumIsTheSameFunctionOfTheRawColumns) {
  const Fitted old = fitted(table(1, false), options());
  const Fitted now = fitted(table(2, true), options());
  expect_same_function(old.fitted.encoder, now.fitted.encoder, table(2, true));
}

TEST(Translate, CrossesKeepTheirFunctionWhateverTheirOrder) {
  const Fitted old = fitted(table(1, false), options({{"age", "city"}, {"size", "age"}, {"size", "size"}}));
  const Fitted now = fitted(table(2, true), options({{"city", "age"}, {"age", "size"}, {"size", "size"}}));
  expect_same_function(old.fitted.encoder, now.fitted.encoder, table(2, true));
}

TEST(Translate, DaysAndSecondsAreTheSameTimes) {
  const auto dates = [](const std::string& time) {
    std::string text = "day,y\n";
    for (std::size_t i = 0; i < 120; ++i) {
      text += fmt::format("2023-{:02}-{:02}{},{}\n", 1 + i % 12, 1 + i % 28, time, i * i % 31);
    }
    return text;
  };
  const Fitted in_days = fitted(dates(""), options());
  const Fitted in_seconds = fitted(dates(" 06:30:00"), options());
  ASSERT_NE(in_days.fitted.encoder.columns[0].unit, in_seconds.fitted.encoder.columns[0].unit);
  expect_same_function(in_days.fitted.encoder, in_seconds.fitted.encoder, dates(" 18:00:00"));
  expect_same_function(in_seconds.fitted.encoder, in_days.fitted.encoder, dates(""));
}

TEST(Translate, AnEncoderIsItself) {
  const Fitted old = fitted(table(1, false), options({{"age", "city"}}));
  const Encoder& encoder = old.fitted.encoder;
  const Translation same = translate(encoder, encoder);
  const std::vector<double> weights = random_weights(2 * encoder.features);
  EXPECT_EQ(move_weights(same, weights, 2).weights, weights);
  EXPECT_TRUE(gone_features(same, encoder).empty());
  EXPECT_TRUE(new_features(same, encoder).empty());
}

TEST(Translate, ColumnsThatComeOrGoAreNamed) {
  const Fitted old = fitted(table(1, false), options());
  EncoderOptions fewer = options();
  fewer.ignore = {"size"};
  const Fitted now = fitted(table(1, true), fewer);
  const Translation translation = translate(old.fitted.encoder, now.fitted.encoder);
  EXPECT_EQ(gone_features(translation, old.fitted.encoder), std::vector<std::string>{"size"});
  EXPECT_EQ(new_features(translation, now.fitted.encoder), std::vector<std::string>{"extra"});
}

TEST(Translate, NumberedFeaturesAreMatchedByTheirNumber) {
  Encoder from;
  from.matrix = MatrixCoding{.width = 3, .first_number = 1, .scale = {1, 0.5, 0.25}};
  from.features = 3;
  Encoder to;
  to.matrix = MatrixCoding{.width = 3, .first_number = 0, .scale = {1, 1, 1}};
  to.features = 3;
  const Translation translation = translate(from, to);
  EXPECT_EQ(move_weights(translation, {1, 2, 4}, 1).weights, (std::vector<double>{0, 1, 1}));
  EXPECT_EQ(gone_features(translation, from), std::vector<std::string>{"3"});
  EXPECT_EQ(new_features(translation, to), std::vector<std::string>{"0"});
}

Run run_of(const Fitted& on, const ModelOptions& model, const TrainOptions& options) {
  ThreadPool pool(1);
  auto run = train(on.data, on.fitted.target, model, options, pool);
  EXPECT_TRUE(run) << (run ? "" : run.error().message);
  return std::move(*run);
}

double at_start(const Run& run) {
  const auto at =
      std::find_if(run.evidence.begin(), run.evidence.end(), [](const auto& pair) { return pair.first == "objective_at_start"; });
  return at == run.evidence.end() ? std::nan("") : at->second;
}

TrainOptions epochs(std::int64_t count) {
  TrainOptions options;
  options.optimizer = "adam";
  options.learning_rate = 0.01;
  options.batch_size = 32;
  options.epochs = count;
  options.chain.l2 = 1e-3;
  return options;
}

/// Five epochs on `from`, then on to `to` from there: what was taken, and the run of one small step.
struct GoneOn {
  Run before;
  std::vector<std::string> notes;
  Run after;
};

GoneOn gone_on(const Fitted& from, const Fitted& to, const ModelOptions& model, const ModelOptions& next) {
  const Run before = run_of(from, model, epochs(5));
  const Model saved{from.fitted.encoder, from.fitted.target, before.model, ""};
  const auto taken = transfer(saved, "old.onnx", to.fitted.encoder, to.fitted.target, *resolve_model(next, to.fitted.target));
  EXPECT_TRUE(taken) << (taken ? "" : taken.error().message);
  TrainOptions more = epochs(1);
  more.learning_rate = 1e-12;
  more.steps = 1;
  more.start = taken->start;
  return {before, taken->notes, run_of(to, next, more)};
}

ModelOptions network(std::vector<std::size_t> hidden, Normalization normalization = Normalization::none) {
  ModelOptions model;
  model.network.hidden = std::move(hidden);
  model.network.normalization = normalization;
  return model;
}

TEST(Transfer, TrainingGoesOnWhereItEnded) {
  const Fitted on = fitted(table(1, false), options());
  for (const ModelOptions& model :
       {ModelOptions(), network({6}), network({6, 4}, Normalization::batch), network({5}, Normalization::layer)}) {
    const GoneOn run = gone_on(on, on, model, model);
    EXPECT_NEAR(at_start(run.after), run.before.objective, 1e-12 * run.before.objective);
    EXPECT_EQ(run.notes.size(), 1U) << run.notes.back();
  }
}

TEST(Transfer, OtherOrderAndAnAddedColumnChangeNoPrediction) {
  const Fitted from = fitted(table(1, false), options());
  const Fitted to = fitted(table(1, true), options());
  for (const ModelOptions& model : {ModelOptions(), network({6}), network({6, 4}, Normalization::batch)}) {
    const GoneOn run = gone_on(from, to, model, model);
    EXPECT_NEAR(at_start(run.after), run.before.objective, 1e-9 * run.before.objective);
    ASSERT_EQ(run.notes.size(), 2U);
    EXPECT_NE(run.notes[1].find("extra"), std::string::npos) << run.notes[1];
  }
}

TEST(Transfer, OfAnotherShapeTheLayersThatFitAreTaken) {
  const Fitted on = fitted(table(1, false), options());
  const GoneOn run = gone_on(on, on, network({6, 4}), network({6, 5}));
  EXPECT_NE(run.notes[0].find("layer 1"), std::string::npos) << run.notes[0];
  EXPECT_EQ(run.notes[0].find("layer 2"), std::string::npos) << run.notes[0];
  EXPECT_NE(run.notes[1].find("layer 2"), std::string::npos) << run.notes[1];
  EXPECT_NE(run.notes[1].find("the head"), std::string::npos) << run.notes[1];
  const std::vector<double>& before = run.before.model.hidden.arrays[0].values;
  const std::vector<double>& after = run.after.model.hidden.arrays[0].values;
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NEAR(before[i], after[i], 1e-9);
  }
  EXPECT_NE(run.after.model.hidden.arrays[2].values[0], 0);  // layer 2 was drawn
}

TEST(Transfer, NormalisationThatIsNewStartsAsDrawn) {
  const Fitted on = fitted(table(1, false), options());
  const GoneOn run = gone_on(on, on, network({6}), network({6}, Normalization::batch));
  EXPECT_NE(run.notes[0].find("layer 1 (but for its gain, shift"), std::string::npos) << run.notes[0];
}

/// Of the classes, one column tells which is likely.
Fitted sorted(const std::vector<std::string>& classes, const std::string& positive = "") {
  const Random random(4, Purpose::test);
  std::string text = "x,y\n";
  for (std::uint64_t i = 0; i < 200; ++i) {
    const double x = random.uniform(2 * i) * static_cast<double>(classes.size());
    const auto likely = static_cast<std::size_t>(x);
    text += fmt::format("{:.4f},{}\n", x, classes[random.uniform(2 * i + 1) < 0.8 ? likely : 0]);
  }
  EncoderOptions how = options();
  how.positive = positive;
  return fitted(text, how);
}

TEST(Transfer, ClassesAreMatchedByName) {
  const std::string yes = "yes";
  const GoneOn turned = gone_on(sorted({"no", yes}), sorted({"no", yes}, "no"), network({4}), network({4}));
  EXPECT_NEAR(at_start(turned.after), turned.before.objective, 1e-9);
  Fitted three = sorted({"a", "b", "c"});
  Fitted other = three;
  std::swap(other.fitted.target.classes[0], other.fitted.target.classes[2]);
  std::transform(three.data.target.begin(), three.data.target.end(), other.data.target.begin(), [](double y) { return 2 - y; });
  const GoneOn permuted = gone_on(three, other, ModelOptions(), ModelOptions());
  EXPECT_NEAR(at_start(permuted.after), permuted.before.objective, 1e-9);
}

TEST(Transfer, OtherClassesGetAFreshHead) {
  const GoneOn run = gone_on(sorted({"a", "b", "c"}), sorted({"a", "b", "d"}), network({4}), network({4}));
  ASSERT_EQ(run.notes.size(), 2U);
  EXPECT_NE(run.notes[1].find("the head: its classes are a, b, c there and a, b, d here"), std::string::npos) << run.notes[1];
}

TEST(Transfer, WhereNothingFitsItIsRefusedWithTheReasons) {
  const Fitted numbers = fitted(table(1, false), options());
  const Fitted classes = sorted({"a", "b"});
  const Model saved{numbers.fitted.encoder, numbers.fitted.target, run_of(numbers, {}, epochs(1)).model, ""};
  const auto taken = transfer(saved, "old.onnx", classes.fitted.encoder, classes.fitted.target, *resolve_model({}, classes.fitted.target));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::usage);
  EXPECT_NE(taken.error().message.find("numbers there and classes here"), std::string::npos) << taken.error().message;
}

TEST(Transfer, AStartOfAnotherShapeIsRefused) {
  const Fitted on = fitted(table(1, false), options());
  TrainOptions more = epochs(1);
  more.start = run_of(on, network({6}), epochs(1)).model;
  ThreadPool pool(1);
  EXPECT_FALSE(train(on.data, on.fitted.target, network({7}), more, pool));
  EXPECT_FALSE(train(on.data, on.fitted.target, {}, more, pool));
}

TEST(Transfer, AModelThatHasConvergedIsSaidToHaveConverged) {
  const Fitted on = fitted(table(1, false), options());
  TrainOptions more;
  more.start = run_of(on, {}, {}).model;
  const fallline::Run again = run_of(on, {}, more);
  EXPECT_EQ(again.outcome, Outcome::converged) << again.why;
  EXPECT_LE(again.steps, 2);
}

TEST(Transfer, WeightsOfFeaturesThatNoRowHasAreKept) {
  Dataset<double> data;
  data.rows = 4;
  data.features = 100;
  data.sparse = true;
  data.starts = {0, 1, 2, 3, 4};
  data.columns = {7, 8, 7, 8};
  data.values = {1, 1, 1, 1};
  data.target = {1, 2, 1, 2};
  ThreadPool pool(1);
  TargetCoding target;
  TrainOptions options;
  LinearModel start;
  start.features = 100;
  start.weights.assign(100, 0.5);
  start.bias = {0};
  options.start = start;
  const auto run = train(data, target, {}, options, pool);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->model.weights[3], 0.5);
  EXPECT_NEAR(run->model.weights[8] - run->model.weights[7], 1, 1e-4);
}

}  // namespace
}  // namespace fallline
