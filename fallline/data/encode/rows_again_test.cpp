// SPDX-License-Identifier: Apache-2.0
// Rows that are parsed and encoded again for each reading are those that memory would hold, and no file is made.
#include "fallline/data/encode/rows_again.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "fallline/base/random.hpp"
#include "fallline/data/csv/source.hpp"
#include "fallline/data/libsvm/source.hpp"

namespace fallline {
namespace {

constexpr std::size_t range_bytes = 5000;  // chunks end within groups
constexpr std::size_t rows = 30'000;

/// Two files whose columns stand in another order: numbers, dates, texts with quotes, numbers that prove to be text far behind, weights.
std::vector<csv::FileText> tables() {
  const Random random(1, Purpose::test);
  std::vector<std::string> texts = {"x,day,t,code,w,y\n", "y,w,t,x,day,code\n"};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string x = random.uniform(i) < 0.1 ? "" : std::to_string(random.normal(i));
    const std::string day = "20" + std::to_string(10 + i % 80) + "-03-0" + std::to_string(1 + i % 9);
    const std::string t = i % 9 == 0 ? "" : "\"level, " + std::to_string(i % 30) + "\"";
    const std::string code = i > 20'000 && i % 20 == 0 ? "none" : std::to_string(i % 7);
    const std::string w = std::to_string(1 + i % 3);
    const std::string y = i % 2 == 0 ? "yes" : "no";
    texts[i < rows / 2 ? 0 : 1] += i < rows / 2 ? x + "," + day + "," + t + "," + code + "," + w + "," + y + "\n"
                                                : y + "," + w + "," + t + "," + x + "," + day + "," + code + "\n";
  }
  std::vector<csv::FileText> files;
  files.push_back(csv::FileText::holding(std::move(texts[0]), "a.csv"));
  files.push_back(csv::FileText::holding(std::move(texts[1]), "b.csv"));
  return files;
}

std::vector<csv::FileText> lines() {
  std::string text;
  for (std::size_t i = 0; i < rows; ++i) {
    text += std::to_string(i % 2);
    for (std::size_t j = 1 + i % 40; j < 900; j += 80 + i % 7) {
      text += " " + std::to_string(j) + ":" + std::to_string(0.25 * static_cast<double>(i % 8 + 1));
    }
    text += i % 100 == 0 ? " # a comment\n\n" : "\n";
  }
  std::vector<csv::FileText> files;
  files.push_back(csv::FileText::holding(std::move(text), "t.svm"));
  return files;
}

enum class Format { dense, hashed, libsvm };

const char* name_of(Format format) { return format == Format::dense ? "Dense" : format == Format::hashed ? "Hashed" : "Libsvm"; }

std::shared_ptr<Source> source_of(Format format, Memory* memory) {
  CsvOptions csv;
  csv.memory = memory;
  LibsvmOptions libsvm;
  libsvm.memory = memory;
  auto source = format == Format::libsvm ? libsvm::make_source(lines(), libsvm, range_bytes) : csv::make_source(tables(), csv, range_bytes);
  EXPECT_TRUE(source.has_value());
  return std::move(*source);
}

struct Encoded {
  FittedEncoder fitted;
  Dataset<float> data;
};

Encoded encoded(Format format, Memory* memory) {
  const std::shared_ptr<Source> source = source_of(format, memory);
  ThreadPool pool(2);
  const Result<Schema> schema = source->scan(pool, {});
  EXPECT_TRUE(schema.has_value()) << (schema ? "" : schema.error().message);
  EncoderOptions options;
  options.target = format == Format::libsvm ? libsvm_label : "y";
  options.weight = format == Format::libsvm ? "" : "w";
  options.hash_bits = format == Format::hashed ? 10 : 0;
  Encoded result;
  auto fitted = fit_encoder(*source, *schema, options, Task::automatic, pool);
  EXPECT_TRUE(fitted.has_value()) << (fitted ? "" : fitted.error().message);
  result.fitted = std::move(*fitted);
  auto data = encode<float>(*source, *schema, result.fitted.encoder, &result.fitted.target, options.weight, pool,
                            {.memory = memory, .again = memory != nullptr ? source : nullptr});
  EXPECT_TRUE(data.has_value()) << (data ? "" : data.error().message);
  result.data = std::move(*data);
  return result;
}

/// One row after another, as text that tells every bit.
std::vector<std::string> rows_of(const Rows<float>& all) {
  std::vector<std::string> told(all.rows);
  for (std::size_t i = 0; i < all.rows; ++i) {
    const auto tell = [&](std::span<const float> numbers) {
      told[i].append(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes());
    };
    if (all.sparse) {
      for (std::uint64_t k = all.starts[i]; k < all.starts[i + 1]; ++k) {
        told[i] += std::to_string(all.columns[k]) + ":";
        tell(all.values.subspan(k, 1));
      }
    } else {
      tell(all.dense.row(i));
    }
    tell(all.target.subspan(i, 1));
    tell(all.weight.empty() ? all.weight : all.weight.subspan(i, 1));
  }
  return told;
}

class Nowhere : public ::testing::TestWithParam<Format> {};

TEST_P(Nowhere, RowsAreThoseOfMemoryInAnyOrderOfGroups) {
  const Encoded held = encoded(GetParam(), nullptr);
  const std::vector<std::string> expected = rows_of(held.data.view());
  Memory memory(std::uint64_t{1} << 20U, "/no/such/folder", false);
  const Encoded again = encoded(GetParam(), &memory);
  ASSERT_NE(again.data.store, nullptr);
  EXPECT_EQ(again.data.store->entries(), held.data.values.size());
  std::vector<std::uint32_t> groups(again.data.store->groups());
  std::iota(groups.begin(), groups.end(), 0U);
  ASSERT_GT(groups.size(), 4U);
  std::rotate(groups.begin(), groups.begin() + 3, groups.end());
  std::swap(groups[1], groups.back());
  Dataset<float> some = empty_like(again.data);
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(again.data.store->read(groups, some).has_value());
    const std::vector<std::string> read = rows_of(some.view());
    std::size_t place = 0;
    for (const std::uint32_t group : groups) {
      for (std::size_t i = 0; i < again.data.store->rows_of(group); ++i) {
        ASSERT_EQ(read[place++], expected[group * again.data.group_rows + i]) << "row " << i << " of group " << group;
      }
    }
    EXPECT_EQ(place, read.size());
    groups.erase(groups.begin() + 1, groups.begin() + 3);
  }
}

TEST_P(Nowhere, TargetsAndWeightsOfClassesComeAlone) {
  const Encoded held = encoded(GetParam(), nullptr);
  Memory memory(std::uint64_t{1} << 20U, "/no/such/folder", false);
  const Encoded again = encoded(GetParam(), &memory);
  again.data.store->weigh({1, 2}, {});
  std::size_t seen = 0;
  const auto well = again.data.store->each_target([&](std::size_t first, std::span<const float> target, std::span<const float> weight) {
    EXPECT_EQ(first, seen);
    for (std::size_t i = 0; i < target.size(); ++i, ++seen) {
      EXPECT_EQ(target[i], held.data.target[seen]);
      EXPECT_EQ(weight[i], (held.data.weight.empty() ? 1 : held.data.weight[seen]) * (target[i] == 0 ? 1 : 2));
    }
  });
  EXPECT_TRUE(well.has_value());
  EXPECT_EQ(seen, rows);
}

INSTANTIATE_TEST_SUITE_P(Encoded, Nowhere, ::testing::Values(Format::dense, Format::hashed, Format::libsvm),
                         [](const auto& kind) { return std::string(name_of(kind.param)); });

}  // namespace
}  // namespace fallline
