// SPDX-License-Identifier: Apache-2.0
// Numbered features from LIBSVM rows to a data set, and their part of the encoder's JSON.
#include "fallline/data/encode/matrix.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "fallline/data/testing/libsvm.hpp"

namespace fallline {
namespace {

using testing::open_libsvm_texts;

Result<FittedEncoder> try_fit(const std::string& text, EncoderOptions options = {}) {
  auto source = open_libsvm_texts({text});
  ThreadPool pool(1);
  const Result<Schema> schema = (*source)->scan(pool, {});
  EXPECT_TRUE(schema.has_value());
  options.target = schema->target;
  return fit_encoder(**source, *schema, options, Task::automatic, pool);
}

FittedEncoder fit(const std::string& text, const EncoderOptions& options = {}) {
  Result<FittedEncoder> fitted = try_fit(text, options);
  EXPECT_TRUE(fitted.has_value()) << (fitted ? "" : fitted.error().message);
  return fitted ? *fitted : FittedEncoder{};
}

template <class T = float>
Result<Dataset<T>> encoded(const std::string& text, const FittedEncoder& fitted, testing::LibsvmReading how = {}, const Place& place = {}) {
  const MatrixCoding& matrix = *fitted.encoder.matrix;
  auto source = open_libsvm_texts({text}, {matrix.first_number == 0, matrix.numbered()}, how);
  ThreadPool pool(how.threads);
  const Result<Schema> schema = (*source)->scan(pool, {});
  EXPECT_TRUE(schema.has_value());
  return encode<T>(**source, *schema, fitted.encoder, &fitted.target, "", pool, place);
}

const std::string small = "1 1:4 3:-8\n0 1:-2\n1 3:1\n";

/// Rows that few of many features fill.
std::string wide_rows() {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += std::to_string(i % 2) + " " + std::to_string(1 + i) + ":" + std::to_string(1 + i % 3) + " 200:" + std::to_string(i + 1) + "\n";
  }
  return text;
}

TEST(Matrix, FeaturesAreDividedByTheirLargestSizeAndNeverCentred) {
  const FittedEncoder f = fit(small);
  EXPECT_EQ(f.encoder.feature_names(), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(f.encoder.matrix->scale, (std::vector<double>{0.25, 1, 0.125}));
  const auto data = encoded(small, f);
  ASSERT_TRUE(data.has_value());
  ASSERT_FALSE(data->sparse);
  EXPECT_EQ(std::vector<float>(data->dense.begin(), data->dense.end()), (std::vector<float>{1, 0, -1, -0.5F, 0, 0, 0, 0, 0.125F}));
  EXPECT_EQ(data->target, (std::vector<float>{1, 0, 1}));
}

TEST(Matrix, OnesAndZerosStayAndStoreNoScale) {
  const FittedEncoder f = fit("1 0:1 2:1\n0 2:-1\n");
  EXPECT_TRUE(f.encoder.matrix->scale.empty());
  EXPECT_EQ(f.encoder.matrix->first_number, 0U);
  EXPECT_EQ(f.encoder.feature_names().front(), "0");
}

TEST(Matrix, WithoutStandardizingNothingIsScaled) { EXPECT_TRUE(fit(small, {.standardize = false}).encoder.matrix->scale.empty()); }

TEST(Matrix, RowsHeldOutDoNotCount) {
  EncoderOptions options;
  options.split = {0.5, 1};
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += std::to_string(i % 2) + " 1:" + (options.split.holds_out(static_cast<std::uint64_t>(i)) ? "100" : "2") + "\n";
  }
  EXPECT_EQ(fit(text, options).encoder.matrix->scale, (std::vector<double>{0.5}));
}

TEST(Matrix, WideRowsAreSparseAndHoldTheSameAsDense) {
  const FittedEncoder f = fit(wide_rows());
  const auto data = encoded<double>(wide_rows(), f);
  ASSERT_TRUE(data.has_value());
  ASSERT_TRUE(data->sparse);
  FittedEncoder full = f;
  full.encoder.matrix->filled = 200;
  const auto dense = encoded<double>(wide_rows(), full);
  ASSERT_FALSE(dense->sparse);
  const Rows<double> rows = dense->view();
  for (std::size_t i = 0; i < data->rows; ++i) {
    ASSERT_EQ(data->starts[i + 1] - data->starts[i], 2U);
    for (std::uint64_t k = data->starts[i]; k < data->starts[i + 1]; ++k) {
      EXPECT_EQ(data->values[k], rows.dense(i, data->columns[k]));
    }
  }
}

TEST(Matrix, TheBytesAreTheSameForAllRangesAndThreads) {
  const FittedEncoder f = fit(wide_rows());
  const auto whole = encoded(wide_rows(), f);
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{100}}) {
    const auto parts = encoded(wide_rows(), f, {bytes, 3});
    EXPECT_EQ(parts->starts, whole->starts);
    EXPECT_EQ(parts->columns, whole->columns);
    EXPECT_EQ(parts->values, whole->values);
  }
}

