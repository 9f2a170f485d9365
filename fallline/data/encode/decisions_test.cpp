// SPDX-License-Identifier: Apache-2.0
// Decisions on whole columns: what is left out, crosses, times, positive classes and class weights.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "fallline/data/encode/row_ids.hpp"
#include "fallline/data/testing/encoding.hpp"

namespace fallline {
namespace {

using testing::fit;
using testing::fit_refusal;
using testing::row_of;
using testing::says;

/// Columns id (counting from `start`), name (all distinct), x, y.
std::string people(std::size_t rows, std::size_t start = 1, const std::string& id = "nr") {
  std::string text = id + ",name,x,y\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("{},person {},{},{}\n", start + i, i, i * i % 11, i % 3 == 0 ? "yes" : "no");
  }
  return text;
}

TEST(LeftOut, IsWhatCountsOrNamesTheRows) {
  const FittedEncoder f = fit(people(150), {.target = "y"});
  EXPECT_EQ(f.encoder.feature_names(), std::vector<std::string>{"x"});
  EXPECT_EQ(f.encoder.columns[0].left_out, "counts the rows");
  EXPECT_EQ(f.encoder.columns[1].left_out, "looks like an id or free text (150 distinct texts in 150 rows)");
  ASSERT_EQ(f.warnings.size(), 2U);
  EXPECT_TRUE(says(f.warnings[0] + f.warnings[1], "--text name")) << f.warnings[0];
}

TEST(LeftOut, NeedsManyRowsAndAClearCase) {
  EXPECT_EQ(fit(people(90), {.target = "y", .rare_below = 1}).encoder.feature_names().size(), 92U);
  EXPECT_EQ(fit(people(150, 1900), {.target = "y", .ignore = {"name"}}).encoder.feature_names(), (std::vector<std::string>{"nr", "x"}))
      << "1900, 1901, ... may be years";
  EXPECT_EQ(fit(people(150, 1900, "person_id"), {.target = "y", .ignore = {"name"}}).encoder.feature_names(),
            std::vector<std::string>{"x"});
}

TEST(LeftOut, GivesWayToWhatTheUserNames) {
  EXPECT_EQ(fit(people(150), {.target = "y", .features = {"nr", "x"}}).encoder.feature_names(), (std::vector<std::string>{"nr", "x"}));
  EXPECT_EQ(fit(people(150), {.target = "y", .ignore = {"name"}, .keep = {"nr", "elsewhere"}}).encoder.feature_names(),
            (std::vector<std::string>{"nr", "x"}));
}

TEST(LeftOut, IsNotAllThereIs) {
  EXPECT_EQ(fit(people(150), {.target = "y", .ignore = {"name", "x"}}).encoder.feature_names(), std::vector<std::string>{"nr"});
  EXPECT_TRUE(says(fit_refusal(people(150), {.target = "y", .features = {}, .ignore = {"nr", "x"}}), "Pass --text name if it is prose"));
}

TEST(LeftOut, ConstantColumnsAreToldTogetherWhereTheyAreMany) {
  std::string head = "x,y";
  std::string tail;
  for (int i = 0; i < 30; ++i) {
    head += fmt::format(",p{}", i);
    tail += ",0";
  }
  const FittedEncoder f = fit(head + "\n1,0.5" + tail + "\n2,0.7" + tail + "\n3,0.1" + tail + "\n", {.target = "y"});
  ASSERT_EQ(f.warnings.size(), 1U);
  EXPECT_TRUE(says(f.warnings[0], "30 columns hold one value only and are left out: p0, p1,")) << f.warnings[0];
}

TEST(NamedLikeAnId, IsJudgedByWholeWords) {
  for (const char* name : {"id", "ID", "PassengerId", "row_id", "index", "Unnamed: 0"}) {
    EXPECT_TRUE(encoding::named_like_an_id(name)) << name;
  }
  for (const char* name : {"paid", "width", "humid", "price", "body mass index", "grid"}) {
    EXPECT_FALSE(encoding::named_like_an_id(name)) << name;
  }
}

const std::string crossable = "a,t,y\n1,u,0.5\n2,v,0.1\n6,u,0.3\n,v,0.7\n3,w,0.2\n";

TEST(Crosses, AreProductsOfFeatures) {
  const FittedEncoder f = fit(crossable, {.target = "y", .crosses = {{"a", "t"}, {"a", "a"}}, .rare_below = 1});
  EXPECT_EQ(f.encoder.features, 2U + 3U + 6U + 4U);
  EXPECT_EQ(f.encoder.feature_name(5), "a x t=u");
  EXPECT_EQ(f.encoder.feature_name(9), "a missing x t=v");
  const auto data = testing::try_encode<double>(crossable, f);
  ASSERT_TRUE(data.has_value());
  const double z = (6.0 - 3.0) / std::sqrt(3.5);
  EXPECT_EQ(row_of(*data, 2).size(), 4U);
  EXPECT_NEAR(row_of(*data, 2).at(5), z, 1e-15);
  EXPECT_NEAR(row_of(*data, 2).at(11), z * z, 1e-14);
  EXPECT_EQ(row_of(*data, 3), (std::map<std::size_t, double>{{1, 1}, {3, 1}, {9, 1}, {14, 1}}));
  const Result<Encoder> back = encoder_from_json(encoder_to_json(f.encoder));
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(encoder_to_json(*back), encoder_to_json(f.encoder));
}

TEST(Crosses, ThatMakeNoSenseAreRefused) {
  EXPECT_TRUE(says(fit_refusal(crossable, {.target = "y", .crosses = {{"a", "b"}}}), "--cross a*b: There is no column 'b'"));
  EXPECT_TRUE(says(fit_refusal(crossable, {.target = "y", .crosses = {{"a", "y"}}}), "no feature but target"));
  EXPECT_TRUE(says(fit_refusal(crossable, {.target = "y", .crosses = {{"t", "t"}}}), "times itself"));
  EXPECT_TRUE(says(fit_refusal(crossable, {.target = "y", .crosses = {{"a", "t"}, {"t", "a"}}}), "asked for twice"));
  EXPECT_TRUE(says(fit_refusal(crossable, {.target = "y", .hash_bits = 4, .crosses = {{"a", "t"}}}), "is hashed"));
}

TEST(Crosses, AreKeptFromGrowingWithoutBound) {
  std::string text = "a,b,y\n";
  for (int i = 0; i < 1600; ++i) {
    text += fmt::format("a{},b{},{}\n", i % 400, i % 399, i % 2);
  }
  EXPECT_TRUE(says(fit_refusal(text, {.target = "y", .crosses = {{"a", "b"}}, .rare_below = 1}), "400 x 399 = 159,600 features"));
}

TEST(RareLevels, ByDefaultDependOnTheNumberOfRows) {
  std::string text = "t,y\n";
  for (int i = 0; i < 500; ++i) {
    text += fmt::format("{},{}.5\n", i < 4 ? "four" : i < 9 ? "five" : i % 2 == 0 ? "a" : "b", i);
  }
  EXPECT_EQ(fit(text, {.target = "y"}).encoder.feature_names(), (std::vector<std::string>{"t=a", "t=b", "t=five", "t other"}));
}

/// One time column `when` of the unit and numbers y.
FittedEncoder fit_times(testing::MemorySource& source, const Schema& schema) {
  ThreadPool pool(1);
  Result<FittedEncoder> fitted = fit_encoder(source, schema, {.target = "y"}, Task::regression, pool);
  EXPECT_TRUE(fitted.has_value()) << (fitted ? "" : fitted.error().message);
  return *fitted;
}

Schema time_schema(const char* unit, std::uint64_t rows) {
  return {{{"when", ColumnType::time, unit}, {"y", ColumnType::number}}, {{}, {}}, rows};
}

TEST(Times, AreNumbersThatKeepTheirUnit) {
  const Schema schema = time_schema(seconds_unit, 3);
  testing::MemorySource source(schema, {{{1.7e9, 1.7e9 + 60, 1.7e9 + 3600}, {}}, {{1, 2, 4}, {}}});
  const FittedEncoder f = fit_times(source, schema);
  EXPECT_EQ(f.encoder.columns[0].unit, seconds_unit);
  EXPECT_TRUE(f.encoder.columns[0].number.wide);
  EXPECT_EQ(declared_types(f.encoder, nullptr).at("when"), ColumnType::time);
  const Result<Encoder> back = encoder_from_json(encoder_to_json(f.encoder));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->columns[0].unit, seconds_unit);
  EXPECT_EQ(back->columns[0].type, ColumnType::time);
}

