// SPDX-License-Identifier: Apache-2.0
// Words, buckets, and columns that are hashed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encode/hash.hpp"
#include "fallline/data/encode/words.hpp"
#include "fallline/data/testing/encoding.hpp"

namespace fallline {
namespace {

using encoding::bucket_of;
using encoding::text_hash;
using encoding::words_of;
using testing::fit;
using testing::row_of;
using testing::says;
using Words = std::vector<std::string>;

HashCoding words_in(std::uint32_t bits, bool tfidf = false) {
  HashCoding coding;
  coding.bits = bits;
  coding.words = true;
  coding.tfidf = tfidf;
  return coding;
}

std::string no_numbers(std::size_t rows) {
  std::string text = "city,x,y\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("c{},{},{}\n", i % 40, i % 7, i % 2 == 0 ? "yes" : "no");
  }
  return text;
}

TEST(Words, AreRunsOfLettersAndDigitsInLowerCase) {
  EXPECT_EQ(words_of("Don't panic: 42x, snake_case!"), (Words{"don", "t", "panic", "42x", "snake_case"}));
  EXPECT_EQ(words_of(""), Words{});
  EXPECT_EQ(words_of(" .,-"), Words{});
}

TEST(Words, FoldCaseBeyondAscii) {
  EXPECT_EQ(words_of("STRASSE Straße ÄÖÜ ŁÓDŹ"), (Words{"strasse", "straße", "äöü", "łódź"}));
  EXPECT_EQ(words_of("ΣΟΦΌΣ σοφός Ёлка МОСКВА"), (Words{"σοφόσ", "σοφόσ", "ёлка", "москва"}));
  EXPECT_EQ(words_of("“quoted”—dashed…日本、東京 😀ok"), (Words{"quoted", "dashed", "日本", "東京", "ok"}));
}

TEST(Words, OutliveBytesThatAreNotUtf8) {
  EXPECT_EQ(words_of("a\xff"
                     "b\xe2\x82"),
            (Words{"a", "b"}));
  EXPECT_EQ(words_of("\xf0\x9f\x98"), Words{});
}

TEST(Hash, NeverChanges) {
  EXPECT_EQ(text_hash(""), 0xcbf29ce484222325U ^ 0xcbf29ce4U);
  EXPECT_EQ(text_hash("a"), 0xaf63dc4c8601ec8cU ^ 0xaf63dc4cU);
  EXPECT_EQ(bucket_of(text_hash("good film"), 18), bucket_of(text_hash("good film"), 22) & ((1U << 18) - 1));
}

TEST(Hash, ShortTextsFillTheBucketsEvenly) {
  std::vector<int> held(64);
  for (int i = 0; i < 6400; ++i) {
    ++held[bucket_of(text_hash(fmt::format("c{}", i)), 6)];
  }
  for (const int n : held) {
    EXPECT_NEAR(n, 100, 50);
  }
}

TEST(HashedCategories, GiveEachTextItsBucketAndReportCollisions) {
  const FittedEncoder f = fit(no_numbers(200), {.target = "y", .hash_bits = 4});
  EXPECT_EQ(f.encoder.features, 16U + 1U);
  EXPECT_EQ(f.encoder.feature_name(3), "city #3");
  EXPECT_EQ(f.encoder.feature_name(16), "x");
  EXPECT_TRUE(says(f.notes.back(), "column 'city' is hashed: 40 levels fall into 2^4 = 16 features")) << f.notes.back();
  const auto data = testing::try_encode<float>("x,city\n1,c7\n2,never seen\n3,\n", f, false);
  ASSERT_TRUE(data.has_value());
  EXPECT_EQ(row_of(*data, 0).count(bucket_of(text_hash("c7"), 4)), 1U);
  EXPECT_EQ(row_of(*data, 1).count(bucket_of(text_hash("never seen"), 4)), 1U);
  EXPECT_EQ(row_of(*data, 2).size(), 1U) << "no missing cell in training: no feature for it";
}

TEST(HashedCategories, MayBeOfOneColumnAndLiftTheLimitOfLevels) {
  HashCoding hash;
  hash.bits = 12;
  const FittedEncoder f = fit(no_numbers(200), {.target = "y", .hashed = {{"city", hash}}, .most_levels = 20});
  EXPECT_EQ(f.encoder.features, 4096U + 1U);
  EXPECT_TRUE(
      says(testing::fit_refusal(no_numbers(200), {.target = "y", .hashed = {{"x", hash}}}), "--categories x: the column holds numbers"));
  EXPECT_TRUE(says(testing::fit_refusal(no_numbers(200), {.target = "y", .hashed = {{"town", hash}}}), "no column 'town'"));
}

TEST(FreeText, IsItsWordsAndPairsOfWords) {
  const std::string text = "t,y\ngood film,yes\nbad film,no\ngood good,yes\n,no\n";
  const FittedEncoder f = fit(text, {.target = "y", .hashed = {{"t", words_in(16)}}});
  EXPECT_EQ(f.encoder.features, (1U << 16) + 1);
  EXPECT_FALSE(encoding::is_dense(f.encoder));
  const auto data = testing::try_encode<float>(text, f);
  ASSERT_TRUE(data.has_value());
  const auto at = [](const char* gram) { return bucket_of(text_hash(gram), 16); };
  EXPECT_EQ(row_of(*data, 0), (std::map<std::size_t, float>{{at("good"), 1.0F}, {at("film"), 1.0F}, {at("good film"), 1.0F}}));
  EXPECT_EQ(row_of(*data, 2), (std::map<std::size_t, float>{{at("good"), 1.0F}, {at("good good"), 1.0F}})) << "binary: twice counts once";
  EXPECT_EQ(row_of(*data, 3), (std::map<std::size_t, float>{{1U << 16, 1.0F}}));
}

TEST(FreeText, IsWeighedByTfIdfWithLengthOne) {
  const std::string text = "t,y\na b,yes\na,no\na a c,yes\n";
  const FittedEncoder f = fit(text, {.target = "y", .hashed = {{"t", words_in(16, true)}}});
  const auto data = testing::try_encode<double>("t\na a c\n.\n", f, false);
  ASSERT_TRUE(data.has_value());
  const double common = 1;  // ln(4 / 4) + 1
  const double rare = std::log(4.0 / 2.0) + 1;
  const double length = std::sqrt(4 * common * common + 3 * rare * rare);  // a twice; c, "a a" and "a c" once
  const auto row = row_of(*data, 0);
  EXPECT_EQ(row.size(), 4U);
  EXPECT_DOUBLE_EQ(row.at(bucket_of(text_hash("a"), 16)), 2 * common / length);
  EXPECT_DOUBLE_EQ(row.at(bucket_of(text_hash("a c"), 16)), rare / length);
  EXPECT_TRUE(row_of(*data, 1).empty());
}

TEST(FreeText, MayBeNarrowAndDense) {
  const std::string text = "t,y\na b c,yes\nb c d,no\n";
  const FittedEncoder f = fit(text, {.target = "y", .hashed = {{"t", words_in(3, true)}}});
  const auto data = testing::try_encode<double>(text, f);
  ASSERT_TRUE(data.has_value() && !data->sparse);
  double squares = 0;
  for (const auto& [feature, value] : row_of(*data, 0)) {
    squares += value * value;
  }
  EXPECT_NEAR(squares, 1, 1e-15);
}

TEST(EncoderJson, KeepsHashesAndFrequencies) {
  const std::string text = "t,city,y\na b,u,yes\na,v,no\na a c,u,yes\n";
  const FittedEncoder f = fit(text, {.target = "y", .hash_bits = 9, .hashed = {{"t", words_in(16, true)}}});
  const std::string json = encoder_to_json(f.encoder);
  const Result<Encoder> back = encoder_from_json(json);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(encoder_to_json(*back), json);
  EXPECT_EQ(back->features, f.encoder.features);
  EXPECT_EQ(back->columns[0].hash.occurred, f.encoder.columns[0].hash.occurred);
  for (const char* bad : {R"("bits":0)", R"("bits":29)", R"("bits":-1)", R"("bits":3)", R"("bits":"9")"}) {
    std::string damaged = json;
    damaged.replace(damaged.find("\"bits\":16"), 9, bad);
    EXPECT_FALSE(encoder_from_json(damaged).has_value()) << bad;
  }
}

}  // namespace
}  // namespace fallline
