// SPDX-License-Identifier: Apache-2.0
// Sparse steps go where dense ones go with the same gradients written out.
#include "fallline/optim/sparse.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "fallline/base/random.hpp"
#include "fallline/optim/rules.hpp"
#include "fallline/optim/schedule.hpp"
#include "fallline/optim/testing/missed.hpp"

namespace fallline {
namespace {

using testing::distance;
using testing::every_schedule;
using testing::make;
using testing::values;
using testing::with;

template <class T = double>
std::unique_ptr<SparseOptimizer<T>> make_sparse(std::string_view spec) {
  auto made = make_sparse_optimizer<T>(spec);
  EXPECT_TRUE(made.has_value()) << spec << ": " << (made ? "" : made.error().message);
  return made ? std::move(*made) : nullptr;
}

/// Weights that start off zero, and an intercept that no penalty touches.
template <class T>
Parameters<T> start_of() {
  Parameters<T> theta({{"w", {6}}, {"b", {1}, false}});
  const std::vector<double> start{0.5, -0.8, 0.3, 1.1, 0.7, 0, 0.2};
  std::transform(start.begin(), start.end(), theta.values().begin(), [](double x) { return static_cast<T>(x); });
  return theta;
}

/// The coordinates that step t of `horizon` + 5 touches: again after 1 step, after 1,000, after nearly all; one never; in the end all.
std::vector<std::size_t> touched_at(std::int64_t t, std::int64_t horizon) {
  if (t > horizon) {
    return {0, 1, 2, 3, 4, 5, 6};
  }
  std::vector<std::size_t> touched;
  const auto add = [&](std::size_t c, bool is) {
    if (is) {
      touched.push_back(c);
    }
  };
  add(0, t <= 20 || t == horizon);
  add(1, t == 5 || t == 6);
  add(2, t == 7 || t == 1007);
  add(3, t == 3 || t == horizon);
  add(5, t == 11);
  add(6, t <= 20);
  return touched;
}

double gradient_of(std::int64_t t, std::size_t coordinate) {
  return Random(3, Purpose::test, static_cast<std::uint32_t>(t)).normal(coordinate);
}

/// Both paths side by side.
template <class T>
struct Pair {
  std::unique_ptr<Optimizer<T>> dense;
  std::unique_ptr<SparseOptimizer<T>> sparse;
  Parameters<T> a = start_of<T>();
  Parameters<T> b = a;
  Parameters<T> written = a;  // the gradient in full
  std::vector<T> gradient;

  explicit Pair(const std::string& spec, std::int64_t period = 0) : dense(make<T>(spec)), sparse(make_sparse<T>(spec)) {
    dense->start(a);
    sparse->start(b, period);
  }

  void step(std::int64_t t, const std::vector<std::size_t>& touched, double rate) {
    std::fill(written.values().begin(), written.values().end(), T(0));
    gradient.clear();
    for (const std::size_t c : touched) {
      gradient.push_back(static_cast<T>(gradient_of(t, c)));
      written.values()[c] = gradient.back();
    }
    dense->step(a, written, rate);
    sparse->step(b, touched, gradient, rate);
  }

