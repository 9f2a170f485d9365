// SPDX-License-Identifier: Apache-2.0
// Encoded rows are the same in memory and in a file.
#include "fallline/data/encode/room.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "fallline/data/csv.hpp"
#include "fallline/data/libsvm.hpp"
#include "fallline/data/row_file.hpp"

namespace fallline {
namespace {

struct Encoded {
  Dataset<float> data;
  std::uint64_t told = 0;  // bytes of the file
};

Result<Encoded> encoded(Result<std::unique_ptr<Source>> source, const std::string& target, Memory* memory, std::uint32_t hash_bits = 0) {
  EXPECT_TRUE(source.has_value());
  ThreadPool pool(2);
  const Result<Schema> schema = (*source)->scan(pool, {});
  EncoderOptions options;
  options.target = target;
  options.hash_bits = hash_bits;
  const auto fitted = fit_encoder(**source, *schema, options, Task::automatic, pool);
  EXPECT_TRUE(fitted.has_value()) << (fitted ? "" : fitted.error().message);
  Encoded result;
  const Place place{memory, nullptr, [&](std::uint64_t bytes) { result.told = bytes; }};
  auto data = encode<float>(**source, *schema, fitted->encoder, &fitted->target, "", pool, place);
  if (!data) {
    return data.error();
  }
  result.data = std::move(*data);
  return result;
}

void expect_same(const Dataset<float>& a, const Dataset<float>& b) {
  EXPECT_TRUE(std::equal(a.dense.begin(), a.dense.end(), b.dense.begin(), b.dense.end()));
  EXPECT_TRUE(std::equal(a.starts.begin(), a.starts.end(), b.starts.begin(), b.starts.end()));
  EXPECT_TRUE(std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end()));
  EXPECT_TRUE(std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end()));
  EXPECT_TRUE(std::equal(a.target.begin(), a.target.end(), b.target.begin(), b.target.end()));
}

Dataset<float> read_back(const Dataset<float>& data) {
  Dataset<float> all = empty_like(data);
  std::vector<std::uint32_t> groups(data.store->groups());
  std::iota(groups.begin(), groups.end(), 0U);
  EXPECT_TRUE(data.store->read(groups, all).has_value());
  EXPECT_EQ(all.rows, data.rows);
  return all;
}

std::string table() {
  std::string text = "x,t,y\n";
  for (int i = 0; i < 2000; ++i) {
    text +=
        std::to_string(0.5 * (i % 90)) + "," + (i % 9 == 0 ? "" : "level" + std::to_string(i % 30)) + "," + std::to_string(i % 2) + "\n";
  }
  return text;
}

TEST(EncodedRows, AreTheSameInMemoryAndInAFile) {
  for (const std::uint32_t hash_bits : {0U, 10U}) {  // dense, sparse
    Memory none(1, scratch_folder());
    CsvOptions options;
    const auto with = encoded(csv_from_text(table(), "t.csv", options), "y", nullptr, hash_bits);
    options.memory = &none;
    const auto without = encoded(csv_from_text(table(), "t.csv", options), "y", &none, hash_bits);
    ASSERT_TRUE(with.has_value() && without.has_value());
    EXPECT_EQ(with->data.store, nullptr);
    ASSERT_NE(without->data.store, nullptr);
    EXPECT_GT(without->told, 0U);
    EXPECT_EQ(without->data.sparse, hash_bits > 0);
    EXPECT_TRUE(without->data.target.empty());
    expect_same(with->data, read_back(without->data));
  }
}

TEST(EncodedRows, OfLibsvmAreTheSameInMemoryAndInAFile) {
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += std::to_string(i % 2) + " " + std::to_string(1 + i % 40) + ":0.25 " + std::to_string(50 + i % 900) + ":3\n";
  }
  Memory none(1, scratch_folder());
  LibsvmOptions options;
  const auto with = encoded(libsvm_from_text(text, "t.svm", options), libsvm_label, nullptr);
  options.memory = &none;
  const auto without = encoded(libsvm_from_text(text, "t.svm", options), libsvm_label, &none);
  ASSERT_TRUE(with.has_value() && without.has_value());
  ASSERT_NE(without->data.store, nullptr);
  expect_same(with->data, read_back(without->data));
}

TEST(EncodedRows, AreRefusedWhereTheWordsOfTheirTextsDoNotFit) {
  std::string text = "t,y\n";
  for (int i = 0; i < 30000; ++i) {
    text += "t" + std::to_string(i);
    for (int k = 0; k < 20; ++k) {
      text += " w" + std::to_string((i + k) % 97);
    }
    text += "," + std::to_string(i % 2) + "\n";
  }
  EncoderOptions options;
  options.target = "y";
  options.hashed["t"].bits = 12;
  options.hashed["t"].words = true;
  const auto encode_under = [&](std::uint64_t limit) -> Result<Dataset<float>> {
    Memory memory(limit, scratch_folder());
    ThreadPool pool(2);
    const auto source = csv_from_text(text, "t.csv", {});
    const Result<Schema> schema = (*source)->scan(pool, {});
    const auto fitted = fit_encoder(**source, *schema, options, Task::automatic, pool);
    auto data = encode<float>(**source, *schema, fitted->encoder, &fitted->target, "", pool, {.memory = &memory});
    if (data) {
      data->share.reset();  // before the memory
    }
    return data;
  };
  EXPECT_TRUE(encode_under(std::uint64_t{1} << 30U).has_value());
  const auto refused = encode_under(1);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::no_room);
  EXPECT_NE(refused.error().message.find("The words of the 30,000 different texts in column 't'"), std::string::npos)
      << refused.error().message;
}

TEST(EncodedRows, AreRefusedWhereTheDiskIsToldTooSmall) {
  const auto file = ScratchFile::create(Memory(1, scratch_folder()), std::uint64_t{1} << 60U);
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::no_room);
  EXPECT_NE(file.error().message.find("MB are needed and"), std::string::npos) << file.error().message;
}

TEST(EncodedRows, CountAgainstTheMemoryAsLongAsTheyLive) {
  Memory memory(std::uint64_t{1} << 30U, scratch_folder());
  const std::uint64_t room = (std::uint64_t{1} << 30U) / 8 * 3;
  {
    const auto data = encoded(csv_from_text(table(), "t.csv", {}), "y", &memory);
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(data->data.store, nullptr);
    EXPECT_FALSE(memory.has_room(room));
  }
  EXPECT_TRUE(memory.has_room(room));
}

}  // namespace
}  // namespace fallline
