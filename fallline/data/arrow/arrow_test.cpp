// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>

#include "fallline/data/arrow/cells.hpp"
#include "fallline/data/arrow/library.hpp"
#include "fallline/data/arrow/source.hpp"
#include "fallline/data/arrow/table.hpp"
#include "fallline/data/testing/source.hpp"

namespace fallline {
namespace {

using testing::read_whole;
using testing::why_refused;

/// One array of a column made by hand, in a stream of its own.
struct HandMade {
  std::string format;
  std::int64_t length = 0;
  std::vector<const void*> buffers;
  std::int64_t null_count = 0;
  std::int64_t offset = 0;
  std::string dictionary_format = {};
  std::int64_t dictionary_length = 0;
  std::vector<const void*> dictionary_buffers = {};
};

ArrowArray array_of(std::int64_t length, std::vector<const void*>& buffers, std::int64_t offset, std::int64_t nulls) {
  ArrowArray array{};
  array.length = length;
  array.offset = offset;
  array.null_count = nulls;
  array.n_buffers = static_cast<std::int64_t>(buffers.size());
  array.buffers = buffers.data();
  array.release = [](ArrowArray* self) { self->release = nullptr; };
  return array;
}

/// Lends a table of one column, x, from memory that the test keeps.
class Lender {
 public:
  explicit Lender(HandMade made) : made_(std::move(made)) {
    column_schema_.format = made_.format.c_str();
    column_schema_.name = "x";
    dictionary_schema_.format = made_.dictionary_format.c_str();
    dictionary_schema_.name = "";
    column_ = array_of(made_.length, made_.buffers, made_.offset, made_.null_count);
    dictionary_ = array_of(made_.dictionary_length, made_.dictionary_buffers, 0, 0);
    if (!made_.dictionary_format.empty()) {
      column_schema_.dictionary = &dictionary_schema_;
      column_.dictionary = &dictionary_;
    }
  }
  Lender(const Lender&) = delete;
  Lender& operator=(const Lender&) = delete;
  ~Lender() = default;

  Result<std::unique_ptr<Source>> source(ArrowOptions options = {}) {
    given_ = false;
    return arrow_source(
        {"t"},
        [this](std::size_t, std::size_t, ArrowArrayStream* stream) -> Result<void> {
          *stream = {get_schema, get_next, [](ArrowArrayStream*) -> const char* { return nullptr; },
                     [](ArrowArrayStream* self) { self->release = nullptr; }, this};
          return {};
        },
        std::move(options));
  }

 private:
  static int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    auto* self = static_cast<Lender*>(stream->private_data);
    self->schema_child_ = &self->column_schema_;
    *out = {};
    out->format = "+s";
    out->n_children = 1;
    out->children = &self->schema_child_;
    out->release = [](ArrowSchema* schema) { schema->release = nullptr; };
    return 0;
  }
  static int get_next(ArrowArrayStream* stream, ArrowArray* out) {
    auto* self = static_cast<Lender*>(stream->private_data);
    *out = {};
    if (!self->given_) {
      self->given_ = true;
      self->array_child_ = &self->column_;
      *out = array_of(self->made_.length, self->no_buffers_, 0, 0);
      out->n_children = 1;
      out->children = &self->array_child_;
    }
    return 0;
  }

  HandMade made_;
  ArrowSchema column_schema_{};
  ArrowSchema dictionary_schema_{};
  ArrowSchema* schema_child_ = nullptr;
  ArrowArray column_{};
  ArrowArray dictionary_{};
  ArrowArray* array_child_ = nullptr;
  std::vector<const void*> no_buffers_ = {nullptr};
  bool given_ = false;
};

TEST(Decimal, IsRoundedOnce) {
  const auto decimal = [](std::int64_t digits, int scale) {
    std::array<unsigned char, 16> bytes{};
    bytes.fill(digits < 0 ? 0xFF : 0);
    std::memcpy(bytes.data(), &digits, 8);
    return c_data::decimal_value(bytes, scale);
  };
  EXPECT_EQ(decimal(1234, 2), 12.34);
  EXPECT_EQ(decimal(-1234, 2), -12.34);
  EXPECT_EQ(decimal(0, 5), 0.0);
  EXPECT_EQ(decimal(7, -3), 7000.0);
  EXPECT_EQ(decimal(INT64_MIN, 0), -0x1p63);
  EXPECT_EQ(decimal(9007199254740993, 1), 900719925474099.3);
}

TEST(ArrowSource, ReadsWholeNumbersFromTheirOffset) {
  const std::array<std::int16_t, 4> numbers = {9, -1, 2, 300};
  Lender lender({"s", 3, {nullptr, numbers.data()}, 0, 1});
  const auto table = read_whole(lender.source());
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->columns[0].numbers, (std::vector<double>{-1, 2, 300}));
}

