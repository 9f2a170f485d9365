// SPDX-License-Identifier: Apache-2.0
// The cache of encoded rows is a safetensors file, whose arrays are the rows.
#include "fallline/data/row_file.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "fallline/base/file.hpp"
#include "fallline/base/random.hpp"

namespace fallline {
namespace {

constexpr std::size_t features = 6;

/// Columns of one value, of two, and of many; of sparse rows every second group has rows of differing length.
Dataset<float> table(bool sparse) {
  Dataset<float> data;
  data.rows = 150;
  data.features = sparse ? 100'000 : features;
  data.sparse = sparse;
  data.stride = sparse ? 0 : 8;
  data.group_rows = 64;
  const Random random(1, Purpose::test);
  data.starts.assign(sparse ? 1 : 0, 0);
  for (std::size_t i = 0; i < data.rows; ++i) {
    data.target.push_back(static_cast<float>(i % 2));
    data.weight.push_back(static_cast<float>(1 + i % 5));
    const std::size_t entries = sparse && i / 64 == 1 ? i % 4 : 3;
    for (std::uint32_t j = 0; sparse && j < entries; ++j) {
      data.columns.push_back(static_cast<std::uint32_t>(j == 2 ? 70'000 + i * 199 % 30'000 : 100 * j + i % 90));
      data.values.push_back(j == 0 ? 1.0F : static_cast<float>(random.normal(i)));
    }
    if (sparse) {
      data.starts.push_back(data.columns.size());
    }
    for (std::size_t j = 0; !sparse && j < data.stride; ++j) {
      const std::array<float, 3> kinds = {2.5F, i % 3 == 0 ? 1.0F : -0.0F, static_cast<float>(random.normal(i * features + j))};
      data.dense.push_back(j < features ? kinds[j % 3] : 0);
    }
  }
  return data;
}

/// The file without a name that this process has open, if there is a list of them.
std::string scratch_bytes() {
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    if (std::filesystem::read_symlink(entry.path(), ignored).string().ends_with(" (deleted)")) {
      bytes = read_file(entry.path().string()).value();
    }
  }
  return bytes;
}

/// The arrays of the file by name.
struct File {
  std::string bytes;
  safetensors::Header header;

  template <class V>
  std::vector<V> numbers(const std::string& name) const {
    const safetensors::Array* array = header.find(name);
    if (array == nullptr) {
      return {};
    }
    EXPECT_EQ(array->type, safetensors::type_of<V>()) << name;
    std::vector<V> values(array->size());
    std::memcpy(values.data(), bytes.data() + array->offset, array->bytes());
    return values;
  }

  /// A packed table, column by column, as the header of pack_rows tells it.
  template <class V>
  std::vector<std::vector<V>> columns(const std::string& name, std::size_t rows) const {
    const auto ones = numbers<V>(name + ".ones");
    const auto pairs = numbers<V>(name + ".pairs");
    const auto bits = numbers<std::uint8_t>(name + ".bits");
    const auto least = numbers<V>(name + ".least");
    const auto bytes1 = numbers<std::uint8_t>(name + ".bytes1");
    const auto bytes2 = numbers<std::uint16_t>(name + ".bytes2");
    const auto plain = numbers<V>(name + ".plain");
    std::array<std::size_t, 5> next{};
    std::vector<std::vector<V>> all;
    for (const std::uint8_t kind : numbers<std::uint8_t>(name + ".kinds")) {
      const std::size_t k = next.at(kind)++;
      std::vector<V>& column = all.emplace_back();
      for (std::size_t i = 0; i < rows; ++i) {
        switch (kind) {
          case 0:
            column.push_back(ones[k]);
            break;
          case 1:
            column.push_back(pairs[2 * k + (bits[k * ((rows + 7) / 8) + i / 8] >> (i % 8) & 1U)]);
            break;
          case 2:
            column.push_back(least[next[2] + next[3] - 1] + static_cast<V>(bytes1[k * rows + i]));
            break;
          case 3:
            column.push_back(least[next[2] + next[3] - 1] + static_cast<V>(bytes2[k * rows + i]));
            break;
          default:
            column.push_back(plain[k * rows + i]);
        }
      }
    }
    return all;
  }
};

File written(const Dataset<float>& data) {
  const Memory memory(1, scratch_folder());
  ThreadPool pool(2);
  auto file = *RowFile<float>::create(memory, data, true, 0);
  Dataset<float> rows = data;
  EXPECT_TRUE(file->finish(rows, pool).has_value());
  File result{scratch_bytes(), {}};
  const auto header = safetensors::parse_header(result.bytes, result.bytes.size(), "the cache");
  EXPECT_TRUE(header.has_value()) << (header ? "" : header.error().message);
  result.header = *header;
  return result;
}

class RowFileFormat : public ::testing::Test {
  void SetUp() override {
    if (!std::filesystem::exists("/proc/self/fd")) {
      GTEST_SKIP() << "no list of open files";
    }
  }
};

TEST_F(RowFileFormat, IsSafetensorsWithTheTablesOfDenseRows) {
  const Dataset<float> data = table(false);
  const File file = written(data);
  EXPECT_EQ(file.header.told("holds"), "encoded rows, 64 in a group");
  for (std::size_t row = 0; row < data.rows; ++row) {
    const std::string group = std::to_string(row / 64);
    const std::size_t i = row % 64;
    const std::size_t rows = row / 64 == 2 ? 150 - 128 : 64;
    EXPECT_EQ(file.numbers<float>(group + ".targets").at(i), data.target[row]);
    EXPECT_EQ(file.numbers<float>(group + ".weights").at(i), data.weight[row]);
    const auto columns = file.columns<float>(group + ".features", rows);
    ASSERT_EQ(columns.size(), features);
    for (std::size_t j = 0; j < features; ++j) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(columns[j][i]), std::bit_cast<std::uint32_t>(data.dense[row * data.stride + j]));
    }
  }
}

TEST_F(RowFileFormat, IsSafetensorsWithTheEntriesOfSparseRows) {
  const Dataset<float> data = table(true);
  const File file = written(data);
  for (std::size_t group = 0; group < 3; ++group) {
    const std::string name = std::to_string(group);
    const std::size_t first = group * 64;
    const std::size_t last = std::min<std::size_t>(data.rows, first + 64);
    const std::vector<std::uint32_t> starts = file.numbers<std::uint32_t>(name + ".starts");
    ASSERT_EQ(starts.size(), group == 1 ? 65 : 0);
    const std::size_t entries = data.starts[last] - data.starts[first];
    const std::size_t table_rows = group == 1 ? entries : last - first;
    const auto columns = file.columns<std::uint32_t>(name + ".columns", table_rows);
    const auto values = file.columns<float>(name + ".values", table_rows);
    for (std::size_t k = 0; k < entries; ++k) {
      const std::size_t of_a_row = columns.size();
      EXPECT_EQ(columns[k % of_a_row][k / of_a_row], data.columns[data.starts[first] + k]);
      EXPECT_EQ(values[k % of_a_row][k / of_a_row], data.values[data.starts[first] + k]);
    }
    for (std::size_t i = 0; i < starts.size(); ++i) {
      EXPECT_EQ(starts[i], data.starts[first + i] - data.starts[first]);
    }
  }
}

}  // namespace
}  // namespace fallline
