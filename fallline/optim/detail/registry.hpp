// SPDX-License-Identifier: Apache-2.0
// What a user may name: every rule and variant of the lists, found by name and settings.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/optim/detail/any_rule.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline::detail {

/// A rule, or one of its variants.
struct Entry {
  std::string_view name;
  std::string_view also_called;
  std::string_view base;  // the rule's own name
  std::string_view kind;  // "rule", "tensor rule"
  std::string_view cites;
  std::string_view summary;
  std::string_view settings;  // of the variant
  bool gradient_descent_like;
  bool proximal;
  bool constant_rate;
  std::span<const Preset> presets;
  std::unique_ptr<AnyRule> (*make)();
};

/// In the order of the lists, each rule before its variants.
const std::vector<Entry>& entries();

OptimizerInfo describe(const Entry& entry, const AnyRule& rule);

/// A spec as read: the rule with its options, the chain with what the spec, its preset and its variant set.
struct RuleSpec {
  OptimizerInfo info;
  std::unique_ptr<AnyRule> rule;
  ChainOptions chain;
};

/// A variant's settings give way to a preset's, those to what `chain` has changed from its defaults, and all to the text.
Result<RuleSpec> parse_rule(std::string_view spec, const ChainOptions& chain);

/// "adam:beta1=0.9" -> {"adam", "beta1=0.9"}.
struct NamedSettings {
  std::string_view name;
  std::string_view settings;
};
NamedSettings split_spec(std::string_view spec);

/// A usage error: no `kind` is called `name`; the nearest and all known ones are offered.
Error unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string>& known);

/// Every name a spec may begin with.
std::vector<std::string> optimizer_names();

}  // namespace fallline::detail