TEST(Times, AreConvertedToTheUnitOfTheModel) {
  const Schema schema = time_schema(seconds_unit, 3);
  const double day = 86400;
  testing::MemorySource source(schema, {{{19000 * day, 19001 * day, 19004 * day}, {}}, {{1, 2, 4}, {}}});
  const FittedEncoder f = fit_times(source, schema);
  const Schema days = time_schema(days_unit, 3);
  testing::MemorySource asked(days, {{{19000, 19001, 19004}, {}}, {{1, 2, 4}, {}}});
  ThreadPool pool(1);
  const auto in_seconds = encode<double>(source, schema, f.encoder, nullptr, "", pool);
  const auto in_days = encode<double>(asked, days, f.encoder, nullptr, "", pool);
  ASSERT_TRUE(in_seconds.has_value() && in_days.has_value());
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(row_of(*in_seconds, i), row_of(*in_days, i));
  }
}

TEST(Times, AreNotTakenForPlainNumbers) {
  const Schema schema = time_schema(days_unit, 3);
  testing::MemorySource source(schema, {{{1, 2, 4}, {}}, {{1, 2, 4}, {}}});
  const FittedEncoder f = fit_times(source, schema);
  const Schema plain{{{"when", ColumnType::number}}, {{}}, 2};
  testing::MemorySource numbers(plain, {{{1, 2}, {}}});
  ThreadPool pool(1);
  const auto refused = encode<float>(numbers, plain, f.encoder, nullptr, "", pool);
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(says(refused.error().message, "was times in training, but was read as numbers here")) << refused.error().message;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  testing::MemorySource empty(plain, {{{nan, nan}, {}}});
  EXPECT_TRUE(encode<float>(empty, plain, f.encoder, nullptr, "", pool).has_value());
}

