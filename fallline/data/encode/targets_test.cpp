// SPDX-License-Identifier: Apache-2.0
// Several numbers predicted at once: how they are named, understood and read.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fallline/data/testing/encoding.hpp"

namespace fallline {
namespace {

using testing::fit;
using testing::fit_refusal;
using testing::says;
using testing::try_encode;

const std::string table = "x,a,b,word\n1,0.5,100,u\n2,1.25,300,v\n4,3.5,200,u\n3,2.75,450,v\n";

EncoderOptions both() { return {.target = "a,b"}; }

TEST(SeveralTargets, AreThoseNamedInTheirOrder) {
  const FittedEncoder fitted = fit(table, {.target = "b, @1"});
  EXPECT_EQ(fitted.target.names(), (std::vector<std::string>{"b", "a"}));
  EXPECT_FALSE(fitted.target.classification);
  EXPECT_DOUBLE_EQ(fitted.target.center, 262.5);
  EXPECT_DOUBLE_EQ(fitted.target.more.at(0).center, 2);
  const auto data = try_encode<double>(table, fitted);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->targets, 2U);
  EXPECT_EQ(data->target, (std::vector<double>{100, 0.5, 300, 1.25, 200, 3.5, 450, 2.75}));
  EXPECT_EQ(fitted.encoder.columns.size(), 2U);  // x and word
}

TEST(SeveralTargets, AreOneWhereAColumnHasTheWholeName) {
  const FittedEncoder fitted = fit("x,\"a,b\",a\n1,5.5,1\n2,6.25,2\n3,8.5,2.5\n", both());
  EXPECT_EQ(fitted.target.names(), std::vector<std::string>{"a,b"});
}

TEST(SeveralTargets, AreEachScaledByTheirTrainingRows) {
  EncoderOptions options = both();
  std::string text = "x,a,b\n";
  for (int i = 0; i < 100; ++i) {
    text += std::to_string(i * 7 % 31) + "," + std::to_string(i) + ".5," + std::to_string(i * i) + "\n";
  }
  options.split = {0.5, 3};
  double sum = 0;
  double count = 0;
  for (int i = 0; i < 100; ++i) {
    if (!options.split.holds_out(static_cast<std::uint64_t>(i))) {
      sum += i * i;
      count += 1;
    }
  }
  EXPECT_NEAR(fit(text, options).target.more.at(0).center, sum / count, 1e-9);
}

TEST(SeveralTargets, AreNumbersOrRefusedByName) {
  EXPECT_TRUE(says(fit_refusal(table, {.target = "a,word"}), "target 'word' holds text such as 'u'"));
  const std::string with_classes = "x,a,kind\n1,0.5,0\n2,1.25,1\n4,3.5,1\n";
  EXPECT_TRUE(says(fit_refusal(with_classes, {.target = "a,kind"}), "target 'kind' has 2 distinct values"));
  EXPECT_EQ(fit(with_classes, {.target = "a,kind"}, Task::regression).target.count(), 2U);
  EXPECT_TRUE(says(fit_refusal(table, both(), Task::classification), "--task classification"));
  EXPECT_TRUE(says(fit_refusal(table, {.target = "a,a"}), "'a' has two roles"));
  EXPECT_TRUE(says(fit_refusal(table, {.target = "a,q"}), "no column 'q'"));
  EXPECT_TRUE(says(fit_refusal(table, {.target = "a,"}), "no column ''"));
}

TEST(SeveralTargets, MustBeThereInEveryRow) {
  EXPECT_TRUE(says(fit_refusal("x,a,b\n1,0.5,1\n2,1.25,\n4,3.5,7\n", both()), "The target 'b' is missing in row 2"));
  const FittedEncoder fitted = fit(table, both());
  const auto missing = try_encode<double>("x,a,b,word\n1,0.5,,u\n", fitted);
  ASSERT_FALSE(missing);
  EXPECT_TRUE(says(missing.error().message, "The target 'b' is missing in row 1"));
  const auto absent = try_encode<double>("x,a,word\n1,0.5,u\n", fitted);
  ASSERT_FALSE(absent);
  EXPECT_TRUE(says(absent.error().message, "no column 'b'"));
  EXPECT_TRUE(try_encode<double>("x,word\n1,u\n", fitted, false));
}

TEST(SeveralTargets, AreToldAndReadBackAsJson) {
  const TargetCoding target = fit(table, both()).target;
  const auto again = target_from_json(target_to_json(target));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->names(), target.names());
  EXPECT_EQ(again->more.at(0).spread, target.more.at(0).spread);
  std::string flat = target_to_json(target);
  flat.replace(flat.rfind("\"spread\":"), std::string("\"spread\":").size(), "\"spread\":-");
  EXPECT_FALSE(target_from_json(flat));
}

}  // namespace
}  // namespace fallline