TEST(Matrix, ColumnsThatAreTakenOverAreThoseThatAreCopied) {
  const FittedEncoder f = fit(wide_rows());
  const auto copied = encoded(wide_rows(), f);
  for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
    const auto taken = encoded(wide_rows(), f, {.threads = threads}, {.last = true});
    ASSERT_TRUE(taken.has_value());
    EXPECT_EQ(taken->starts, copied->starts);
    EXPECT_EQ(taken->columns, copied->columns);
    EXPECT_EQ(taken->values, copied->values);
    EXPECT_EQ(taken->target, copied->target);
  }
}

TEST(Matrix, NarrowerAndWiderDataIsTakenAtPrediction) {
  const FittedEncoder f = fit(small);
  const auto data = encoded("1 1:8 9:1\n0\n", f);
  ASSERT_TRUE(data.has_value());
  EXPECT_EQ(data->features, 3U);
  EXPECT_EQ(std::vector<float>(data->dense.begin(), data->dense.end()), (std::vector<float>{2, 0, 0, 0, 0, 0}));
}

TEST(Matrix, DataThatIsNumberedInAnotherWayIsRefused) {
  const FittedEncoder f = fit(small);
  Schema schema;
  EXPECT_FALSE(encoding::bind_matrix(schema, f.encoder).has_value());
  schema.matrix = 3;
  EXPECT_FALSE(encoding::bind_matrix(schema, f.encoder).has_value());
  schema.matrix_first = 1;
  EXPECT_TRUE(encoding::bind_matrix(schema, f.encoder).has_value());
  schema.matrix = 4;
  EXPECT_FALSE(encoding::bind_matrix(schema, f.encoder).has_value());
}

TEST(Matrix, OfMoreThanTheWidestTheFeaturesThatOccurAreKept) {
  const std::string wide = "1 5:4 268435456:2\n0 5:-2 16777300:3\n";
  const FittedEncoder f = fit(wide);
  EXPECT_EQ(f.encoder.feature_names(), (std::vector<std::string>{"5", "16777300", "268435456"}));
  EXPECT_EQ(f.encoder.matrix->scale, (std::vector<double>{0.25, 1.0 / 3, 0.5}));
  const auto data = encoded(wide, f);
  ASSERT_TRUE(data.has_value()) << data.error().message;
  EXPECT_EQ(data->features, 3U);
  ASSERT_FALSE(data->sparse);
  EXPECT_EQ(std::vector<float>(data->dense.begin(), data->dense.end()), (std::vector<float>{1, 0, 1, -0.5F, 1, 0}));
  const auto other = encoded("1 4:9 16777300:6\n", f);
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(std::vector<float>(other->dense.begin(), other->dense.end()), (std::vector<float>{0, 2, 0}));
  const MatrixCoding& matrix = *f.encoder.matrix;
  EXPECT_EQ(matrix.numbered(), 268435456U);
  EXPECT_EQ(matrix.feature_of(16777300), 1U);
  EXPECT_EQ(matrix.feature_of(6), matrix.width);
}

