// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace fallline {
namespace {

double rate(const char* spec, std::int64_t k, double base = 1, std::int64_t total = 100) {
  const auto schedule = make_schedule(spec, total);
  EXPECT_TRUE(schedule.has_value()) << (schedule ? "" : schedule.error().message);
  return schedule ? schedule->rate(k, base) : std::nan("");
}

TEST(Schedule, ConstantStays) {
  EXPECT_EQ(rate("constant", 0, 0.3), 0.3);
  EXPECT_EQ(rate("constant", 1000, 0.3), 0.3);
}

TEST(Schedule, StepFallsEverySoManySteps) {
  EXPECT_EQ(rate("step:every=10,gamma=0.5", 9), 1);
  EXPECT_EQ(rate("step:every=10,gamma=0.5", 10), 0.5);
  EXPECT_EQ(rate("step:every=10,gamma=0.5", 29), 0.25);
}

TEST(Schedule, TotalLeftOpenIsTheRun) {
  EXPECT_NEAR(rate("cosine", 50), 0.5, 1e-15);
  EXPECT_NEAR(rate("cosine", 100), 0, 1e-15);
  EXPECT_NEAR(rate("cosine:total=200", 100), 0.5, 1e-15);
  EXPECT_NEAR(rate("polynomial:power=2", 50), 0.25, 1e-15);
  EXPECT_NEAR(rate("linear", 25), 0.75, 1e-15);
}

TEST(Schedule, CosineHoldsOrRisesAgain) {
  EXPECT_NEAR(rate("cosine:end=0.1", 200), 0.1, 1e-15);
  EXPECT_NEAR(rate("cosine:after=periodic", 200), 1, 1e-15);
  EXPECT_NEAR(rate("cosine:alpha=0.1", 200, 2), 0.2, 1e-15);
}

TEST(Schedule, WarmupGoesInFrontOfAnySchedule) {
  EXPECT_EQ(rate("constant:warmup=4", 0), 0.25);
  EXPECT_EQ(rate("constant:warmup=4", 3), 1);
  EXPECT_EQ(rate("step:every=10,gamma=0.5,warmup=4", 13), 1);
  EXPECT_EQ(rate("step:every=10,gamma=0.5,warmup=4", 14), 0.5);
  EXPECT_NEAR(rate("cosine:warmup=20", 60), 0.5, 1e-15);  // the run is the rise and the fall together
  EXPECT_NEAR(rate("cosine:warmup=20", 100), 0, 1e-15);
}

TEST(Schedule, WarmupCosineCountsTheRiseInItsTotal) {
  EXPECT_EQ(rate("warmup_cosine:warmup=10", 5), 0.5);
  EXPECT_EQ(rate("warmup_cosine:warmup=10", 10), 1);
  EXPECT_NEAR(rate("warmup_cosine:warmup=10", 55), 0.5, 1e-15);
}

TEST(Schedule, ExponentialKeepsToItsFloor) {
  EXPECT_NEAR(rate("exponential:gamma=0.5,every=10", 15), std::pow(0.5, 1.5), 1e-15);
  EXPECT_EQ(rate("exponential:gamma=0.5,every=10,staircase", 19), 0.5);
  EXPECT_EQ(rate("exponential:gamma=0.5,begin=3", 3), 1);
  EXPECT_EQ(rate("exponential:gamma=0.5,floor=0.2", 10), 0.2);
}

TEST(Schedule, InverseTimeHalvesAfterEveryOverRate) { EXPECT_DOUBLE_EQ(rate("inverse_time:rate=0.5,every=10", 20), 0.5); }

TEST(Schedule, PiecewiseKeepsTheOldRateAtTheBoundary) {
  EXPECT_EQ(rate("piecewise:boundaries=5/20,values=3/2/1", 5), 3);
  EXPECT_EQ(rate("piecewise:boundaries=5/20,values=3/2/1", 6), 2);
  EXPECT_EQ(rate("piecewise:boundaries=5/20,values=3/2/1", 99), 1);
}

TEST(Schedule, RepeatedMilestonesCountTwice) {
  EXPECT_EQ(rate("multistep:milestones=5/5/9,gamma=0.5", 4), 1);
  EXPECT_EQ(rate("multistep:milestones=5/5/9,gamma=0.5", 5), 0.25);
  EXPECT_EQ(rate("multistep:milestones=5/9,scales=0.5/0.1", 9), 0.05);
}

TEST(Schedule, CosineRestartsFromTheTop) {
  EXPECT_EQ(rate("cosine_restarts:first=5,mult=2", 5), 1);
  EXPECT_EQ(rate("cosine_restarts:first=5,mult=2", 15), 1);
  EXPECT_EQ(rate("cosine_restarts:first=5,mult=1,shrink=0.5", 1000000005), rate("cosine_restarts:first=5,mult=1,shrink=0.5", 1000000000));
}

TEST(Schedule, OneCycleGoesUpAndDownOnce) {
  EXPECT_NEAR(rate("one_cycle", 0), 1.0 / 25, 1e-15);
  EXPECT_NEAR(rate("one_cycle", 29), 1, 1e-15);
  EXPECT_NEAR(rate("one_cycle", 99), 1 / 25e4, 1e-15);
}

TEST(Schedule, CyclicIsATriangle) {
  EXPECT_EQ(rate("cyclic:peak=3,up=4,down=4", 2), 2);
  EXPECT_EQ(rate("cyclic:peak=3,up=4,down=4", 4), 3);
  EXPECT_EQ(rate("cyclic:peak=3,up=4,down=4,mode=triangular2", 12), 2);
}

TEST(Schedule, ConstantThenFullSteps) {
  EXPECT_EQ(rate("constant_then_full:factor=0.25,total=6", 5), 0.25);
  EXPECT_EQ(rate("constant_then_full:factor=0.25,total=6", 6), 1);
}

TEST(Schedule, PlateauFallsWhenWhatItObservesStopsImproving) {
  const auto schedule = make_schedule("plateau:factor=0.5,patience=1", 10);
  ASSERT_TRUE(schedule.has_value() && schedule->observe);
  std::vector<double> rates;
  for (const double loss : {3.0, 2.0, 2.0, 2.0, 1.0, 1.0}) {
    schedule->observe(loss);
    rates.push_back(schedule->rate(100, 1));
  }
  EXPECT_EQ(rates, (std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5}));
}

