// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/onnx.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "fallline/base/onnx_builder.hpp"
#include "fallline/base/onnx_reader.hpp"

namespace fallline::onnx {
namespace {

Graph tiny_graph() {
  Graph graph;
  graph.name = "tiny";
  graph.nodes.push_back({"Gather", "", {"x", "at"}, {"picked"}, {{"axis", std::int64_t{1}}}});
  graph.nodes.push_back({"LabelEncoder",
                         "ai.onnx.ml",
                         {"picked"},
                         {"out"},
                         {{"default_int64", std::int64_t{300}},
                          {"keys_strings", std::vector<std::string>{"a", ""}},
                          {"values_int64s", std::vector<std::int64_t>{0, -1}}}});
  graph.initialisers.push_back({"at", {2}, std::vector<std::int64_t>{1, -1}});
  graph.initialisers.push_back({"w", {1, 2}, std::vector<float>{1.5F, -2.0F}});
  graph.initialisers.push_back({"d", {1}, std::vector<double>{0.1}});
  graph.initialisers.push_back({"s", {2}, std::vector<std::string>{"no", "yes"}});
  graph.inputs.push_back({"x", ElementType::string, {std::string("rows"), std::int64_t{3}}});
  graph.outputs.push_back({"out", ElementType::int64, {std::string("rows"), std::int64_t{2}}});
  return graph;
}

std::string tiny_file() { return file_bytes({"fallline", "9", {{"k", "v"}}}, graph_bytes(tiny_graph())); }

std::string hexadecimal(const std::string& bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

// The same graph made by the `onnx` package of Python (1.23) and serialised by its protobuf library.
TEST(Onnx, WritesTheBytesOfTheReferenceLibrary) {
  EXPECT_EQ(hexadecimal(tiny_file()),
            "0808120866616c6c6c696e651a01393aaf020a240a01780a02617412067069636b656422064761746865722a0b0a04617869731801a001020a770a06"
            "7069636b656412036f7574220c4c6162656c456e636f6465722a150a0d64656661756c745f696e74363418ac02a001022a160a0c6b6579735f737472"
            "696e67734a01614a00a001082a1f0a0d76616c7565735f696e74363473400040ffffffffffffffffff01a001073a0a61692e6f6e6e782e6d6c120474"
            "696e792a1a08021007420261744a100100000000000000ffffffffffffffff2a130801080210014201774a080000c03f000000c02a110801100b4201"
            "644a089a9999999999b93f2a100802100832026e6f32037965734201735a170a017812120a100808120c0a061204726f77730a02080362190a036f75"
            "7412120a100807120c0a061204726f77730a02080242040a001011420e0a0a61692e6f6e6e782e6d6c100372060a016b120176");
}

TEST(Onnx, ReadsBackNumbersAndMetadataByName) {
  const std::string bytes = tiny_file();
  const auto reader = Reader::open(bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->graph(), graph_bytes(tiny_graph()));
  EXPECT_EQ(reader->metadata("k"), "v");
  EXPECT_FALSE(reader->metadata("none"));
  const auto narrow = reader->numbers("w");
  ASSERT_TRUE(narrow);
  EXPECT_EQ(narrow->type, ElementType::float32);
  EXPECT_EQ(narrow->dims, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(narrow->values, (std::vector<double>{1.5, -2}));
  const auto wide = reader->numbers("d");
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->type, ElementType::float64);
  EXPECT_EQ(wide->values, (std::vector<double>{0.1}));
}

TEST(Onnx, RefusesTensorsThatAreNotNumbersOrNotThere) {
  const std::string bytes = tiny_file();
  const auto reader = Reader::open(bytes);
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->numbers("s"));
  EXPECT_FALSE(reader->numbers("at"));
  EXPECT_FALSE(reader->numbers("none"));
}

/// A file whose only initialiser is this TensorProto.
std::string file_with_tensor(const std::string& tensor) {
  const std::string graph = std::string("\x2a") + static_cast<char>(tensor.size()) + tensor;
  return std::string("\x3a") + static_cast<char>(graph.size()) + graph;
}

bool tensor_is_read(const std::string& tensor) {
  const std::string bytes = file_with_tensor(tensor);
  const auto reader = Reader::open(bytes);
  return reader && reader->numbers("w").has_value();
}

TEST(Onnx, BelievesNoShapeWithoutTheBytesForIt) {
  const std::string one = std::string("\x10\x01\x42\x01w\x4a\x04", 7) + std::string(4, '\0');
  EXPECT_TRUE(tensor_is_read("\x08\x01" + one));
  EXPECT_FALSE(tensor_is_read("\x08\x02" + one));
  const std::string huge = "\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
  EXPECT_FALSE(tensor_is_read(huge + one));
  EXPECT_FALSE(tensor_is_read(huge + huge + one));
  EXPECT_FALSE(tensor_is_read("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + one));  // -1
}

TEST(Onnx, RefusesDataOutsideTheFile) {
  const std::string one = std::string("\x08\x01\x10\x01\x42\x01w\x4a\x04", 9) + std::string(4, '\0');
  EXPECT_TRUE(tensor_is_read(one));
  EXPECT_FALSE(tensor_is_read(one + "\x70\x01"));                  // data_location EXTERNAL
  EXPECT_FALSE(tensor_is_read(one + std::string("\x6a\x00", 2)));  // external_data
}

TEST(Onnx, RefusesEveryTruncation) {
  const std::string whole = tiny_file();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string bytes = whole.substr(0, size);  // a copy of its own, so that a sanitizer sees a read past its end
    const auto reader = Reader::open(bytes);
    EXPECT_FALSE(reader && reader->metadata("k") == "v") << size;
  }
}

TEST(Onnx, SurvivesEveryBrokenByte) {
  const std::string whole = tiny_file();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(value);
      const auto reader = Reader::open(bytes);
      if (reader) {
        static_cast<void>(reader->metadata("k"));
        static_cast<void>(reader->numbers("w"));
        static_cast<void>(reader->numbers("d"));
      }
    }
  }
}

TEST(OnnxBuilder, GivesEachNameOnce) {
  Builder graph("g");
  EXPECT_EQ(graph.input("x", ElementType::float32, 1), "x");
  EXPECT_EQ(graph.fresh("x"), "x_");
  EXPECT_EQ(graph.fresh("x"), "x__");
  EXPECT_EQ(graph.input("", ElementType::float32, 1), "unnamed");
}

TEST(OnnxBuilder, AddsNoNodeForWhatIsThereAlready) {
  Builder graph("g");
  EXPECT_EQ(graph.beside({"x"}, "both"), "x");
  EXPECT_EQ(graph.pick("x", {0, 1}, 2, "picked"), "x");
  EXPECT_EQ(graph.pick("x", {1, 0}, 2, "picked"), "picked");
  EXPECT_EQ(graph.pick("x", {0, 1}, 3, "picked"), "picked_");
  EXPECT_EQ(graph.take().nodes.size(), 2U);
}

TEST(Onnx, RefusesAVarintThatNeverEnds) { EXPECT_FALSE(Reader::open(std::string(64, '\xff'))); }

}  // namespace
}  // namespace fallline::onnx
