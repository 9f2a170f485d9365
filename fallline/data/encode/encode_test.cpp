// SPDX-License-Identifier: Apache-2.0
// Rows to features, targets and weights; the encoder at prediction; its JSON.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "fallline/base/random.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/testing/table.hpp"

namespace fallline {
namespace {

using testing::open_texts;

bool says(const std::string& message, const std::string& part) { return message.find(part) != std::string::npos; }

FittedEncoder fit(const std::string& text, const EncoderOptions& options) {
  auto source = open_texts({text}, {});
  ThreadPool pool(1);
  const Result<Schema> schema = (*source)->scan(pool, {});
  EXPECT_TRUE(schema.has_value()) << (schema ? "" : schema.error().message);
  Result<FittedEncoder> fitted = fit_encoder(**source, *schema, options, Task::automatic, pool);
  EXPECT_TRUE(fitted.has_value()) << (fitted ? "" : fitted.error().message);
  return fitted ? *fitted : FittedEncoder{};
}

template <class T = float>
Result<Dataset<T>> encoded(const std::string& text, const FittedEncoder& fitted, bool with_target = true, const std::string& weight = "",
                           testing::Reading how = {}) {
  const TargetCoding* target = with_target ? &fitted.target : nullptr;
  CsvOptions options;
  options.types = declared_types(fitted.encoder, target);
  auto source = open_texts({text}, options, how);
  ThreadPool pool(how.threads);
  const Result<Schema> schema = (*source)->scan(pool, {});
  if (!schema) {
    return schema.error();
  }
  return encode<T>(**source, *schema, fitted.encoder, target, weight, pool);
}

std::string refusal(const std::string& text, const FittedEncoder& fitted, bool with_target = true, const std::string& weight = "") {
  const auto data = encoded(text, fitted, with_target, weight);
  return data ? "" : data.error().message;
}

const std::string small = "x,t,y\n1,a,yes\n2,b,no\n,a,yes\n3,,no\n6,b,yes\n";

TEST(Encode, FeaturesAreStandardisedNumbersIndicatorsAndOnes) {
  const FittedEncoder f = fit(small, {.target = "y", .rare_below = 1});
  EXPECT_EQ(f.encoder.feature_names(), (std::vector<std::string>{"x", "x missing", "t=a", "t=b", "t missing"}));
  const Result<Dataset<float>> data = encoded(small, f);
  ASSERT_TRUE(data.has_value());
  ASSERT_FALSE(data->sparse);
  const Rows<float> rows = data->view();
  const auto z = [](double x) { return static_cast<float>((x - 3) * (1 / std::sqrt(3.5))); };
  const std::vector<std::vector<float>> expected = {
      {z(1), 0, 1, 0, 0}, {z(2), 0, 0, 1, 0}, {0, 1, 1, 0, 0}, {z(3), 0, 0, 0, 1}, {z(6), 0, 0, 1, 0}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(std::vector<float>(rows.dense.row(i).begin(), rows.dense.row(i).end()), expected[i]) << i;
  }
  EXPECT_EQ(data->target, (std::vector<float>{1, 0, 1, 0, 1}));
}

TEST(Encode, RowsOfEightAndMoreAreAlignedAndPaddedWithZeros) {
  std::string text = "a,b,c,d,e,f,g,h,i,y\n";
  for (int r = 0; r < 5; ++r) {
    for (int i = 0; i < 9; ++i) {
      text += fmt::format("{},", 1.5 * (r * (i + 3) % 5) + r);
    }
    text += fmt::format("{}.5\n", r);
  }
  const FittedEncoder f = fit(text, {.target = "y"});
  const Result<Dataset<double>> data = encoded<double>(text, f);
  ASSERT_TRUE(data.has_value());
  ASSERT_EQ(data->stride, 16U);
  for (std::size_t r = 0; r < 5; ++r) {
    for (std::size_t k = 9; k < 16; ++k) {
      EXPECT_EQ(data->dense[r * 16 + k], 0);
    }
  }
  EXPECT_EQ(data->target, (std::vector<double>{0.5, 1.5, 2.5, 3.5, 4.5}));
}

TEST(Encode, NumbersAreSeenAsFloatUnlessWide) {
  const std::string text = "x,w,y\n0.1,1000000000.1,0.5\n0.7,1000000000.2,0.6\n0.35,1000000000.4,0.8\n";
  const FittedEncoder f = fit(text, {.target = "y"});
  const Result<Dataset<double>> data = encoded<double>(text, f);
  ASSERT_TRUE(data.has_value());
  const NumberCoding& x = f.encoder.columns[0].number;
  const NumberCoding& w = f.encoder.columns[1].number;
  EXPECT_FALSE(x.wide);
  EXPECT_TRUE(w.wide);
  EXPECT_EQ(data->dense[0], (static_cast<double>(0.1F) - x.center) * x.scale);
  EXPECT_EQ(data->dense[1], (1000000000.1 - w.center) * w.scale);
}

/// A text column of `levels` values beside one number.
std::string wide_text(int levels, int rows) {
  std::string text = "x,t,y\n";
  for (int i = 0; i < rows; ++i) {
    text += fmt::format("{},l{:03},{}.5\n", i % 11 == 3 ? "" : fmt::format("{}", i % 13), i * 7 % levels, i);
  }
  return text;
}

TEST(Encode, WideOneHotRowsAreSparseAndHoldTheSameAsDense) {
  const std::string text = wide_text(100, 3000);
  const FittedEncoder f = fit(text, {.target = "y"});
  EXPECT_FALSE(encoding::is_dense(f.encoder));
  const Result<Dataset<float>> data = encoded(text, f);
  ASSERT_TRUE(data.has_value() && data->sparse);
  ASSERT_EQ(data->starts.size(), 3001U);
  EXPECT_EQ(data->starts.back(), data->values.size());
  EXPECT_EQ(data->columns.size(), data->values.size());
  for (std::size_t i = 0; i < 3000; ++i) {
    const bool missing = i % 11 == 3;
    const std::size_t first = data->starts[i];
    ASSERT_EQ(data->starts[i + 1] - first, missing ? 3U : 2U);
    EXPECT_EQ(data->columns[first], 0U);
    const std::size_t last = data->starts[i + 1] - 1;
    EXPECT_EQ(data->columns[last], 2 + i * 7 % 100);
    EXPECT_EQ(data->values[last], 1);
    if (missing) {
      EXPECT_EQ(data->columns[first + 1], 1U);
      EXPECT_EQ(data->values[first + 1], 1);
    }
  }
}

TEST(Encode, TheBytesAreTheSameForAllRangesAndThreads) {
  for (const int levels : {5, 100}) {
    const std::string text = wide_text(levels, 5000);
    const FittedEncoder f = fit(text, {.target = "y"});
    const Result<Dataset<float>> whole = encoded(text, f);
    for (const testing::Reading how : {testing::Reading{1000, 1}, {777, 2}, {20000, 3}}) {
      const Result<Dataset<float>> data = encoded(text, f, true, "", how);
      EXPECT_TRUE(data->dense == whole->dense && data->starts == whole->starts && data->columns == whole->columns &&
                  data->values == whole->values && data->target == whole->target);
    }
  }
}

TEST(EncodeAtPrediction, ColumnsAreFoundByNameInAnyOrder) {
  const FittedEncoder f = fit(small, {.target = "y", .rare_below = 1});
  const Result<Dataset<float>> data = encoded("more,t,x\n1,b,3\n2,a,1\n", f, false);
  ASSERT_TRUE(data.has_value());
  EXPECT_TRUE(data->target.empty());
  EXPECT_EQ(data->dense[0], 0);
  EXPECT_EQ(data->dense[3], 1);
  EXPECT_EQ(data->dense[data->stride + 2], 1);
}

TEST(EncodeAtPrediction, UnseenLevelsAreOtherWhereThatExistsElseNothing) {
  const FittedEncoder without = fit(small, {.target = "y", .rare_below = 1});
  const Result<Dataset<float>> nothing = encoded("x,t\n3,zzz\n", without, false);
  EXPECT_EQ(nothing->dense, (Buffer<float>{0, 0, 0, 0, 0}));
  const FittedEncoder with = fit("x,t,y\n1,a,yes\n2,b,no\n5,a,yes\n", {.target = "y", .rare_below = 2});
  EXPECT_EQ(with.encoder.feature_names(), (std::vector<std::string>{"x", "t=a", "t other"}));
  EXPECT_EQ(encoded("x,t\n1,zzz\n", with, false)->dense[2], 1);
  EXPECT_EQ(encoded("x,t\n1,\n", with, false)->dense[1] + encoded("x,t\n1,\n", with, false)->dense[2], 0);
}

TEST(EncodeAtPrediction, ATextColumnOfDigitsStaysText) {
  const FittedEncoder f = fit("zip,x,y\n01a,1,yes\n02,2,no\n02,3,yes\n01a,4,no\n", {.target = "y", .rare_below = 1});
  ASSERT_EQ(f.encoder.feature_names(), (std::vector<std::string>{"zip=01a", "zip=02", "x"}));
  const Result<Dataset<float>> data = encoded("zip,x\n02,1\n2,2\n", f, false);
  ASSERT_TRUE(data.has_value());
  EXPECT_EQ(data->dense[1], 1);
  EXPECT_EQ(data->dense[data->stride + 1], 0);
  auto undeclared = open_texts({"zip,x\n02,1\n2,2\n"}, {});
  ThreadPool pool(1);
  const Result<Schema> schema = (*undeclared)->scan(pool, {});
  const auto refused = encode<float>(**undeclared, *schema, f.encoder, nullptr, "", pool);
  EXPECT_TRUE(says(refused.error().message, "pass --types zip=text"));
}

TEST(EncodeAtPrediction, AColumnThatIsNotThereIsNamed) {
  const FittedEncoder f = fit(small, {.target = "y", .rare_below = 1});
  auto source = open_texts({"X,t\n1,a\n"}, {});
  ThreadPool pool(1);
  const Result<Schema> schema = (*source)->scan(pool, {});
  const auto refused = encode<float>(**source, *schema, f.encoder, nullptr, "", pool);
  EXPECT_TRUE(says(refused.error().message, "The data has no column 'x', from which the model was trained. Did you mean 'X'?"));
}

TEST(EncodeAtPrediction, TextInANumberColumnIsToldWithItsFirstCell) {
  const FittedEncoder f = fit(small, {.target = "y", .rare_below = 1});
  EXPECT_TRUE(says(refusal("x,t\n1,a\nten,a\n", f, false), "t.csv:3: column 'x' holds 'ten'"));
  auto undeclared = open_texts({"x,t\n1,a\nten,a\n"}, {});
  ThreadPool pool(1);
  const Result<Schema> schema = (*undeclared)->scan(pool, {});
  const auto refused = encode<float>(**undeclared, *schema, f.encoder, nullptr, "", pool);
  EXPECT_TRUE(says(refused.error().message, "the first such cell being 'ten' in row 2"));
}

TEST(EncodeTarget, NumericClassesCompareByValue) {
  const FittedEncoder f = fit("x,y\n1,1\n2,2\n3,1\n5,2\n", {.target = "y"});
  EXPECT_EQ(encoded("x,y\n1,2.0\n2,1e0\n", f)->target, (std::vector<float>{1, 0}));
}

TEST(EncodeTarget, UnknownAndMissingLabelsAreToldWithTheirRow) {
  const FittedEncoder f = fit(small, {.target = "y", .rare_below = 1});
  const std::string message = refusal("x,t,y\n1,a,yes\n1,a,yess\n", f);
  EXPECT_TRUE(says(message, "The target 'y' is 'yess' in row 2") && says(message, "Did you mean 'yes'?") && says(message, "no, yes"))
      << message;
  EXPECT_TRUE(says(refusal("x,t,y\n1,a,yes\n1,a,\n", f), "The target 'y' is missing in row 2"));
  EXPECT_TRUE(says(refusal("x,t,z\n1,a,yes\n", f), "has no column 'y'"));
}

TEST(EncodeWeight, IsANumberOfZeroOrMore) {
  const FittedEncoder f = fit("x,w,y\n1,1,0.5\n2,2,0.6\n4,3,0.9\n", {.target = "y", .weight = "w"});
  EXPECT_EQ(encoded("x,w,y\n1,1,0.5\n2,0,0.6\n", f, true, "w")->weight, (std::vector<float>{1, 0}));
  EXPECT_TRUE(says(refusal("x,w,y\n1,1,0.5\n2,-3,0.6\n", f, true, "w"), "The weight 'w' is -3 in row 2"));
  EXPECT_TRUE(says(refusal("x,w,y\n1,1,0.5\n2,,0.6\n", f, true, "w"), "The weight 'w' is missing in row 2"));
  EXPECT_TRUE(says(refusal("x,w,y\n1,0,0.5\n2,0,0.6\n", f, true, "w"), "Every weight in column 'w' is 0"));
}

TEST(Encode, WhatAFeatureCannotHoldIsRefused) {
  const FittedEncoder f = fit("x,y\n1,0.5\n2,0.6\n4,0.9\n", {.target = "y"});
  EXPECT_TRUE(says(refusal("x\n1\n1e60\n", f, false), "Column 'x' holds 1e+60 in row 2"));
}

TEST(EncoderJson, ReadsBackToTheLastBit) {
  const FittedEncoder f = fit(wide_text(30, 1000), {.target = "y"});
  const std::string json = encoder_to_json(f.encoder);
  const Result<Encoder> back = encoder_from_json(json);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(encoder_to_json(*back), json);
  EXPECT_EQ(back->features, f.encoder.features);
  EXPECT_EQ(back->columns[0].number.center, f.encoder.columns[0].number.center);
  EXPECT_EQ(back->columns[1].first, f.encoder.columns[1].first);
  EXPECT_EQ(target_to_json(*target_from_json(target_to_json(f.target))), target_to_json(f.target));
}

TEST(EncoderJson, DamageIsRefusedWithoutHarm) {
  const std::string good = encoder_to_json(fit(small, {.target = "y", .rare_below = 1}).encoder);
  for (
      const char* bad :
      {"", "{", "[]", "null", "{}", R"({"columns":3,"missing":[]})", R"({"columns":[3],"missing":[]})",
       R"({"columns":[{"name":1}],"missing":[]})",
       R"({"columns":[{"name":"t","type":"text","levels":["b","a"],"other":false,"missing":false}],"missing":[]})",
       R"({"columns":[{"name":"t","type":"date"}],"missing":[]})", R"({"columns":[],"missing":[1]})",
       R"({"columns":[{"name":"x","type":"number","center":1e999,"scale":1,"impute":0,"indicator":false,"wide":false,"constant":false}],"missing":[]})",
       R"({"columns":[{"name":"x","type":"number","center":0,"scale":0,"impute":0,"indicator":false,"wide":false,"constant":false}],"missing":[]})"}) {
    const Result<Encoder> read = encoder_from_json(bad);
    ASSERT_FALSE(read.has_value()) << bad;
    EXPECT_EQ(read.error().code, ErrorCode::data);
  }
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    EXPECT_FALSE(encoder_from_json(good.substr(0, cut)).has_value());
  }
  for (const char* bad : {"{}", R"({"name":"y","classification":true,"numeric":false,"classes":["a"],"center":0,"spread":1})",
                          R"({"name":"y","classification":true,"numeric":true,"classes":["2","1","3"],"center":0,"spread":1})",
                          R"({"name":"y","classification":true,"numeric":true,"classes":["1","1"],"center":0,"spread":1})",
                          R"({"name":"y","classification":true,"numeric":true,"classes":["a","b"],"center":0,"spread":1})",
                          R"({"name":"y","classification":false,"numeric":true,"classes":[],"center":0,"spread":-1})",
                          R"({"name":"y","classification":false,"numeric":false,"classes":[],"center":0,"spread":1})"}) {
    EXPECT_FALSE(target_from_json(bad).has_value()) << bad;
  }
}

TEST(DeclaredTypes, AreThoseOfTraining) {
  const FittedEncoder f = fit(small, {.target = "y", .rare_below = 1});
  const std::map<std::string, ColumnType> expected = {{"x", ColumnType::number}, {"t", ColumnType::text}, {"y", ColumnType::text}};
  EXPECT_EQ(declared_types(f.encoder, &f.target), expected);
  EXPECT_EQ(declared_types(f.encoder, nullptr).size(), 2U);
}

}  // namespace
}  // namespace fallline
