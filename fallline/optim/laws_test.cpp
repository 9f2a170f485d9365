// SPDX-License-Identifier: Apache-2.0
// What holds for every rule of the lists. No law names a rule: an exception is a member of the rule's struct.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "fallline/base/random.hpp"
#include "fallline/math/instruction_set.hpp"
#include "fallline/optim/rule_reference.hpp"
#include "fallline/optim/rules.hpp"
#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::make;
using testing::values;

constexpr std::uint64_t seed = 7;

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for (const OptimizerInfo& info : list_optimizers()) {
    if (!info.kind.ends_with("method")) {
      names.push_back(info.name);
    }
  }
  return names;
}

template <class T>
void fill(std::span<T> x, std::uint32_t stream) {
  const Random random(seed, Purpose::test, stream);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<T>(random.normal(i));
  }
}

template <class T>
Parameters<T> random_parameters(std::uint32_t stream) {
  Parameters<T> p({{"w", {3, 7}}, {"b", {3}, false}});
  fill(p.values(), stream);
  return p;
}

/// The names of the rules of List, and of their variants, that promise to stand still where the gradient is zero.
template <class List>
std::vector<std::string> still_rules() {
  std::vector<std::string> names;
  List::for_each([&]<class Rule>() {
    if constexpr (!requires { Rule::moves_without_gradient; }) {
      names.emplace_back(Rule::name);
      for (const Variant& variant : variants_of<Rule>()) {
        names.emplace_back(variant.name);
      }
    }
  });
  return names;
}

void expect_zero_gradient_does_not_move(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto optimizer = make(name + ":weight_decay=0");
    Parameters<double> theta = random_parameters<double>(0);
    const auto start = values(theta);
    optimizer->start(theta);
    for (int t = 0; t < 5; ++t) {
      Parameters<double> gradient(theta.infos());
      optimizer->step(theta, gradient, 0.1);
    }
    EXPECT_EQ(values(theta), start) << name;
  }
}

TEST(Laws, AZeroGradientDoesNotMove) {
  expect_zero_gradient_does_not_move(still_rules<UpdateRules>());
  expect_zero_gradient_does_not_move(still_rules<TensorRules>());
}

template <class T>
void expect_restored_run_is_the_same(const std::string& spec) {
  const auto whole = make<T>(spec);
  const auto rest = make<T>(spec);
  Parameters<T> a = random_parameters<T>(0);
  whole->start(a);
  const auto step = [](Optimizer<T>& optimizer, Parameters<T>& theta, std::uint32_t t) {
    Parameters<T> gradient = random_parameters<T>(t);
    return optimizer.step(theta, gradient, 0.01 / t);
  };
  for (std::uint32_t t = 1; t <= 9; ++t) {
    step(*whole, a, t);
  }
  Parameters<T> b = a;
  rest->start(b);
  ASSERT_TRUE(rest->restore(whole->save()).has_value()) << spec;
  EXPECT_EQ(rest->steps(), whole->steps()) << spec;
  for (std::uint32_t t = 10; t <= 20; ++t) {
    const StepReport first = step(*whole, a, t);
    const StepReport second = step(*rest, b, t);
    EXPECT_EQ(first.update_norm, second.update_norm) << spec;
  }
  EXPECT_EQ(values(a), values(b)) << spec;
  EXPECT_EQ(values(whole->evaluation(a)), values(rest->evaluation(b))) << spec;
}

TEST(Laws, SavingAndRestoringMidRunChangesNothing) {
  for (const std::string& name : rule_names()) {
    for (const char* settings : {"", ":accumulate=2,average=ema", ":average=mean,average_start=3,clip_norm=1,weight_decay=0.1,decay=l2"}) {
      expect_restored_run_is_the_same<float>(name + settings);
      expect_restored_run_is_the_same<double>(name + settings);
    }
    if (const std::string slow = name + ":lookahead=4,clip_adaptive=0.1,average=mean,average_every=3"; make_optimizer<float>(slow)) {
      expect_restored_run_is_the_same<float>(slow);
      expect_restored_run_is_the_same<double>(slow);
    }
  }
}