TEST(Matrix, WhatCannotBeScaledOrHeldIsRefused) {
  EXPECT_NE(try_fit("1 1:1e-310\n0 2:1\n").error().message.find("Feature 1 is at most"), std::string::npos);
  EXPECT_NE(try_fit("1\n0\n").error().message.find("No column is left"), std::string::npos);
  const auto data = encoded("1 3:1e300\n", fit(small));
  ASSERT_FALSE(data.has_value());
  EXPECT_NE(data.error().message.find("Feature 3 is 1e+300 in row 1"), std::string::npos) << data.error().message;
  EXPECT_TRUE(fit("1 1:1e300\n0 2:1\n").encoder.matrix->wide);
  EXPECT_EQ(encoded("1 1:1e300\n0 2:1\n", fit("1 1:1e300\n0 2:1\n"))->dense[0], 1.0F);
}

TEST(MatrixJson, ReadsBackToTheLastBit) {
  for (const std::string& text :
       {small, std::string("1 1:0.1 2:7\n0 5:3e-7\n"), std::string("1 0:1\n0\n"), std::string("1 0:1 20000000:3\n0 7:2\n")}) {
    const Encoder encoder = fit(text).encoder;
    const auto back = encoder_from_json(encoder_to_json(encoder));
    ASSERT_TRUE(back.has_value()) << back.error().message;
    EXPECT_EQ(encoder_to_json(*back), encoder_to_json(encoder));
    EXPECT_EQ(back->matrix->scale, encoder.matrix->scale);
    EXPECT_EQ(back->features, encoder.features);
    EXPECT_EQ(back->matrix->kept, encoder.matrix->kept);
    EXPECT_EQ(back->matrix->numbered(), encoder.matrix->numbered());
  }
}

TEST(MatrixJson, DamageIsRefused) {
  const auto good = nlohmann::json::parse(encoder_to_json(fit(small).encoder));
  EXPECT_TRUE(encoder_from_json(good.dump()).has_value());
  using Damage = std::pair<const char*, nlohmann::json>;
  for (const auto& [key, value] : {Damage{"width", 0}, Damage{"width", -1}, Damage{"width", 1e9}, Damage{"width", 2.5},
                                   Damage{"width", "3"}, Damage{"first_number", 2}, Damage{"first_number", nullptr}, Damage{"filled", 4},
                                   Damage{"filled", -1}, Damage{"wide", 1}, Damage{"scale", {1, 2}}, Damage{"scale", {1, 2, 0}},
                                   Damage{"scale", {1, 2, "3"}}, Damage{"scale", {1, 2, -3}}, Damage{"scale", 1}}) {
    nlohmann::json bad = good;
    bad["matrix"][key] = value;
    const auto read = encoder_from_json(bad.dump());
    ASSERT_FALSE(read.has_value()) << key << value.dump();
    EXPECT_NE(read.error().message.find("the matrix"), std::string::npos) << read.error().message;
  }
  const auto wide = nlohmann::json::parse(encoder_to_json(fit("1 1:1 20000000:3\n0 7:2\n").encoder));
  for (const auto& [key, value] : {Damage{"kept", {6, 0, 19999999}}, Damage{"kept", {0, 6}}, Damage{"kept", {0, 6, 20000000}},
                                   Damage{"kept", {0, 6.5, 7}}, Damage{"kept", 3}, Damage{"numbered", 0}, Damage{"numbered", 1e10}}) {
    nlohmann::json bad = wide;
    bad["matrix"][key] = value;
    EXPECT_FALSE(encoder_from_json(bad.dump()).has_value()) << key << value.dump();
  }
  nlohmann::json bad = good;
  bad["matrix"] = 5;
  EXPECT_FALSE(encoder_from_json(bad.dump()).has_value());
}

}  // namespace
}  // namespace fallline
