// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/field.hpp"

#include <gtest/gtest.h>

namespace fallline {
namespace {

enum class Side { left, right };

struct Sample {
  double share = 0.9;
  std::int64_t count = 3;
  bool fast = false;
  Side side = Side::left;
  static constexpr auto fields() {
    return std::array{field<&Sample::share>("share", below_one, "a share"), field<&Sample::count>("count", Range{1, 10}, "a count"),
                      flag<&Sample::fast>("fast", "a flag"), choice<&Sample::side>("side", "left|right", "a side")};
  }
};

TEST(Field, EveryKindIsReadWrittenAndSet) {
  Sample sample;
  EXPECT_TRUE(*set_field(sample, "share", "0.5"));
  EXPECT_TRUE(*set_field(sample, "count", "7"));
  EXPECT_TRUE(*set_field(sample, "fast", "true"));
  EXPECT_TRUE(*set_field(sample, "side", "right"));
  EXPECT_EQ(sample.share, 0.5);
  EXPECT_EQ(sample.count, 7);
  EXPECT_TRUE(sample.fast);
  EXPECT_EQ(sample.side, Side::right);
  std::string all;
  for (const FieldValue& value : field_values(sample)) {
    all += std::string(value.info.name) + "=" + format_field(value.info, value.value) + " ";
  }
  EXPECT_EQ(all, "share=0.5 count=7 fast=true side=right ");
}

TEST(Field, AnUnknownNameIsNotAnErrorOfTheField) {
  Sample sample;
  EXPECT_FALSE(*set_field(sample, "colour", "1"));
}

TEST(Field, ABadValueNamesTheFieldTheValueAndWhatIsAllowed) {
  Sample sample;
  for (const auto& [name, text, told] : {std::tuple{"share", "1", "share takes a number in [0, 1), not '1'."},
                                         std::tuple{"share", "nan", "share takes a number in [0, 1), not 'nan'."},
                                         std::tuple{"count", "2.5", "count takes a whole number in [1, 10], not '2.5'."},
                                         std::tuple{"fast", "maybe", "fast takes true or false, not 'maybe'."},
                                         std::tuple{"side", "up", "side takes left or right, not 'up'."}}) {
    const auto set = set_field(sample, name, text);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, ErrorCode::usage);
    EXPECT_EQ(set.error().message, told);
  }
  EXPECT_EQ(sample.share, 0.9);
}

TEST(Settings, AreNamesWithValuesSeparatedByCommas) {
  const auto settings = parse_settings("beta1=0.9, fast,preset=keras");
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->size(), 3U);
  EXPECT_EQ((*settings)[1].name, "fast");
  EXPECT_EQ((*settings)[1].value, "true");
  EXPECT_EQ((*settings)[2].value, "keras");
  EXPECT_FALSE(parse_settings("a=1,,b=2"));
  EXPECT_TRUE(parse_settings("")->empty());
}

}  // namespace
}  // namespace fallline