template <class T, class Rule>
struct State {
  std::vector<std::vector<T>> arrays;  // theta, gradient, slots, and what cumulative L1 keeps
  std::vector<double> scalars;

  State(const Rule& rule, std::size_t n)
      : arrays(4 + Rule::slots), scalars(scalar_starts_of<Rule>().begin(), scalar_starts_of<Rule>().end()) {
    for (std::vector<T>& array : arrays) {
      array.assign(n, T(0));
    }
    for (std::size_t slot = 0; slot < Rule::slots; ++slot) {
      arrays[2 + slot].assign(n, static_cast<T>(slot_start(rule, slot)));
    }
    fill<T>(arrays[0], 100);
  }

  TensorStep<T> step(const Rule& rule, std::int64_t t, const Stages& stages, bool cumulative) {
    fill<T>(arrays[1], static_cast<std::uint32_t>(t));
    TensorStep<T> step{
        .step = {t, 0.01}, .stages = stages, .size = arrays[0].size(), .theta = arrays[0].data(), .gradient = arrays[1].data()};
    step.scalars = scalars;
    step.due = cumulative ? arrays[2 + Rule::slots].data() : nullptr;
    step.paid = cumulative ? arrays[3 + Rule::slots].data() : nullptr;
    for (std::size_t i = 0; i < Rule::slots; ++i) {
      step.slots[i] = uses_slot(rule, i) ? arrays[2 + i].data() : nullptr;
    }
    return step;
  }
};

template <class T, class Rule>
void expect_loop_is_reference(const Rule& rule, std::size_t n, const Stages& stages, bool cumulative) {
  State<T, Rule> plain(rule, n);
  State<T, Rule> fast(rule, n);
  for (std::int64_t t = 1; t <= 4; ++t) {
    const Moved a = run_rule_reference(rule, plain.step(rule, t, stages, cumulative));
    const Moved b = run_rule(UpdateRules::index_of<Rule>(), &rule, fast.step(rule, t, stages, cumulative));
    EXPECT_EQ(a.squared, b.squared) << Rule::name << " " << n;
    EXPECT_EQ(a.finite, b.finite) << Rule::name << " " << n;
  }
  plain.arrays[1] = fast.arrays[1];  // scratch
  EXPECT_EQ(plain.arrays, fast.arrays) << Rule::name << " " << n;
  EXPECT_EQ(plain.scalars, fast.scalars) << Rule::name;
}

/// The rule as it is, and with each flag and choice turned.
template <class Rule>
std::vector<Rule> versions() {
  std::vector<Rule> all(1);
  for (const auto& f : Rule::fields()) {
    if (f.kind == FieldKind::flag || f.kind == FieldKind::choice) {
      const auto most = f.kind == FieldKind::flag ? 1 : std::count(f.choices.begin(), f.choices.end(), '|');
      for (std::ptrdiff_t value = 0; value <= most; ++value) {
        Rule turned;
        f.set(turned, static_cast<double>(value));
        all.push_back(turned);
      }
    }
  }
  return all;
}

TEST(Laws, TheLoopHasTheBitsOfTheReferenceOnEveryInstructionSet) {
  const Stages all{.clip_value = 1.5, .factor = 0.75, .l2 = 0.01, .shrink = 0.001, .l1 = 0.002};
  Stages some = all;
  some.l1_within = 0.5;
  for (const std::string& name : instruction_sets()) {
    ASSERT_TRUE(pin_instruction_set(name));
    UpdateRules::for_each([&]<class Rule>() {
      expect_loop_is_reference<float>(Rule(), 2100, all, true);
      expect_loop_is_reference<double>(Rule(), 2100, all, true);
      for (const Rule& rule : versions<Rule>()) {
        for (const std::size_t n : {37U, 2100U}) {
          for (const Stages& stages : {Stages{}, all, some}) {
            expect_loop_is_reference<float>(rule, n, stages, false);
            expect_loop_is_reference<double>(rule, n, stages, false);
          }
        }
      }
    });
  }
  unpin_instruction_set();
}

