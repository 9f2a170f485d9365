// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/safetensors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace fallline {
namespace {

using safetensors::Array;
using safetensors::Type;

class Safetensors : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// Three arrays of different widths and one without numbers, written by turns.
  void write_one(const std::string& previous = {}) {
    auto writer = safetensors::Writer::begin(
        path, {{"kind", "a \"test\""}},
        {{"codes", Type::u8, {3}}, {"rows", Type::f64, {2, 2}}, {"none", Type::f32, {0, 5}}, {"counts", Type::i64, {}}});
    ASSERT_TRUE(writer);
    const std::vector<double> rows = {1.5, -0.0, 1e-310, 4};
    const std::vector<std::uint8_t> codes = {1, 2, 3};
    const std::vector<std::int64_t> counts = {-7};
    ASSERT_TRUE(writer->write("codes", std::span(codes).first(1)));
    ASSERT_TRUE(writer->write("rows", std::span(rows).first(3)));
    ASSERT_TRUE(writer->write("codes", std::span(codes).last(2)));
    ASSERT_TRUE(writer->write<std::int64_t>("counts", counts));
    ASSERT_TRUE(writer->write("rows", std::span(rows).last(1)));
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(writer->finish(previous));
  }

  const std::string folder = testing::TempDir() + "fallline_safetensors_test";
  const std::string path = folder + "/a.safetensors";
};

/// A file of this header and these bytes behind it.
std::string file_of(std::string_view header, std::string_view data = "") {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes.append(header).append(data);
}

std::string refusal(const std::string& bytes) {
  const auto header = safetensors::parse_header(bytes, bytes.size(), "FILE");
  return header ? "" : header.error().message;
}

TEST_F(Safetensors, GivesBackWhatWasWritten) {
  write_one();
  const auto read = safetensors::read(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read->numbers<double>("rows"), (std::vector<double>{1.5, -0.0, 1e-310, 4}));
  EXPECT_TRUE(std::signbit((*read->numbers<double>("rows"))[1]));
  EXPECT_EQ(*read->numbers<std::uint8_t>("codes"), (std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_EQ(*read->numbers<std::int64_t>("counts"), std::vector<std::int64_t>{-7});
  EXPECT_TRUE(read->numbers<float>("none")->empty());
  EXPECT_EQ(read->header.told("kind"), "a \"test\"");
  EXPECT_EQ(read->header.find("rows")->shape, (std::vector<std::uint64_t>{2, 2}));
}

TEST_F(Safetensors, ArraysAreAlignedToTheirNumbers) {
  write_one();
  const auto header = safetensors::read_header(path);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->file_bytes, std::filesystem::file_size(path));
  for (const Array& array : header->arrays) {
    EXPECT_EQ(array.offset % safetensors::bytes_of(array.type), 0U) << array.name;
  }
  EXPECT_EQ(header->arrays.front().offset % 64, 0U);
}

TEST_F(Safetensors, SeesEveryFlippedBitAndEveryLostByte) {
  write_one();
  const std::string whole = *read_file(path);
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    const auto header = safetensors::parse_header(bytes, bytes.size(), path);
    EXPECT_FALSE(header && safetensors::verify(*header, bytes, path)) << bit;
  }
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
  }
}

TEST_F(Safetensors, KeepsThePreviousFile) {
  const std::string previous = folder + "/previous.safetensors";
  write_one(previous);
  EXPECT_FALSE(std::filesystem::exists(previous));
  ASSERT_TRUE(write_file_whole(path, "old"));
  {
    auto writer = safetensors::Writer::begin(path, {}, {});
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->finish(previous));
  }
  EXPECT_EQ(*read_file(previous), "old");
  EXPECT_TRUE(safetensors::read(path));
}

TEST_F(Safetensors, AFileThatIsGivenUpLeavesNothing) {
  ASSERT_TRUE(safetensors::Writer::begin(path, {}, {{"x", Type::f32, {4}}}));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  EXPECT_EQ(safetensors::Writer::begin(folder + "/no/x", {}, {}).error().code, ErrorCode::no_room);
}

TEST_F(Safetensors, WrongNamesAndTypesAreDataErrors) {
  write_one();
  const auto read = safetensors::read(path);
  EXPECT_NE(read->numbers<float>("rows").error().message.find("rows"), std::string::npos);
  EXPECT_FALSE(read->numbers<double>("lines"));
  EXPECT_EQ(safetensors::read(folder + "/none").error().code, ErrorCode::data);
}

TEST(SafetensorsHeader, ReadsThatOfAnotherWriter) {
  const std::string bytes =
      file_of(R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}  )", "abcdef");
  const auto header = safetensors::parse_header(bytes, bytes.size(), "FILE");
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->arrays[0].name, "a");
  EXPECT_EQ(bytes.substr(header->arrays[1].offset), "cdef");
  EXPECT_FALSE(safetensors::verify(*header, bytes, "FILE"));  // it tells no checksum
}

TEST(SafetensorsHeader, RefusesWhatDoesNotFit) {
  const auto array = [](const std::string& shape, const std::string& offsets) {
    return file_of(R"({"a":{"dtype":"F64","shape":[)" + shape + R"(],"data_offsets":[)" + offsets + "]}}", std::string(16, 'x'));
  };
  EXPECT_EQ(refusal(array("2", "0,16")), "");
  for (const std::string& bytes :
       {std::string(),
        std::string(7, 'x'),
        std::string(8, '\xff'),
        file_of("[]"),
        file_of("{"),
        file_of("{\"a\":1}"),
        file_of(""),
        file_of(std::string(5'000'000, '[')),
        file_of("{\"a\":" + std::string(100'000, '{')),
        array("2", "0,8"),
        array("1", "0,8"),
        array("2", "16,32"),
        array("2", "16,0"),
        array("2", "0"),
        array("-2", "0,16"),
        array("2.0", "0,16"),
        array("4611686018427387905", "0,8"),
        array("2305843009213693952,2305843009213693952", "0,16"),
        array("2", "0,18446744073709551616"),
        file_of(R"({"__metadata__":{"a":1}})"),
        file_of(R"({"__metadata__":[]})"),
        file_of(R"({"a":{"dtype":"F8","shape":[],"data_offsets":[0,1]}})", "x"),
        file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})", "xyz"),
        file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})", "xyz")}) {
    EXPECT_NE(refusal(bytes).find("FILE is not a whole safetensors file"), std::string::npos) << bytes.substr(0, 100);
  }
}

TEST(Digest, DoesNotDependOnThePieces) {
  std::string bytes;
  for (int i = 0; i < 200; ++i) {
    bytes.push_back(static_cast<char>(i * 37));
  }
  Digest whole;
  whole.add(bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Digest parts;
    parts.add(std::string_view(bytes).substr(0, cut / 2));
    parts.add(std::string_view(bytes).substr(cut / 2, cut - cut / 2));
    parts.add(std::string_view(bytes).substr(cut));
    EXPECT_EQ(parts.value(), whole.value()) << cut;
  }
}

TEST(Digest, SeesZerosAtTheEndAndSignsThatChangedTogether) {
  const auto of = [](const std::vector<double>& numbers) {
    Digest digest;
    digest.add(std::span(numbers));
    return digest.value();
  };
  EXPECT_NE(of({}), of({0}));
  EXPECT_NE(of({0}), of({0, 0}));
  EXPECT_NE(of({1, 2, 3, 4, 5, 6, 7, 8}), of({-1, 2, 3, 4, -5, 6, 7, 8}));
}

}  // namespace
}  // namespace fallline