TEST(Schedule, PlateauGoesNoLowerThanItsLeastRate) {
  EXPECT_EQ(rate("plateau:factor=0.5,patience=0,min_lr=0.4,metrics=1/1/1/1", 2), 0.5);
  EXPECT_EQ(rate("plateau:factor=0.5,patience=0,min_lr=0.4,metrics=1/1/1/1", 4), 0.4);
}

TEST(Schedule, MostLookAtNoMeasure) { EXPECT_FALSE(make_schedule("cosine", 10)->observe); }

TEST(Schedule, OffersTheNearestName) {
  EXPECT_NE(make_schedule("cosin", 10).error().message.find("Did you mean 'cosine'?"), std::string::npos);
  EXPECT_NE(make_schedule("cosine:totl=3", 10).error().message.find("Did you mean 'total'?"), std::string::npos);
  EXPECT_EQ(make_schedule("step:every=0", 10).error().code, ErrorCode::usage);
  EXPECT_EQ(make_schedule("multistep:milestones=a/b", 10).error().code, ErrorCode::usage);
}

TEST(Schedule, EveryOneOfTheListIsFiniteAndNotNegative) {
  for (const ScheduleInfo& info : list_schedules()) {
    for (const std::int64_t total : {std::int64_t{1}, std::int64_t{2}, std::int64_t{50}}) {
      for (std::int64_t k = 0; k < 120; ++k) {
        const double eta = rate(info.name.c_str(), k, 0.1, total);
        EXPECT_TRUE(std::isfinite(eta) && eta >= 0) << info.name << " " << k << " of " << total;
      }
    }
  }
}

TEST(Schedule, OneCycleDrivesTheMomentumAgainstTheRate) {
  const auto schedule = make_schedule("one_cycle:cycle_momentum,total=100,pct_start=0.3", 100);
  ASSERT_TRUE(schedule && schedule->momentum);
  EXPECT_NEAR(schedule->momentum(0), 0.95, 1e-15);
  EXPECT_NEAR(schedule->momentum(29), 0.85, 1e-15);
  EXPECT_NEAR(schedule->momentum(99), 0.95, 1e-15);
  EXPECT_LT(schedule->rate(0, 1), schedule->rate(29, 1));
  EXPECT_FALSE(make_schedule("one_cycle", 100)->momentum);
}

TEST(Schedule, CyclicDrivesTheMomentumAgainstTheRate) {
  const auto schedule = make_schedule("cyclic:up=4,down=8,mode=triangular2,cycle_momentum,momentum_low=0.5,momentum_high=0.9", 100);
  ASSERT_TRUE(schedule && schedule->momentum);
  EXPECT_NEAR(schedule->momentum(0), 0.9, 1e-15);
  EXPECT_NEAR(schedule->momentum(4), 0.5, 1e-15);
  EXPECT_NEAR(schedule->momentum(8), 0.7, 1e-15);
  EXPECT_NEAR(schedule->momentum(16), 0.7, 1e-15);  // half as deep the second time
}

}  // namespace
}  // namespace fallline