TEST(Laws, SumsOfSquaresAreTheSameOnEveryInstructionSet) {
  std::vector<float> x(5000);
  fill<float>(x, 3);
  const double expected = sum_squares(x, 1.25);
  double plain = 0;
  for (const float value : x) {
    plain += std::min(1.25, std::abs(static_cast<double>(value))) * std::min(1.25, std::abs(static_cast<double>(value)));
  }
  EXPECT_NEAR(expected, plain, 1e-10);
  for (const std::string& name : instruction_sets()) {
    ASSERT_TRUE(pin_instruction_set(name));
    EXPECT_EQ(sum_squares(x, 1.25), expected);
  }
  unpin_instruction_set();
}

TEST(Laws, FloatAgreesWithDouble) {
  for (const std::string& name : rule_names()) {
    const auto exact = make<double>(name);
    const auto brief = make<float>(name);
    Parameters<double> a = random_parameters<double>(0);
    Parameters<float> b = random_parameters<float>(0);
    exact->start(a);
    brief->start(b);
    for (std::uint32_t t = 1; t <= 50; ++t) {
      Parameters<double> g = random_parameters<double>(t);
      Parameters<float> h = random_parameters<float>(t);
      exact->step(a, g, 0.01);
      brief->step(b, h, 0.01);
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_NEAR(a.values()[i], static_cast<double>(b.values()[i]), 2e-5) << name;
    }
  }
}

// f = theta' A theta / 2 - b' theta + l1 |theta|_1, whose minimum has a zero and two others.
constexpr double A[3][3] = {{2, 0.3, -0.2}, {0.3, 1, 0.1}, {-0.2, 0.1, 0.5}};
constexpr double b[3] = {1.5, 0.2, -0.9};
constexpr double l1 = 0.4;

double slope(std::span<const double> theta, std::size_t i) {
  double sum = -b[i];
  for (std::size_t j = 0; j < 3; ++j) {
    sum += A[i][j] * theta[j];
  }
  return sum;
}

/// By coordinate descent to the last digit.
std::vector<double> lasso() {
  std::vector<double> theta(3, 0);
  for (int round = 0; round < 1000; ++round) {
    for (std::size_t i = 0; i < 3; ++i) {
      const double free = A[i][i] * theta[i] - slope(theta, i);
      theta[i] = std::copysign(std::max(std::abs(free) - l1, 0.0), free) / A[i][i];
    }
  }
  return theta;
}

TEST(Laws, TheProximalStepEndsAtTheLasso) {
  const std::vector<double> solution = lasso();
  ASSERT_EQ(std::count(solution.begin(), solution.end(), 0.0), 1);
  constexpr int steps = 40000;
  for (const OptimizerInfo& info : list_optimizers()) {
    if (info.kind.ends_with("method") || !info.proximal) {
      continue;
    }
    const auto optimizer = make(info.name + ":weight_decay=0", {.l1 = l1});
    Parameters<double> theta = testing::vector<double>({0.5, -0.5, 0.5});
    optimizer->start(theta);
    for (int t = 0; t < steps; ++t) {
      Parameters<double> gradient(theta.infos());
      for (std::size_t i = 0; i < 3; ++i) {
        gradient.values()[i] = slope(theta.values(), i);
      }
      optimizer->step(theta, gradient, 0.05 * (1 - t / static_cast<double>(steps)));
    }
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(theta.values()[i], solution[i], 1e-4) << info.name << " " << i;
      EXPECT_EQ(theta.values()[i] == 0, solution[i] == 0) << info.name << " " << i;
    }
  }
}

}  // namespace
}  // namespace fallline
