// SPDX-License-Identifier: Apache-2.0
// What fitting makes of columns and targets.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/data/encode/statistics.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/testing/table.hpp"

namespace fallline {
namespace {

using testing::open_texts;

bool says(const std::string& message, const std::string& part) { return message.find(part) != std::string::npos; }

Result<FittedEncoder> fit(const std::string& text, const EncoderOptions& options, Task task = Task::automatic, testing::Reading how = {}) {
  auto source = open_texts({text}, {}, how);
  EXPECT_TRUE(source.has_value());
  ThreadPool pool(how.threads);
  const Result<Schema> schema = (*source)->scan(pool, {});
  EXPECT_TRUE(schema.has_value()) << (schema ? "" : schema.error().message);
  return fit_encoder(**source, *schema, options, task, pool);
}

FittedEncoder fitted(const std::string& text, const EncoderOptions& options, Task task = Task::automatic) {
  Result<FittedEncoder> result = fit(text, options, task);
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return result ? *result : FittedEncoder{};
}

std::string refusal(const std::string& text, const EncoderOptions& options, Task task = Task::automatic) {
  const Result<FittedEncoder> result = fit(text, options, task);
  return result ? "" : result.error().message;
}

/// "y,x" and so many rows, cycling through the targets.
std::string with_targets(const std::vector<std::string>& targets, std::size_t rows) {
  std::string text = "y,x\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("{},{}\n", targets[i % targets.size()], i);
  }
  return text;
}

TEST(FindColumn, TakesNamesFirstThenPositions) {
  const Schema schema{{{"a", ColumnType::number}, {"@0", ColumnType::number}, {"c", ColumnType::number}}, {{}, {}, {}}, 1};
  EXPECT_EQ(*find_column(schema, "c"), 2U);
  EXPECT_EQ(*find_column(schema, "@0"), 1U);
  EXPECT_EQ(*find_column(schema, "@2"), 2U);
  EXPECT_EQ(*find_column(schema, "@-1"), 2U);
  EXPECT_EQ(*find_column(schema, "@-3"), 0U);
  EXPECT_FALSE(find_column(schema, "@3").has_value());
  EXPECT_FALSE(find_column(schema, "@-4").has_value());
}

TEST(FindColumn, OffersTheNearestAndListsFew) {
  const Schema schema{{{"income", ColumnType::number}, {"age", ColumnType::number}}, {{}, {}}, 1};
  const std::string message = find_column(schema, "incme").error().message;
  EXPECT_TRUE(says(message, "There is no column 'incme'. Did you mean 'income'? The columns are income, age.")) << message;
}

TEST(FitColumns, NumbersAreCentredOnTheMeanAndScaledByTheSpread) {
  const FittedEncoder f = fitted("x,y\n1,0.1\n2,0.2\n3,0.3\n6,0.5\n", {.target = "y"});
  const NumberCoding& coding = f.encoder.columns[0].number;
  EXPECT_DOUBLE_EQ(coding.center, 3);
  EXPECT_DOUBLE_EQ(coding.scale, 1 / std::sqrt(3.5));
  EXPECT_FALSE(coding.indicator);
  EXPECT_FALSE(coding.wide);
}

TEST(FitColumns, ALargeOffsetDoesNotSpoilTheSpread) {
  const FittedEncoder f = fitted("x,y\n1000000001,0.1\n1000000002,0.2\n1000000003,0.3\n", {.target = "y"});
  EXPECT_DOUBLE_EQ(f.encoder.columns[0].number.scale, 1 / std::sqrt(2.0 / 3.0));
  EXPECT_TRUE(f.encoder.columns[0].number.wide);
}

TEST(FitColumns, MissingNumbersGetMeanOrMedianAndAnIndicator) {
  const std::string text = "x,y\n1,0.1\n2,0.2\n,0.3\n10,0.5\n3,0.7\n";
  const FittedEncoder mean = fitted(text, {.target = "y"});
  EXPECT_DOUBLE_EQ(mean.encoder.columns[0].number.impute, 4);
  EXPECT_TRUE(mean.encoder.columns[0].number.indicator);
  EXPECT_EQ(mean.encoder.feature_names(), (std::vector<std::string>{"x", "x missing"}));
  EXPECT_DOUBLE_EQ(fitted(text, {.target = "y", .impute = Impute::median}).encoder.columns[0].number.impute, 2.5);
}

TEST(FitColumns, WithoutStandardizingNumbersStayAsTheyAre) {
  const FittedEncoder f = fitted("x,y\n1,0.1\n2,0.2\n5,0.4\n", {.target = "y", .standardize = false});
  EXPECT_EQ(f.encoder.columns[0].number.center, 0);
  EXPECT_EQ(f.encoder.columns[0].number.scale, 1);
  EXPECT_EQ(f.target.center, 0);
  EXPECT_EQ(f.target.spread, 1);
}

TEST(FitColumns, ConstantColumnsAreLeftOutAloud) {
  const FittedEncoder f = fitted("x,k,t,n,y\n1,7,a,,0.1\n2,7,a,,0.2\n5,7,a,,0.4\n", {.target = "y"});
  EXPECT_EQ(f.encoder.features, 1U);
  EXPECT_EQ(f.warnings, (std::vector<std::string>{"column 'k' holds only '7' and is left out", "column 't' holds only 'a' and is left out",
                                                  "column 'n' holds only missing cells and is left out"}));
}

TEST(FitColumns, RareLevelsShareOther) {
  std::string text = "t,y\n";
  for (int i = 0; i < 40; ++i) {
    text += fmt::format("{},{}.5\n", i < 15 ? "a" : (i < 30 ? "b" : (i < 35 ? "c" : (i < 38 ? "d" : ""))), i);
  }
  const FittedEncoder f = fitted(text, {.target = "y", .rare_below = 10});
  EXPECT_EQ(f.encoder.feature_names(), (std::vector<std::string>{"t=a", "t=b", "t other", "t missing"}));
  EXPECT_EQ(fitted(text, {.target = "y", .rare_below = 1}).encoder.feature_names(),
            (std::vector<std::string>{"t=a", "t=b", "t=c", "t=d", "t missing"}));
  const FittedEncoder all_rare = fitted(text, {.target = "y", .rare_below = 100});
  EXPECT_EQ(all_rare.encoder.feature_names(), (std::vector<std::string>{"t other", "t missing"}));
  EXPECT_EQ(all_rare.warnings.size(), 1U);
}

TEST(FitColumns, AnIdLikeTextIsRefusedWithAdvice) {
  std::string text = "id,y\n";
  for (int i = 0; i < 30; ++i) {
    text += fmt::format("u{},{}.5\n", i, i);
  }
  const std::string message = refusal(text, {.target = "y", .most_levels = 20});
  EXPECT_TRUE(says(message, "Column 'id' is text with 30 distinct values") && says(message, "--categories id=hash:18") &&
              says(message, "--ignore id"))
      << message;
}

TEST(FitColumns, RolesAreObeyedAndMayNotClash) {
  const std::string text = "a,b,c,w,y\n1,2,3,1,0.1\n2,1,5,1,0.3\n4,1,1,1,0.7\n";
  EXPECT_EQ(fitted(text, {.target = "y", .weight = "w"}).encoder.feature_names(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(fitted(text, {.target = "@-1", .features = {"c", "a"}}).encoder.feature_names(), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(fitted(text, {.target = "y", .ignore = {"w", "@1"}}).encoder.feature_names(), (std::vector<std::string>{"a", "c"}));
  EXPECT_TRUE(says(refusal(text, {.target = "y", .ignore = {"y"}}), "Column 'y' has two roles"));
  EXPECT_TRUE(says(refusal(text, {.target = "y", .features = {"a", "y"}}), "Column 'y' has two roles"));
  EXPECT_TRUE(says(refusal(text, {.target = "y", .ignore = {"a", "b", "c", "w"}}), "No column is left"));
  EXPECT_TRUE(says(refusal("t,x,y\nu,1,0.5\nv,2,0.6\nv,3,0.7\n", {.target = "y", .weight = "t"}), "The weight column 't' holds text"));
}

TEST(FitColumns, ASpreadBeyondDoubleIsRefused) {
  EXPECT_TRUE(says(refusal("x,y\n1e300,0.1\n-1e300,0.2\n0,0.4\n", {.target = "y"}), "too wide to be standardised"));
}

TEST(FitTarget, TextIsClassesSortedByBytes) {
  const FittedEncoder f = fitted(with_targets({">50K", "<=50K", "<=50K"}, 30), {.target = "y"});
  EXPECT_TRUE(f.target.classification);
  EXPECT_FALSE(f.target.numeric);
  EXPECT_EQ(f.target.classes, (std::vector<std::string>{"<=50K", ">50K"}));
  EXPECT_EQ(f.notes, (std::vector<std::string>{"target 'y' has 2 distinct values, <=50K (20 rows), >50K (10 rows): classification",
                                               "the positive class is '>50K'; --positive names the other"}));
}

TEST(FitTarget, TwoNumbersAreClassesAndManyAreNot) {
  EXPECT_EQ(fitted(with_targets({"1", "-1"}, 6), {.target = "y"}).target.classes, (std::vector<std::string>{"-1", "1"}));
  EXPECT_TRUE(fitted(with_targets({"0.5", "0.25"}, 6), {.target = "y"}).target.classification);
  EXPECT_FALSE(fitted(with_targets({"0.5", "0.25", "1"}, 60), {.target = "y"}).target.classification);
}

TEST(FitTarget, FewWholeNumbersAreClassesWhereRowsAreMany) {
  const FittedEncoder f = fitted(with_targets({"10", "9", "2"}, 30), {.target = "y"});
  EXPECT_EQ(f.target.classes, (std::vector<std::string>{"2", "9", "10"}));
  EXPECT_TRUE(says(f.notes[0], "--task regression"));
  EXPECT_FALSE(fitted(with_targets({"10", "9", "2"}, 29), {.target = "y"}).target.classification);
  EXPECT_FALSE(fitted(with_targets({"10", "9", "2"}, 30), {.target = "y"}, Task::regression).target.classification);
  EXPECT_TRUE(fitted(with_targets({"10", "9", "2"}, 29), {.target = "y"}, Task::classification).target.classification);
}

TEST(FitTarget, RegressionHasCentreAndSpread) {
  const FittedEncoder f = fitted("x,y\n1,1.5\n2,2.5\n3,6.5\n", {.target = "y"});
  EXPECT_DOUBLE_EQ(f.target.center, 3.5);
  EXPECT_DOUBLE_EQ(f.target.spread, std::sqrt((4.0 + 1.0 + 9.0) / 3));
}

TEST(FitTarget, WhatCannotBeLearntIsRefused) {
  EXPECT_TRUE(says(refusal(with_targets({"0"}, 5), {.target = "y"}), "The target 'y' holds only '0' in all 5 rows"));
  EXPECT_TRUE(says(refusal(with_targets({"a"}, 5), {.target = "y"}), "holds only 'a'"));
  EXPECT_TRUE(says(refusal(with_targets({"a", "b"}, 5), {.target = "y"}, Task::regression), "holds text such as 'a'"));
  EXPECT_TRUE(says(refusal("x,y\n1,1\n2,2\n3,\n", {.target = "y"}), "The target 'y' is missing in row 3"));
  EXPECT_TRUE(says(refusal("x,y\n1,a\n2,\n3,b\n", {.target = "y"}), "The target 'y' is missing in row 2"));
  std::vector<std::string> many;
  for (int i = 0; i < 1001; ++i) {
    many.push_back(fmt::format("{}", i));
  }
  EXPECT_TRUE(says(refusal(with_targets(many, 1001), {.target = "y"}, Task::classification), "more than 1,000 distinct values"));
}

TEST(FitTarget, ARareClassIsWarnedOf) {
  std::vector<std::string> targets(201, "a");
  targets[7] = "b";
  EXPECT_TRUE(says(fitted(with_targets(targets, 201), {.target = "y"}).warnings.at(0), "class 'b' of 'y' has only 1 of 201 rows"));
  EXPECT_TRUE(fitted(with_targets({"a", "b"}, 200), {.target = "y"}).warnings.empty());
}

TEST(FitColumns, StatisticsHaveTheSameBytesForAllRangesAndThreads) {
  const Random random(3, Purpose::test);
  std::string text = "a,b,t,y\n";
  for (std::uint64_t i = 0; i < 20000; ++i) {
    text += fmt::format("{},{},{},{}\n", random.normal(3 * i), i % 17 == 0 ? "" : fmt::format("{}", 1e6 + random.uniform(3 * i + 1)),
                        random.bits(i) % 9, random.normal(3 * i + 2));
  }
  const auto bytes = [&](testing::Reading how) {
    const Result<FittedEncoder> f = fit(text, {.target = "y", .impute = Impute::median}, Task::automatic, how);
    return encoder_to_json(f->encoder) + target_to_json(f->target);
  };
  const std::string whole = bytes({});
  for (const testing::Reading how : {testing::Reading{1000, 1}, {777, 2}, {50000, 3}}) {
    EXPECT_EQ(whole, bytes(how));
  }
}

TEST(Median, IsExactForOddAndEvenCounts) {
  EXPECT_EQ(encoding::median({5, 1, 3}), 3);
  EXPECT_EQ(encoding::median({5, 1, 3, 2}), 2.5);
  EXPECT_EQ(encoding::median({7}), 7);
  EXPECT_EQ(encoding::median({1.7e308, 1.7e308}), 1.7e308);
}

TEST(FitEncoder, RowsHeldOutCountForNothing) {
  const Split split{0.5, 3};
  std::string text = "x,y\n";
  double sum = 0;
  double count = 0;
  for (int i = 0; i < 200; ++i) {
    const bool held_out = split.holds_out(static_cast<std::uint64_t>(i));
    text += fmt::format("{},{}\n", held_out ? 1000 + i : i, held_out ? 1e6 + i : 2.5 * i);
    sum += held_out ? 0 : i;
    count += held_out ? 0 : 1;
  }
  const FittedEncoder f = fitted(text, {.target = "y", .split = split});
  EXPECT_NEAR(f.encoder.columns[0].number.center, sum / count, 1e-9);
  EXPECT_NEAR(f.target.center, 2.5 * sum / count, 1e-9);
}

}  // namespace
}  // namespace fallline
