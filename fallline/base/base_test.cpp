// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <set>

#include "fallline/base/file.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/random.hpp"
#include "fallline/base/text.hpp"
#include "fallline/base/views.hpp"

namespace fallline {
namespace {

TEST(Numbers, AreReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_double("1.5e3"), 1500);
  EXPECT_EQ(parse_double("+2"), 2);
  for (const char* text : {"", "1.5x", " 1", "1,5", "inf", "nan", "1e999", "0x10", "+-1", "--1", "+"}) {
    EXPECT_FALSE(parse_double(text)) << text;
  }
  EXPECT_TRUE(std::isinf(*parse_double("inf", true)));
  EXPECT_EQ(parse_int("-12"), -12);
  EXPECT_FALSE(parse_int("1.0"));
  EXPECT_FALSE(parse_int("99999999999999999999"));
}

TEST(Numbers, ShortestTextReadsBackAsTheSameNumber) {
  for (const double x : {0.1, 1.0 / 3, 1e-300, 6.02214076e23, -0.0}) {
    EXPECT_EQ(*parse_double(shortest(x)), x);
  }
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-1000), "-1,000");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(brief(0.85123456, 4), "0.8512");
}

TEST(Numbers, MegabytesAreRoundedUp) {
  EXPECT_EQ(in_megabytes(0), "0 MB");
  EXPECT_EQ(in_megabytes(1), "1 MB");
  EXPECT_EQ(in_megabytes(2'000'000'000), "2,000 MB");
  EXPECT_EQ(in_megabytes(~std::uint64_t{0}), "18,446,744,073,710 MB");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ',').size(), 3U);
  EXPECT_EQ(split("a,", ',').size(), 2U);
  EXPECT_TRUE(split("", ',').empty());
  EXPECT_EQ(trim("\t a b "), "a b");
  EXPECT_EQ(trim("  "), "");
}

TEST(Text, TheNearestNameIsASlipAway) {
  const std::vector<std::string> known = {"adam", "adagrad", "momentum"};
  EXPECT_EQ(nearest("adma", known), "adam");
  EXPECT_EQ(nearest("Momentm", known), "momentum");
  EXPECT_EQ(nearest("zzzzzz", known), "");
  EXPECT_EQ(did_you_mean("adagard", known), " Did you mean 'adagrad'?");
  EXPECT_EQ(quoted("a\nb"), "'a\\x0ab'");
}

TEST(Random, PhiloxGivesTheKnownAnswers) {  // Random123's known-answer vectors for philox4x32-10
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, UniformAndNormalHaveTheirMoments) {
  const Random random(1, Purpose::test);
  const int n = 100000;
  double uniform = 0;
  double normal = 0;
  double square = 0;
  for (int i = 0; i < n; ++i) {
    const auto index = static_cast<std::uint64_t>(i);
    uniform += random.uniform(index) / n;
    normal += random.normal(index) / n;
    square += random.normal(index) * random.normal(index) / n;
  }
  EXPECT_NEAR(uniform, 0.5, 0.005);
  EXPECT_NEAR(normal, 0, 0.015);
  EXPECT_NEAR(square, 1, 0.02);
}

TEST(Random, PurposesAndEpochsAreStreamsOfTheirOwn) {
  EXPECT_NE(Random(1, Purpose::test).bits(0), Random(1, Purpose::noise).bits(0));
  EXPECT_NE(Random(1, Purpose::test, 0).bits(0), Random(1, Purpose::test, 1).bits(0));
  EXPECT_NE(Random(1, Purpose::test).bits(0), Random(2, Purpose::test).bits(0));
}

TEST(Permutation, VisitsEveryRowOnceForAnySize) {
  for (const std::uint64_t size : {1U, 2U, 3U, 4U, 5U, 78U, 256U, 257U, 10000U}) {
    const Permutation permutation(size, 5, Purpose::row_order, 1);
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::uint64_t row = permutation(i);
      EXPECT_LT(row, size);
      seen.insert(row);
    }
    EXPECT_EQ(seen.size(), size);
  }
}

TEST(Permutation, LooksShuffled) {
  const std::uint64_t n = 2000;
  const Permutation permutation(n, 5, Purpose::row_order, 1);
  double correlation = 0;
  std::uint64_t neighbours = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    const auto centred = [&](std::uint64_t x) { return static_cast<double>(x) / static_cast<double>(n) - 0.5; };
    correlation += 12 * centred(i) * centred(permutation(i)) / static_cast<double>(n);
    neighbours += i > 0 && permutation(i) == permutation(i - 1) + 1 ? 1 : 0;
  }
  EXPECT_NEAR(correlation, 0, 0.1);
  EXPECT_LT(neighbours, 10U);
}

TEST(Mat, RowsAndSlicesLookIntoTheSameMemory) {
  double values[] = {1, 2, 3, 4, 5, 6};
  const Mat<double> m(values, 2, 2, 3);
  EXPECT_EQ(m(1, 1), 5);
  EXPECT_EQ(m.rows(1, 1)(0, 0), 4);
  const Mat<const double> constant = m;
  EXPECT_EQ(constant.row(0)[1], 2);
}

class Files : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  const std::string folder = testing::TempDir() + "fallline_" + testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Files, AreWrittenWholeAndReadBack) {
  const std::string path = folder + "/a";
  ASSERT_TRUE(write_file_whole(path, "one"));
  ASSERT_TRUE(write_file_whole(path, std::string(300000, 'x')));
  EXPECT_EQ(read_file(path)->size(), 300000U);
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

TEST_F(Files, AFaultLeavesWhatStoodThere) {
  const std::string path = folder + "/kept";
  ASSERT_TRUE(write_file_whole(path, "old"));
  std::filesystem::create_directory(path + ".part");  // the temporary name is taken by a folder, so opening it fails
  const auto written = write_file_whole(path, "new");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::no_room);
  EXPECT_EQ(*read_file(path), "old");
}

TEST_F(Files, ADeviceIsWrittenToAndNeverReplaced) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "this system has no /dev/full";
  }
  const auto written = write_file_whole("/dev/full", "bytes");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("No space left"), std::string::npos) << written.error().message;
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST_F(Files, ReadingNamesTheFileAndTheFault) {
  EXPECT_NE(read_file(folder + "/none").error().message.find("No such file"), std::string::npos);
  EXPECT_NE(read_file(folder).error().message.find("is a directory"), std::string::npos);
}

}  // namespace
}  // namespace fallline