  double apart() const {
    return std::max(distance<T, T>(a.values(), sparse->settled(b).values()),
                    distance<T, T>(dense->evaluation(a).values(), sparse->evaluation(b).values()));
  }
};

template <class T = double>
double apart_after(const std::string& spec, std::int64_t horizon, const std::string& schedule = "constant", double base = 0.01,
                   std::int64_t period = 0) {
  Pair<T> pair(spec, period);
  const auto made = make_schedule(schedule, horizon + 5);
  EXPECT_TRUE(made.has_value()) << schedule;
  double worst = 0;
  for (std::int64_t t = 1; t <= horizon + 5; ++t) {
    if (made->momentum) {
      pair.dense->set_momentum(made->momentum(t - 1));
      pair.sparse->set_momentum(made->momentum(t - 1));
    }
    if (made->observe && t % 100 == 0) {
      made->observe(1 / static_cast<double>(std::min<std::int64_t>(t, 300)));
    }
    pair.step(t, touched_at(t, horizon), made->rate(t - 1, base));
    if (t == horizon / 2 || t == horizon - 1 || t > horizon) {
      worst = std::max(worst, pair.apart());
    }
  }
  return worst;
}

/// Whether the chain's L1 goes with the rule.
bool takes(const std::string& spec) { return make_optimizer<double>(spec).has_value(); }

const std::vector<std::string> decays{"", "l2=0.05", "weight_decay=0.05", "weight_decay=0.003,decay=fixed", "l2=0.02,weight_decay=0.03"};
const std::vector<std::string> averages{"", "average=ema,average_decay=0.99", "average=mean,average_start=4,average_every=3"};

std::vector<std::string> every_rule() {
  std::vector<std::string> names;
  UpdateRules::for_each([&]<class Rule>() {
    names.emplace_back(Rule::name);
    for (const Variant& variant : variants_of<Rule>()) {
      names.emplace_back(variant.name);
    }
  });
  for (const char* more : {"momentum:buffer=step,dampening=0.5", "adam:nesterov=true,amsgrad=corrected",
                           "rmsprop:centered=true,momentum=0.5", "rmsprop:momentum=0.9,nesterov=true,buffer=step", "lion:mode=smooth",
                           "signsgd:beta=0.9", "rprop:backtrack=optax", "adabelief:rectify=true,eps_state=1e-8", "adabelief:amsgrad=raw",
                           "ftrl:l1=0.01,beta=1", "ftrl:l2_shrinkage=0.01", "adagrad:init_acc=0.1,lr_decay=0.001", "adamax:eps_at=denom"}) {
    names.emplace_back(more);
  }
  return names;
}

class EveryRule : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryRule, GoesWhereDenseStepsGo) {
  for (const std::string& decay : decays) {
    for (const char* l1 : {"", "l1=0.01", "l1=0.01,l1_form=truncated,truncate_every=7", "l1=0.01,l1_form=cumulative"}) {
      for (const std::string& average : averages) {
        const std::string spec = with(with(with(GetParam(), decay), l1), average);
        if (takes(spec)) {
          EXPECT_LT(apart_after(spec, 1500), 1e-6) << spec;
        }
      }
    }
  }
}

TEST_P(EveryRule, GoesThereUnderEverySchedule) {
  for (const ScheduleInfo& info : list_schedules()) {
    if (info.name == "plateau") {
      continue;  // asks for a loss
    }
    const std::string schedule = info.name == "multistep"   ? "multistep:milestones=100/700,gamma=0.3"
                                 : info.name == "piecewise" ? "piecewise:boundaries=100/700,values=0.02/0.01/0.001"
                                                            : info.name + ":warmup=50";
    for (const char* settings : {"l2=0.05,average=ema", "weight_decay=0.05,l1=0.01", "weight_decay=0.05"}) {
      const std::string spec = with(GetParam(), settings);
      if (takes(spec) && make_schedule(schedule, 1000)) {
        EXPECT_LT(apart_after(spec, 1200, schedule), 1e-6) << spec << " under " << schedule;
      }
    }
  }
}

TEST_P(EveryRule, GoesOnFromASavedStateBitForBit) {
  const std::string spec = with(GetParam(), "weight_decay=0.01,average=ema");
  Pair<float> whole(spec);
  Pair<float> again(spec);
  for (std::int64_t t = 1; t <= 300; ++t) {
    whole.step(t, touched_at(t, 400), 0.01);
  }
  again.b = whole.b;
  ASSERT_TRUE(again.sparse->restore(whole.sparse->save()).has_value()) << spec;
  EXPECT_EQ(again.sparse->steps(), 300);
  whole.sparse->settled(whole.b);  // looking changes nothing
  for (std::int64_t t = 301; t <= 405; ++t) {
    whole.step(t, touched_at(t, 400), 0.01);
    again.step(t, touched_at(t, 400), 0.01);
  }
  EXPECT_EQ(values(whole.sparse->settled(whole.b)), values(again.sparse->settled(again.b))) << spec;
  EXPECT_EQ(values(whole.sparse->evaluation(whole.b)), values(again.sparse->evaluation(again.b))) << spec;
}

class MainRule : public ::testing::TestWithParam<std::string> {};

TEST_P(MainRule, GoesThereUnderEveryScheduleDecayPenaltyAndAverage) {
  for (const std::string& schedule : every_schedule()) {
    for (const char* decay : {"", "l2=0.05", "weight_decay=0.05"}) {
      for (const char* l1 : {"", "l1=0.01"}) {
        for (const std::string& average : averages) {
          const std::string spec = with(with(with(GetParam(), decay), l1), average);
          if (takes(spec)) {
            EXPECT_LT(apart_after(spec, 1100, schedule), 1e-6) << spec << " under " << schedule;
          }
        }
      }
    }
  }
}

std::string word(const ::testing::TestParamInfo<std::string>& instance) {
  std::string name = instance.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(List, MainRule, ::testing::ValuesIn(testing::main_rules), word);
INSTANTIATE_TEST_SUITE_P(List, EveryRule, ::testing::ValuesIn(every_rule()), word);

/// A few; ./dev long takes every rule with every schedule, decay, form of L1 and average.
TEST(Sparse, TouchedAgainAfterAMillionSteps) {
  const std::vector<std::string> schedules = every_schedule();
  for (std::size_t i = 0; i < testing::main_rules.size(); i += 2) {
    const std::vector<std::string> specs = testing::specs_for_many_steps(testing::main_rules[i]);
    const std::string& spec = specs[i * 7 % specs.size()];
    const std::string& schedule = schedules[i * 3 % schedules.size()];
    EXPECT_LT(testing::apart_after_missing(1'000'000, spec, schedule, 0.1), 1e-6) << spec << " under " << schedule;
  }
}

TEST(Sparse, AllAreBroughtUpToDateEverySoManySteps) {
  for (const char* spec : {"sgd:l2=1e-3,l1=1e-6", "momentum:weight_decay=1e-3,average=ema", "adam:l2=1e-3", "nadam", "asgd"}) {
    EXPECT_LT(apart_after(spec, 50'000, "cosine", 0.1), 1e-6) << spec;  // by their number: some thousands
    EXPECT_LT(apart_after(spec, 1'500, "cosine", 0.1, 7), 1e-6) << spec;
  }
}

TEST(Sparse, InFloatItIsAsNearToTheExactPathAsDenseStepsAre) {
  for (const char* spec : {"sgd:weight_decay=0.05", "sgd:l2=0.05,l1=0.001", "momentum:l2=0.05", "adam", "adam:weight_decay=0.05",
                           "adagrad:l1=0.01", "rmsprop:weight_decay=0.05,average=ema", "ftrl", "lazy_adam"}) {
    Pair<double> exact(spec);
    Pair<float> pair(spec);
    for (std::int64_t t = 1; t <= 1505; ++t) {
      exact.step(t, touched_at(t, 1500), 0.01);
      pair.step(t, touched_at(t, 1500), 0.01);
    }
    const Parameters<float> settled = pair.sparse->settled(pair.b);
    const double dense = distance<double, float>(exact.a.values(), pair.a.values());
    EXPECT_LE((distance<double, float>(exact.a.values(), settled.values())), dense + 1e-6) << spec;
  }
}

TEST(Sparse, AScheduleMayDriveTheMomentum) {
  for (const char* spec : {"momentum:l2=0.05", "adam:weight_decay=0.05,average=ema", "momentum:l1=0.001"}) {
    EXPECT_LT(apart_after(spec, 1200, "one_cycle:cycle_momentum"), 1e-6) << spec;
  }
}

TEST(Sparse, ClippingSeesTheTouchedOnly) {
  Pair<double> pair("sgd:clip_norm=0.5,clip_value=0.4,l2=0.1");
  for (std::int64_t t = 1; t <= 30; ++t) {
    pair.step(t, touched_at(t, 25), 0.1);
  }
  EXPECT_LT(pair.apart(), 1e-12);
}

TEST(Sparse, StepsReportTheirGradientAndRefuseOneThatIsNotFinite) {
  const auto optimizer = make_sparse("adam:clip_norm=1");
  Parameters<double> theta = start_of<double>();
  optimizer->start(theta);
  const std::vector<std::size_t> touched{1, 4};
  std::vector<double> gradient{3, 4};
  const StepReport report = optimizer->step(theta, touched, gradient, 0.1);
  EXPECT_DOUBLE_EQ(report.gradient_norm, 5);
  EXPECT_DOUBLE_EQ(report.clip_factor, 0.2);
  const auto before = values(theta);
  gradient = {1, std::nan("")};
  EXPECT_FALSE(optimizer->step(theta, touched, gradient, 0.1).finite);
  EXPECT_EQ(values(theta), before);
  EXPECT_EQ(optimizer->steps(), 1);
}

TEST(Sparse, LazyAdamLeavesUntouchedWeightsAndTheirStateAlone) {
  const auto optimizer = make_sparse("lazy_adam:weight_decay=0.1");
  Parameters<double> theta = start_of<double>();
  const auto start = values(theta);
  optimizer->start(theta);
  std::vector<double> gradient{1};
  optimizer->step(theta, std::vector<std::size_t>{2}, gradient, 0.1);
  const double after_one = theta.values()[2];
  EXPECT_NEAR(after_one, start[2] - 0.1 - 0.1 * 0.1 * start[2], 1e-9);
  gradient = {2};
  optimizer->step(theta, std::vector<std::size_t>{3}, gradient, 0.1);
  const auto now = values(optimizer->settled(theta));
  EXPECT_EQ(now[0], start[0]);
  EXPECT_EQ(now[2], after_one);
  const double m = 0.1 * 2 / (1 - 0.81);  // corrections count all steps
  const double v = 0.001 * 4 / (1 - 0.999 * 0.999);
  EXPECT_NEAR(now[3], start[3] - 0.1 * m / std::sqrt(v) - 0.1 * 0.1 * start[3], 1e-8);
}

TEST(Sparse, WhatCannotGoWithItIsRefusedByName) {
  const std::map<std::string, std::string> refused{{"lamb", "lamb"},
                                                   {"sgd:accumulate=2", "accumulate"},
                                                   {"sgd:lookahead=2", "lookahead"},
                                                   {"sgd:max_norm=2", "max_norm"},
                                                   {"sgd:clip_adaptive=0.1", "clip_adaptive"},
                                                   {"sgd:gradient_noise=1", "gradient_noise"},
                                                   {"l-bfgs", "l-bfgs"}};
  for (const auto& [spec, word] : refused) {
    const auto made = make_sparse_optimizer<double>(spec);
    ASSERT_FALSE(made.has_value()) << spec;
    EXPECT_NE(made.error().message.find(word), std::string::npos) << made.error().message;
  }
}

TEST(Sparse, AStateOfAnotherLayoutIsRefused) {
  const auto optimizer = make_sparse("adam");
  optimizer->start(start_of<double>());
  const auto other = make_sparse("adam");
  other->start(Parameters<double>({{"w", {2}}}));
  EXPECT_FALSE(other->restore(optimizer->save()).has_value());
  EXPECT_FALSE(other->restore({}).has_value());
}

}  // namespace
}  // namespace fallline
