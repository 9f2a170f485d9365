// SPDX-License-Identifier: Apache-2.0
// Every schedule with every decay, form of L1 and average: sparse steps go where dense ones go, however many steps a coordinate has missed.
// It takes half an hour, so it stands apart from the other tests: ./dev long.
#include "fallline/optim/testing/missed.hpp"

namespace fallline {
namespace {

class MainRuleUnderEverySchedule : public ::testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(MainRuleUnderEverySchedule, GoesWhereDenseStepsGoAfter1And1000And1000000Missed) {
  const auto& [rule, schedule] = GetParam();
  for (const std::string& spec : testing::specs_for_many_steps(rule)) {
    for (const std::int64_t missed : {1, 1'000, 1'000'000}) {
      EXPECT_LT(testing::apart_after_missing(missed, spec, schedule, 0.1), 1e-6) << spec << " under " << schedule << ", " << missed;
    }
  }
}

std::string word(const ::testing::TestParamInfo<std::tuple<std::string, std::string>>& instance) {
  const std::string& schedule = std::get<1>(instance.param);
  return std::get<0>(instance.param) + "_" + schedule.substr(0, schedule.find(':'));
}

INSTANTIATE_TEST_SUITE_P(List, MainRuleUnderEverySchedule,
                         ::testing::Combine(::testing::ValuesIn(testing::main_rules), ::testing::ValuesIn(testing::every_schedule())),
                         word);

}  // namespace
}  // namespace fallline