TEST(ArrowSource, NullIsMissing) {
  const std::array<double, 3> numbers = {1, 2, 3};
  const unsigned char valid = 0b101;
  Lender lender({"g", 3, {&valid, numbers.data()}, 1});
  const auto table = read_whole(lender.source());
  ASSERT_TRUE(table.has_value());
  EXPECT_TRUE(std::isnan(table->number(0, 1)));
  EXPECT_EQ(table->number(0, 2), 3);
}

TEST(ArrowSource, BooleansAreTheTextsOfCsv) {
  const unsigned char bits = 0b01;
  Lender lender({"b", 2, {nullptr, &bits}});
  const auto table = read_whole(lender.source());
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->text(0, 0), "true");
  EXPECT_EQ(table->text(0, 1), "false");
  EXPECT_EQ(read_whole(lender.source({.types = {{"x", ColumnType::number}}}))->number(0, 0), 1);
}

TEST(ArrowSource, DatesCountDaysAndTimesSeconds) {
  const std::array<std::int32_t, 1> days = {19781};
  Lender dates({"tdD", 1, {nullptr, days.data()}});
  const auto of_days = read_whole(dates.source());
  ASSERT_TRUE(of_days.has_value());
  EXPECT_EQ(of_days->schema.columns[0].type, ColumnType::time);
  EXPECT_EQ(of_days->schema.columns[0].unit, days_unit);
  EXPECT_EQ(of_days->number(0, 0), 19781);

  const std::array<std::int64_t, 2> ticks = {1709164799250000000, -500000000};
  Lender moments({"tsn:UTC", 2, {nullptr, ticks.data()}});
  const auto of_seconds = read_whole(moments.source());
  ASSERT_TRUE(of_seconds.has_value());
  EXPECT_EQ(of_seconds->schema.columns[0].unit, seconds_unit);
  EXPECT_EQ(of_seconds->number(0, 0), 1709164799.25);
  EXPECT_EQ(of_seconds->number(0, 1), -0.5);
}

TEST(ArrowSource, TextsAreSortedLevelsWithoutThoseThatMeanMissing) {
  const std::string text = "beeant?bee";
  const std::array<std::int32_t, 5> offsets = {0, 3, 6, 7, 10};
  Lender lender({"u", 4, {nullptr, offsets.data(), text.data()}});
  const auto table = read_whole(lender.source({.missing = {"?"}}));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->schema.levels[0], (std::vector<std::string>{"ant", "bee"}));
  EXPECT_EQ(table->text(0, 2), "<missing>");
  EXPECT_EQ(table->text(0, 3), "bee");
  ASSERT_EQ(table->notes.size(), 1U);
}

TEST(ArrowSource, DictionaryHoldsNoLevelThatIsNotSeen) {
  const std::string text = "abc";
  const std::array<std::int32_t, 4> offsets = {0, 1, 2, 3};
  const std::array<std::int8_t, 3> codes = {2, 0, 2};
  Lender lender({"c", 3, {nullptr, codes.data()}, 0, 0, "u", 3, {nullptr, offsets.data(), text.data()}});
  const auto table = read_whole(lender.source());
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->schema.levels[0], (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(table->text(0, 0), "c");
}

TEST(ArrowSource, IndexOutsideItsDictionaryIsRefused) {
  const std::string text = "abc";
  const std::array<std::int32_t, 4> offsets = {0, 1, 2, 3};
  for (const std::int8_t bad : {std::int8_t{3}, std::int8_t{-1}}) {
    const std::array<std::int8_t, 2> codes = {2, bad};
    Lender lender({"c", 2, {nullptr, codes.data()}, 0, 0, "u", 3, {nullptr, offsets.data(), text.data()}});
    EXPECT_NE(why_refused(lender.source()).find("row 1"), std::string::npos);
  }
}

TEST(ArrowSource, ReadsShortAndLongViews) {
  const std::string far = "a text of more than twelve bytes";
  std::array<std::int32_t, 8> views{};
  views[0] = 3;
  std::memcpy(&views[1], "bee", 3);
  views[4] = static_cast<std::int32_t>(far.size());
  std::memcpy(&views[5], far.data(), 4);
  const std::int64_t size = static_cast<std::int64_t>(far.size());
  Lender lender({"vu", 2, {nullptr, views.data(), far.data(), &size}});
  const auto table = read_whole(lender.source());
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->text(0, 0), "bee");
  EXPECT_EQ(table->text(0, 1), far);
}