const std::string spam = "x,y\n1,spam\n2,ham\n3,spam\n4,ham\n5,ham\n6,ham\n";

TEST(Positive, StandsSecond) {
  EXPECT_EQ(fit(spam, {.target = "y"}).target.classes, (std::vector<std::string>{"ham", "spam"}));
  const FittedEncoder f = fit(spam, {.target = "y", .positive = "ham"});
  EXPECT_EQ(f.target.classes, (std::vector<std::string>{"spam", "ham"}));
  EXPECT_EQ(testing::try_encode<float>(spam, f)->target, (std::vector<float>{0, 1, 0, 1, 1, 1}));
  const auto back = target_from_json(target_to_json(f.target));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->classes, f.target.classes);
}

TEST(Positive, IsComparedByValueWhereClassesAreNumbers) {
  const std::string text = "x,y\n1,-1\n2,+1.0\n3,-1\n4,1\n";
  const FittedEncoder f = fit(text, {.target = "y", .positive = "-1.0"});
  EXPECT_EQ(f.target.classes, (std::vector<std::string>{"1", "-1"}));
  EXPECT_EQ(testing::try_encode<float>(text, f)->target, (std::vector<float>{1, 0, 1, 0}));
}

TEST(Positive, MustBeOneOfTwoClasses) {
  EXPECT_TRUE(says(fit_refusal(spam, {.target = "y", .positive = "eggs"}), "the classes of 'y' are 'ham' and 'spam'"));
  EXPECT_TRUE(says(fit_refusal("x,y\n1,a\n2,b\n3,c\n", {.target = "y", .positive = "a"}), "has 3 classes"));
  EXPECT_TRUE(says(fit_refusal("x,y\n1,0.5\n2,1.5\n3,7\n", {.target = "y", .positive = "7"}), "predicted as a number"));
}

TEST(ClassWeights, BalanceTheRowsThatAreTrainedOn) {
  const FittedEncoder f = fit(spam, {.target = "y"});
  auto data = *testing::try_encode<float>(spam, f);
  const auto weights = weigh_classes(data, f.target, {.balanced = true}, {});
  ASSERT_TRUE(weights.has_value());
  EXPECT_EQ(*weights, (std::vector<double>{6.0 / (2 * 4), 6.0 / (2 * 2)}));
  EXPECT_EQ(data.weight, (std::vector<float>{1.5F, 0.75F, 1.5F, 0.75F, 0.75F, 0.75F}));
}

TEST(ClassWeights, GoByNameAndMultiplyTheRowsOwn) {
  const FittedEncoder f = fit(spam, {.target = "y"});
  auto data = *testing::try_encode<float>(spam, f);
  data.weight = {1, 2, 3, 4, 5, 6};
  ASSERT_TRUE(weigh_classes(data, f.target, {.by_name = {{"spam", 10}}}, {}).has_value());
  EXPECT_EQ(data.weight, (std::vector<float>{10, 2, 30, 4, 5, 6}));
  EXPECT_TRUE(says(weigh_classes(data, f.target, {.by_name = {{"span", 10}}}, {}).error().message, "Did you mean 'spam'?"));
}

TEST(EncodeAtPrediction, AllMissingColumnsAreNamedAtOnce) {
  const FittedEncoder f = fit("a,b,c,y\n1,5,3,0.5\n2,7,1,0.6\n3,1,9,0.9\n", {.target = "y"});
  const Schema schema{{{"b", ColumnType::number}}, {{}}, 1};
  testing::MemorySource source(schema, {{{1}, {}}});
  ThreadPool pool(1);
  const auto refused = encode<float>(source, schema, f.encoder, nullptr, "", pool);
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(says(refused.error().message, "'a'") && says(refused.error().message, "'c'")) << refused.error().message;
}

}  // namespace
}  // namespace fallline
