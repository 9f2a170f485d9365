// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fallline/optim/rules.hpp"
#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::make;

double option(const OptimizerInfo& info, std::string_view name) {
  for (const FieldValue& value : info.fields) {
    if (value.info.name == name) {
      return value.value;
    }
  }
  ADD_FAILURE() << "no option " << name;
  return 0;
}

std::string refusal(std::string_view spec) {
  const auto made = make_optimizer<double>(spec);
  EXPECT_FALSE(made.has_value()) << spec;
  EXPECT_EQ(made ? ErrorCode::internal : made.error().code, ErrorCode::usage);
  return made ? "" : made.error().message;
}

TEST(MakeOptimizer, ReadsSettingsOfRuleAndChain) {
  const auto made = make("adam:beta1=0.95,epsilon=1e-7,clip_norm=2,accumulate=3");
  EXPECT_EQ(option(made->info(), "beta1"), 0.95);
  EXPECT_EQ(option(made->info(), "epsilon"), 1e-7);
  EXPECT_EQ(made->chain().clip_norm, 2);
  EXPECT_EQ(made->chain().accumulate, 3);
}

TEST(MakeOptimizer, OffersTheNearestName) {
  EXPECT_NE(refusal("adma").find("Did you mean 'adam'?"), std::string::npos);
  EXPECT_NE(refusal("adam:bta1=0.9").find("Did you mean 'beta1'?"), std::string::npos);
  EXPECT_NE(refusal("adam:preset=kears").find("Did you mean 'keras'?"), std::string::npos);
  EXPECT_NE(refusal("momentum:momentun=0.9").find("Did you mean 'momentum'?"), std::string::npos);
}

TEST(MakeOptimizer, RefusesWhatIsOutOfRange) {
  EXPECT_NE(refusal("adam:beta1=1").find("beta1"), std::string::npos);
  EXPECT_NE(refusal("adam:learning_rate=-1").find("learning_rate"), std::string::npos);
  EXPECT_NE(refusal("adam:amsgrad=yes").find("amsgrad"), std::string::npos);
  EXPECT_NE(refusal("sgd:accumulate=1.5").find("accumulate"), std::string::npos);
  EXPECT_NE(refusal("l-bfgs").find("l-bfgs"), std::string::npos);
  refusal("");
  refusal("adam:,");
}

TEST(MakeOptimizer, TextWinsOverCallerOverPresetOverVariant) {
  EXPECT_EQ(make("adamw")->chain().weight_decay, 0.01);
  EXPECT_EQ(make("adamw:preset=keras")->chain().weight_decay, 0.004);
  EXPECT_EQ(make("adamw:preset=keras", {.weight_decay = 0.2})->chain().weight_decay, 0.2);
  EXPECT_EQ(make("adamw:preset=keras,weight_decay=0.3", {.weight_decay = 0.2})->chain().weight_decay, 0.3);
  EXPECT_EQ(make("adamw:weight_decay=0.3,preset=keras")->chain().weight_decay, 0.3);
}

TEST(MakeOptimizer, L1IsRefusedByNameWhereItHasNoMeaning) {
  for (const OptimizerInfo& info : list_optimizers()) {
    if (!info.kind.ends_with("method")) {
      const auto made = make_optimizer<double>(info.name, {.l1 = 0.1});
      EXPECT_EQ(made.has_value(), info.proximal) << info.name;
      EXPECT_TRUE(made || made.error().message.find(info.name) != std::string::npos);
    }
  }
}

TEST(MakeOptimizer, EveryPresetOfTheListCanBeMade) {
  for (const OptimizerInfo& info : list_optimizers()) {
    for (const std::string& preset : info.presets) {
      make(info.name + ":preset=" + preset);
    }
  }
}

TEST(MakeOptimizer, PresetsSetWhatTheySay) {
  const auto keras = make("adam:preset=keras");
  EXPECT_EQ(option(keras->info(), "epsilon"), 1e-7);
  EXPECT_EQ(option(keras->info(), "epsilon_hat"), 1);
  EXPECT_EQ(option(make("adagrad:preset=keras")->info(), "init_acc"), 0.1);
  EXPECT_EQ(option(make("momentum:preset=keras")->info(), "buffer"), 1);
  EXPECT_EQ(option(make("nadam:preset=keras")->info(), "momentum_decay"), 1);
  EXPECT_EQ(make("adadelta:preset=keras")->info().learning_rate, 0.001);
  EXPECT_EQ(option(make("amsgrad:preset=optax")->info(), "amsgrad"), 2);
}

TEST(DefaultLearningRate, IsTheSpecsOrThePresetsOrTheRulesOwn) {
  EXPECT_EQ(*default_learning_rate("adam"), 0.001);
  EXPECT_EQ(*default_learning_rate("adam:learning_rate=0.5"), 0.5);
  EXPECT_EQ(*default_learning_rate("momentum:preset=torch"), 0.001);
  EXPECT_EQ(*default_learning_rate("l-bfgs"), 1);
  EXPECT_FALSE(default_learning_rate("adma").has_value());
}

TEST(ListOptimizers, NamesAreUniqueAndTold) {
  std::vector<std::string> names;
  for (const OptimizerInfo& info : list_optimizers()) {
    EXPECT_EQ(std::count(names.begin(), names.end(), info.name), 0) << info.name;
    names.push_back(info.name);
    EXPECT_FALSE(info.cites.empty());
    EXPECT_FALSE(info.summary.empty());
    EXPECT_GT(info.learning_rate, 0);
    for (const FieldValue& value : info.fields) {
      EXPECT_TRUE(value.info.kind == FieldKind::choice || value.info.range.holds(value.value)) << info.name << " " << value.info.name;
      EXPECT_FALSE(value.info.meaning.empty());
    }
  }
}

template <class Rule>
void expect_options_hide_none_of_the_chain() {
  if constexpr (!requires { Rule::own_penalties; }) {
    for (const auto& own : Rule::fields()) {
      for (const auto& f : ChainOptions::fields()) {
        EXPECT_NE(f.name, own.name) << Rule::name << ": an option of the rule hides one of the chain";
      }
    }
  }
}

TEST(ListOptimizers, OptionsOfRulesHideNoneOfTheChain) {
  UpdateRules::for_each([]<class Rule>() { expect_options_hide_none_of_the_chain<Rule>(); });
  TensorRules::for_each([]<class Rule>() { expect_options_hide_none_of_the_chain<Rule>(); });
}

TEST(MakeOptimizer, AnL1ForARuleWithItsOwnIsPointedThere) {
  const auto made = make_optimizer<double>("ftrl", {.l1 = 0.1});
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(made.error().message.find("ftrl:l1=0.1"), std::string::npos) << made.error().message;
}

}  // namespace
}  // namespace fallline
