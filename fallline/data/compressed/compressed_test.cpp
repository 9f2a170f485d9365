// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/compressed/compressed.hpp"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace fallline {
namespace {

std::string many_lines() {
  std::string text;
  for (int i = 0; i < 20000; ++i) {
    text += std::to_string(i * 7919 % 10007) + ",x\n";
  }
  return text;
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstandard(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Packing {
  Compression how;
  std::string (*pack)(const std::string&);
};

class Packed : public ::testing::TestWithParam<Packing> {
 protected:
  Result<std::string> unpacked(const std::string& bytes) const { return unpack(bytes, GetParam().how, "f.csv.gz"); }
  std::string packed(const std::string& text) const { return GetParam().pack(text); }
};

TEST_P(Packed, UnpacksToWhatWasPacked) {
  const std::string text = many_lines();
  EXPECT_EQ(*unpacked(packed(text)), text);
  EXPECT_EQ(*unpacked(packed("")), "");
}

TEST_P(Packed, AllMembersAreRead) {
  const std::string text = many_lines();
  EXPECT_EQ(*unpacked(packed(text) + packed("a\n") + packed(text)), text + "a\n" + text);
}

TEST_P(Packed, EveryTruncationIsRefused) {
  const std::string bytes = packed(many_lines().substr(0, 500));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Result<std::string> cut = unpacked(bytes.substr(0, size));
    ASSERT_FALSE(cut.has_value()) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::data);
    EXPECT_NE(cut.error().message.find("f.csv.gz"), std::string::npos);
  }
}

TEST_P(Packed, WhatFollowsTheDataIsRefusedUnlessItIsPadding) {
  const std::string bytes = packed("a,b\n1,2\n");
  EXPECT_FALSE(unpacked(bytes + "more").has_value());
  EXPECT_EQ(*unpacked(bytes + std::string(512, '\0')), "a,b\n1,2\n");
}

TEST_P(Packed, LimitIsKept) {
  const std::string bytes = packed(std::string(1000000, 'a'));
  EXPECT_LT(bytes.size(), 2000U);
  EXPECT_FALSE(unpack(bytes, GetParam().how, "f", 999999).has_value());
  EXPECT_TRUE(unpack(bytes, GetParam().how, "f", 1000000).has_value());
}

TEST_P(Packed, ComesPieceByPieceWithHowMuchWasRead) {
  const std::string text = many_lines() + std::string(5000000, 'a');
  const std::string bytes = packed(text);
  std::string out;
  std::size_t last = 0;
  const auto well = unpack(bytes, GetParam().how, "f", [&](std::string_view piece, std::size_t read) -> Result<void> {
    EXPECT_LE(piece.size(), std::size_t{1} << 20U);
    EXPECT_TRUE(last <= read && read <= bytes.size());
    last = read;
    out += piece;
    return {};
  });
  EXPECT_TRUE(well.has_value());
  EXPECT_EQ(out, text);
}

TEST_P(Packed, AnErrorOfTheTakerEndsIt) {
  const auto full = unpack(packed(many_lines()), GetParam().how, "f",
                           [](std::string_view, std::size_t) -> Result<void> { return no_room_error("full"); });
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().message, "full");
}

INSTANTIATE_TEST_SUITE_P(Formats, Packed, ::testing::Values(Packing{Compression::gzip, gzipped}, Packing{Compression::zstd, zstandard}));

TEST(Gzip, CorruptByteIsRefusedWithItsPlace) {
  std::string bytes = gzipped(many_lines());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
  const Result<std::string> out = unpack(bytes, Compression::gzip, "f.csv.gz");
  ASSERT_FALSE(out.has_value());
  EXPECT_NE(out.error().message.find("f.csv.gz, byte "), std::string::npos);
}

TEST(Zstandard, AWindowWiderThanAllowedIsRefusedForRoom) {
  const std::string bytes = zstandard(std::string(4000000, 'a') + many_lines());
  const auto take = [](std::string_view, std::size_t) -> Result<void> { return {}; };
  EXPECT_TRUE(unpack(bytes, Compression::zstd, "f.zst", take).has_value());
  const auto refused = unpack(bytes, Compression::zstd, "f.zst", take, 1U << 16U);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::no_room);
  EXPECT_NE(refused.error().message.find("looks back over more than 1 MB"), std::string::npos) << refused.error().message;
}

TEST(Compression, IsToldByTheName) {
  EXPECT_EQ(compression_of("a.csv.gz"), Compression::gzip);
  EXPECT_EQ(compression_of("a.csv.zst"), Compression::zstd);
  EXPECT_EQ(compression_of("a.gz.csv"), Compression::none);
  EXPECT_EQ(unpacked_name("train-images-idx3-ubyte.gz"), "train-images-idx3-ubyte");
  EXPECT_EQ(unpacked_name("a.csv"), "a.csv");
}

}  // namespace
}  // namespace fallline
