// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/npy/npy.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <optional>

#include "fallline/data/array/half.hpp"
#include "fallline/data/array/source.hpp"
#include "fallline/data/testing/source.hpp"

namespace fallline {
namespace {

using testing::read_whole;
using testing::why_refused;

std::string file_of(const std::string& header, const std::string& numbers) {
  const auto size = static_cast<char>(header.size());
  return std::string("\x93NUMPY\x01\0", 8) + size + std::string(1, '\0') + header + numbers;
}

std::string header_of(const std::string& descr, const std::string& shape, bool fortran = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }\n";
}

Result<std::unique_ptr<Source>> open(const std::string& bytes) {
  Result<ArrayFile> array = read_npy(csv::FileText::holding(bytes, "t.npy"));
  if (!array) {
    return array.error();
  }
  std::vector<ArrayFile> arrays;
  arrays.push_back(std::move(*array));
  return array_source(std::move(arrays), std::nullopt);
}

TEST(Npy, ColumnsAreNamedAsInCsvWithoutHeader) {
  const auto table = read_whole(open(file_of(header_of("|u1", "(2, 3)"), "abcdef")));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->schema.columns[2].name, "c2");
  EXPECT_TRUE(table->schema.matrix_input);
  EXPECT_EQ(table->number(0, 1), 'd');
  EXPECT_EQ(table->number(2, 0), 'c');
}

TEST(Npy, FortranOrderRunsDownTheColumns) {
  const auto table = read_whole(open(file_of(header_of("|u1", "(2, 3)", true), "abcdef")));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->number(0, 1), 'b');
  EXPECT_EQ(table->number(2, 0), 'e');
}

TEST(Npy, OneAxisIsOneColumn) {
  const auto table = read_whole(open(file_of(header_of("|u1", "(4,)"), "abcd")));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->columns.size(), 1U);
  EXPECT_EQ(table->number(0, 3), 'd');
}

TEST(Npy, MoreAxesLieFlatLastOneFastest) {
  const std::string cells = "abcdefghijkl";
  const auto flat = read_whole(open(file_of(header_of("|u1", "(2, 3, 2)"), cells)));
  ASSERT_TRUE(flat.has_value());
  EXPECT_EQ(flat->columns.size(), 6U);
  EXPECT_EQ(flat->number(3, 1), 'j');
  // In Fortran order cell (r, i, j) is number r + 2 i + 6 j; column 3 is (i, j) = (1, 1).
  const auto turned = read_whole(open(file_of(header_of("|u1", "(2, 3, 2)", true), cells)));
  ASSERT_TRUE(turned.has_value());
  EXPECT_EQ(turned->number(3, 1), cells[1 + 2 + 6]);
}

TEST(Npy, HeaderThatIsNotNumpysIsRefused) {
  const std::string good = header_of("|u1", "(2, 3)");
  for (const std::string& bad :
       {std::string(), std::string("{}"), good.substr(0, good.size() - 4), good + "x", header_of("|u1", "(2, 3"),
        header_of("|u1", "(-2, 3)"), header_of("|u1", "(2 3)"), header_of("<q9", "(2, 3)"), header_of("", "(2, 3)"),
        std::string("{'descr': '|u1', 'descr': '|u1', 'shape': (6,)}"), std::string("{'descr': [('a', '<f8')], 'shape': (6,)}")}) {
    EXPECT_NE(why_refused(open(file_of(bad, "abcdef"))), "") << bad;
  }
  EXPECT_EQ(why_refused(open(file_of(good, "abcdef"))), "");
}

TEST(Npy, ShapeBeyondAnyFileIsRefusedBeforeAnythingIsMadeOfIt) {
  EXPECT_NE(why_refused(open(file_of(header_of("<f8", "(4294967296, 4294967296)"), "x"))).find("corrupt"), std::string::npos);
  EXPECT_NE(why_refused(open(file_of(header_of("<f8", "(9223372036854775807, 1)"), "x"))).find("corrupt"), std::string::npos);
  EXPECT_NE(why_refused(open(file_of(header_of("<f8", "(1000000, 3)"), "x"))).find("cut off"), std::string::npos);
  EXPECT_NE(why_refused(open(file_of(header_of("<f8", "(0, 3)"), ""))).find("empty"), std::string::npos);
  EXPECT_NE(why_refused(open(file_of(header_of("<f8", "()"), "12345678"))).find("single number"), std::string::npos);
}

TEST(Npy, EveryTruncationIsRefused) {
  const std::string whole = file_of(header_of("<f4", "(2, 2)"), std::string(16, '\0'));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(why_refused(open(whole.substr(0, size))), "") << size;
  }
}

TEST(Half, IsIeeeHalfPrecision) {
  EXPECT_EQ(half_to_double(0x3C00), 1.0);
  EXPECT_EQ(half_to_double(0xC000), -2.0);
  EXPECT_EQ(half_to_double(0x7BFF), 65504.0);
  EXPECT_EQ(half_to_double(0x0001), 0x1p-24);
  EXPECT_EQ(half_to_double(0x0400), 0x1p-14);
  EXPECT_TRUE(std::isinf(half_to_double(0x7C00)));
  EXPECT_TRUE(std::isnan(half_to_double(0x7E01)));
}

TEST(ArraySource, LabelsStandBesideTheRowsOfAllFiles) {
  const auto array = [](const std::string& shape, const std::string& cells) {
    return *read_npy(csv::FileText::holding(file_of(header_of("|u1", shape), cells), "t.npy"));
  };
  const auto table = read_whole(array_source({array("(2, 2)", "abcd"), array("(1, 2)", "ef")}, array("(3,)", "xyz")), 2);
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->schema.columns.back().name, label_column);
  EXPECT_EQ(table->number(1, 2), 'f');
  EXPECT_EQ(table->number(2, 2), 'z');
  EXPECT_NE(why_refused(array_source({array("(2, 2)", "abcd"), array("(1, 3)", "efg")}, std::nullopt)), "");
  EXPECT_NE(why_refused(array_source({array("(2, 2)", "abcd")}, array("(3,)", "xyz"))), "");
  EXPECT_NE(why_refused(array_source({array("(2, 2)", "abcd")}, array("(2, 2)", "abcd"))), "");
}

}  // namespace
}  // namespace fallline