TEST(ArrowSource, TextDeclaredANumberIsReadOrRefusedWithItsRow) {
  const std::string text = "1.5x";
  const std::array<std::int32_t, 3> offsets = {0, 3, 4};
  Lender good({"u", 1, {nullptr, offsets.data(), text.data()}});
  EXPECT_EQ(read_whole(good.source({.types = {{"x", ColumnType::number}}}))->number(0, 0), 1.5);
  Lender bad({"u", 2, {nullptr, offsets.data(), text.data()}});
  EXPECT_NE(why_refused(bad.source({.types = {{"x", ColumnType::number}}})).find("row 1 (counted from 0), column 'x': 'x'"),
            std::string::npos);
}

TEST(ArrowSource, NumberDeclaredTextKeepsEveryDigit) {
  const std::array<std::int64_t, 2> numbers = {9007199254740993, 9007199254740992};
  Lender lender({"l", 2, {nullptr, numbers.data()}});
  const auto table = read_whole(lender.source({.types = {{"x", ColumnType::text}}}));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->text(0, 0), "9007199254740993");
  EXPECT_EQ(table->text(0, 1), "9007199254740992");
}

TEST(ArrowSource, WhatIsNoColumnIsRefusedByNameOrLeftOut) {
  for (const auto& [format, word] : {std::pair{"+l", "lists"}, std::pair{"+s", "structs"}, std::pair{"z", "bytes"},
                                     std::pair{"ttm", "times of day"}, std::pair{"?", "'?'"}}) {
    Lender lender({format, 1, {nullptr, nullptr}});
    EXPECT_NE(why_refused(lender.source()).find(word), std::string::npos) << format;
    EXPECT_EQ(why_refused(lender.source({.ignore = {"x"}})), "") << format;
    EXPECT_EQ(why_refused(lender.source({.only_declared = true})), "") << format;
  }
}

TEST(ArrowSource, InfiniteNumberIsRefusedWithItsRow) {
  const std::array<float, 2> numbers = {1, INFINITY};
  Lender lender({"f", 2, {nullptr, numbers.data()}});
  EXPECT_NE(why_refused(lender.source()).find("t, row 1 (counted from 0), column 'x'"), std::string::npos);
}

class WrittenTable : public ::testing::TestWithParam<ArrowFormat> {};

TEST_P(WrittenTable, ReadsBack) {
  if (!arrow_is_built()) {
    GTEST_SKIP() << arrow_is_built().error().message;
  }
  std::string bytes;
  const auto writer = arrow_writer(GetParam(), [&](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  });
  for (int i = 0; i < 2; ++i) {
    ArrowSchema schema{};
    ArrowArray rows{};
    export_table({{"d", std::vector<double>{0.1, -2}},
                  {"f", std::vector<float>{0.1F, 3}},
                  {"i", std::vector<std::int64_t>{7, -9}},
                  {"s", std::vector<std::string>{"b", "a"}}},
                 &schema, &rows);
    ASSERT_TRUE(writer->append(&schema, &rows).has_value());
  }
  ASSERT_TRUE(writer->finish().has_value());
  const auto table = read_whole(open_arrow({csv::FileText::holding(bytes, "t")}, GetParam(), {}));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->schema.rows, 4U);
  EXPECT_EQ(table->number(0, 0), 0.1);
  EXPECT_EQ(table->number(1, 0), static_cast<double>(0.1F));
  EXPECT_EQ(table->number(2, 1), -9);
  EXPECT_EQ(table->text(3, 0), "b");
}

TEST_P(WrittenTable, TellsTheFaultOfWhereItGoes) {
  if (!arrow_is_built()) {
    GTEST_SKIP() << arrow_is_built().error().message;
  }
  const auto writer = arrow_writer(GetParam(), [](std::string_view) -> Result<void> { return no_room_error("the disk is full"); });
  ArrowSchema schema{};
  ArrowArray rows{};
  export_table({{"d", std::vector<double>{0.1, -2}}}, &schema, &rows);
  Result<void> done = writer->append(&schema, &rows);
  done = done ? writer->finish() : done;
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().message, "the disk is full");
}

INSTANTIATE_TEST_SUITE_P(Formats, WrittenTable, ::testing::Values(ArrowFormat::parquet, ArrowFormat::ipc));

}  // namespace
}  // namespace fallline
