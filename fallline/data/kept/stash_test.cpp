// SPDX-License-Identifier: Apache-2.0
// What is kept comes back bit for bit, from memory and from a file.
#include "fallline/data/kept/stash.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "fallline/base/random.hpp"
#include "fallline/data/csv.hpp"
#include "fallline/data/libsvm.hpp"
#include "fallline/data/testing/source.hpp"

namespace fallline {
namespace {

using kept::Form;
using kept::pack_numbers;
using kept::Packed;

void expect_same_numbers(const std::vector<double>& numbers, Form form) {
  const Packed packed = pack_numbers(numbers);
  EXPECT_EQ(packed.form, form);
  const std::vector<double> back = unpack_numbers(packed, packed.bytes);
  ASSERT_EQ(back.size(), numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_TRUE(std::isnan(numbers[i]) ? std::isnan(back[i])
                                       : std::bit_cast<std::uint64_t>(back[i]) == std::bit_cast<std::uint64_t>(numbers[i]))
        << numbers[i] << " became " << back[i];
  }
}

TEST(Pack, NumbersComeBackBitForBitFromTheSmallestForm) {
  const double nan = std::nan("");
  expect_same_numbers({1, 2, 127, -127, nan}, Form::bytes1);
  expect_same_numbers({1, -128}, Form::bytes2);
  expect_same_numbers({0.5, 12.25, nan, -3.1, 100}, Form::bytes2);
  expect_same_numbers({32768, nan, -8388607, 8388607}, Form::bytes3);
  expect_same_numbers({8388608, nan}, Form::bytes4);
  expect_same_numbers({32768, -2147483647.0}, Form::bytes4);
  expect_same_numbers({-2147483648.0, 1}, Form::floats);
  expect_same_numbers({0.1234, 12345.6789, nan}, Form::bytes4);
  expect_same_numbers({0.0, -0.0}, Form::floats);
  expect_same_numbers({1e30, 0.1}, Form::doubles);
  expect_same_numbers({1e300, nan}, Form::doubles);
  expect_same_numbers({}, Form::bytes1);
}

TEST(Pack, AnyDecimalComesBack) {
  const Random random(1, Purpose::test);
  std::uint64_t next = 0;
  for (int digits = 0; digits <= 12; ++digits) {
    std::vector<double> numbers;
    for (int i = 0; i < 500; ++i) {
      numbers.push_back(std::round(random.normal(next++) * std::pow(10, digits)) / std::pow(10, digits));
    }
    const Packed packed = pack_numbers(numbers);
    const std::vector<double> back = unpack_numbers(packed, packed.bytes);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      EXPECT_EQ(std::bit_cast<std::uint64_t>(back[i]), std::bit_cast<std::uint64_t>(numbers[i])) << digits << " digits";
    }
  }
}

TEST(Pack, CodesComeBack) {
  const std::vector<std::int32_t> codes = {-1, 0, 5, 127};
  const std::vector<std::int32_t> many = {-1, 0, 40000, 2147483647};
  for (const auto& each : {codes, many}) {
    const Packed packed = kept::pack_codes(each);
    EXPECT_EQ(unpack_codes(packed, packed.bytes), each);
  }
}

/// The same text read with all memory there is and with none.
template <class Open>
void expect_same_without_memory(const Open& open) {
  Memory none(1, scratch_folder());
  const Result<testing::WholeTable> with = testing::read_whole(open(nullptr), 1);
  for (const std::size_t threads : {1U, 3U}) {
    const Result<testing::WholeTable> without = testing::read_whole(open(&none), threads);
    ASSERT_TRUE(with.has_value() && without.has_value());
    EXPECT_EQ(with->notes, without->notes);
    EXPECT_EQ(with->schema.levels, without->schema.levels);
    for (std::size_t i = 0; i < with->columns.size(); ++i) {
      EXPECT_EQ(with->columns[i].codes, without->columns[i].codes);
      ASSERT_EQ(with->columns[i].numbers.size(), without->columns[i].numbers.size());
      for (std::size_t row = 0; row < with->columns[i].numbers.size(); ++row) {
        const double a = with->columns[i].numbers[row];
        const double b = without->columns[i].numbers[row];
        EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << a << " and " << b;
      }
    }
  }
}

TEST(Stash, CsvIsTheSameFromAFile) {
  std::string text = "x,t,day,late\n";
  for (int i = 0; i < 3000; ++i) {  // the last column is guessed to be numbers and proves to be text
    text += std::to_string(0.25 * i) + "," + (i % 7 == 0 ? "" : "t" + std::to_string(i % 40)) + ",2021-01-" + std::to_string(10 + i % 20) +
            "," + (i < 1500 ? "1" : "one") + "\n";
  }
  expect_same_without_memory([&](Memory* memory) {
    CsvOptions options;
    options.memory = memory;
    return csv_from_text(text, "t.csv", options);
  });
}

TEST(Stash, LibsvmIsTheSameFromAFile) {
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += std::to_string(i % 2) + " " + std::to_string(1 + i % 50) + ":0.5 " + std::to_string(60 + i) + ":1\n";
  }
  for (const std::optional<std::size_t> width : {std::optional<std::size_t>(), std::optional<std::size_t>(1000)}) {
    expect_same_without_memory([&](Memory* memory) {
      LibsvmOptions options;
      options.width = width;
      options.memory = memory;
      return libsvm_from_text(text, "t.svm", options);
    });
  }
}

TEST(Stash, AMissingFolderIsToldAndNotEntered) {
  Memory none(1, "/no/such/folder");
  CsvOptions options;
  options.memory = &none;
  const auto table = testing::read_whole(csv_from_text("a,b\n1,2\n3,4\n", "t.csv", options));
  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().code, ErrorCode::no_room);
}

}  // namespace
}  // namespace fallline
