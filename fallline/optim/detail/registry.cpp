// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/detail/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/optim/detail/tensor_step.hpp"
#include "fallline/optim/methods.hpp"
#include "fallline/optim/rules.hpp"

namespace fallline::detail {

namespace {

/// What both kinds of rule have in common; the kinds differ in how one tensor is run.
template <class R>
class RuleBase : public AnyRule {
 public:
  std::vector<FieldValue> fields() const override { return field_values(rule_); }
  Result<bool> set(std::string_view field, std::string_view text) override { return set_field(rule_, field, text); }
  double learning_rate() const override { return rule_.learning_rate; }
  bool set_momentum(double momentum) override {
    for (const auto& f : R::fields()) {
      if (!wants_constant_rate<R>() && (f.name == "momentum" || f.name == "beta1")) {
        f.set(rule_, momentum);
        return true;
      }
    }
    return false;
  }
  std::size_t slots() const override { return R::slots; }
  bool uses(std::size_t slot) const override { return uses_slot(rule_, slot); }
  double start_of(std::size_t slot) const override { return slot_start(rule_, slot); }
  std::span<const double> scalar_starts() const override { return scalar_starts_of<R>(); }
  std::optional<std::size_t> evaluation_slot() const override {
    if constexpr (requires { R::evaluation_slot; }) {
      return R::evaluation_slot;
    } else {
      return std::nullopt;
    }
  }
  bool decays_itself() const override { return fallline::decays_itself(rule_); }
  std::optional<std::size_t> estimate_slot(std::int64_t t) const override { return fallline::estimate_slot(rule_, t); }

 protected:
  R rule_;
};

template <UpdateRule R>
class ElementRule final : public RuleBase<R> {
 public:
  static_assert(R::slots <= most_slots);
  bool runs_by_range() const override { return scalar_starts_of<R>().empty(); }
  Moved run(const TensorInfo& /*info*/, const TensorStep<float>& step) const override {
    return run_rule(UpdateRules::index_of<R>(), &this->rule_, step);
  }
  Moved run(const TensorInfo& /*info*/, const TensorStep<double>& step) const override {
    return run_rule(UpdateRules::index_of<R>(), &this->rule_, step);
  }
  std::unique_ptr<CatchUp<float>> catch_up_float() const override { return make_catch_up<float>(UpdateRules::index_of<R>(), &this->rule_); }
  std::unique_ptr<CatchUp<double>> catch_up_double() const override {
    return make_catch_up<double>(UpdateRules::index_of<R>(), &this->rule_);
  }
};

template <TensorRule R>
class WholeTensorRule final : public RuleBase<R> {
 public:
  static_assert(R::slots <= most_slots);
  bool runs_by_range() const override { return false; }
  std::size_t totals() const override { return totals_of<R>(); }
  void measure(const TensorInfo& info, const TensorStep<float>& step) const override { measure_tensor(this->rule_, info, step); }
  void measure(const TensorInfo& info, const TensorStep<double>& step) const override { measure_tensor(this->rule_, info, step); }
  Moved run(const TensorInfo& info, const TensorStep<float>& step) const override { return run_tensor_rule(this->rule_, info, step); }
  Moved run(const TensorInfo& info, const TensorStep<double>& step) const override { return run_tensor_rule(this->rule_, info, step); }
};

template <class R, template <class> class Box>
void add(std::vector<Entry>& list, std::string_view kind) {
  const auto make = []() -> std::unique_ptr<AnyRule> { return std::make_unique<Box<R>>(); };
  list.push_back({R::name, also_called<R>(), R::name, kind, R::cites, R::summary, "", R::gradient_descent_like, R::proximal,
                  wants_constant_rate<R>(), presets_of<R>(), make});
  for (const Variant& variant : variants_of<R>()) {
    list.push_back({variant.name, "", R::name, kind, variant.cites, variant.summary, variant.settings, R::gradient_descent_like,
                    R::proximal, wants_constant_rate<R>(), presets_of<R>(), make});
  }
}

template <class R>
using Element = ElementRule<R>;
template <class R>
using WholeTensor = WholeTensorRule<R>;

bool belongs(const Preset& preset, const Entry& entry) { return preset.of.empty() || preset.of == entry.name; }

std::vector<std::string> preset_names(const Entry& entry) {
  std::vector<std::string> names;
  for (const Preset& preset : entry.presets) {
    if (belongs(preset, entry) && std::find(names.begin(), names.end(), preset.name) == names.end()) {
      names.emplace_back(preset.name);
    }
  }
  return names;
}

std::vector<std::string> option_names(const AnyRule& rule) {
  std::vector<std::string> names;
  for (const FieldValue& value : rule.fields()) {
    names.emplace_back(value.info.name);
  }
  for (const auto& f : ChainOptions::fields()) {
    names.emplace_back(f.name);
  }
  names.emplace_back("preset");
  return names;
}

/// Sets what the text names in the rule or, where it has no such field, in the chain.
Result<void> apply(AnyRule& rule, ChainOptions& chain, std::string_view owner, const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    if (setting.name == "preset") {
      continue;
    }
    Result<bool> known = rule.set(setting.name, setting.value);
    if (known && !*known) {
      known = set_field(chain, setting.name, setting.value);
    }
    if (!known) {
      return Error{known.error().code, fmt::format("{}: {}", owner, known.error().message)};
    }
    if (!*known) {
      return unknown_option(owner, setting.name, option_names(rule));
    }
  }
  return {};
}

Result<void> apply_text(AnyRule& rule, ChainOptions& chain, std::string_view owner, std::string_view text) {
  const auto settings = parse_settings(text);
  return settings ? apply(rule, chain, owner, *settings) : Result<void>(settings.error());
}

Result<void> apply_preset(AnyRule& rule, ChainOptions& chain, const Entry& entry, std::string_view name) {
  const std::vector<std::string> known = preset_names(entry);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    return known.empty() ? usage_error(fmt::format("{} has no presets.", entry.name))
                         : unknown_name(fmt::format("preset of {}", entry.name), name, known);
  }
  for (const Preset& preset : entry.presets) {
    if (preset.name == name && belongs(preset, entry)) {
      if (Result<void> done = apply_text(rule, chain, entry.name, preset.settings); !done) {
        return done;
      }
    }
  }
  return {};
}

/// What the caller changed from the defaults is the caller's wish, as if written in the text.
void keep_changed(const ChainOptions& wished, ChainOptions& chain) {
  const ChainOptions untouched;
  for (const auto& f : ChainOptions::fields()) {
    if (f.get(wished) != f.get(untouched)) {
      f.set(chain, f.get(wished));
    }
  }
  chain.noise_seed = wished.noise_seed;
}

/// The first entry of that name that has all named options, else the first of that name.
const Entry* find(std::string_view name, const std::vector<Setting>& settings) {
  const Entry* first = nullptr;
  for (const Entry& entry : entries()) {
    if (name.empty() || (entry.name != name && entry.also_called != name)) {
      continue;
    }
    const std::vector<std::string> options = option_names(*entry.make());
    const bool has_all = std::all_of(settings.begin(), settings.end(), [&](const Setting& setting) {
      return std::find(options.begin(), options.end(), setting.name) != options.end();
    });
    if (has_all) {
      return &entry;
    }
    first = first == nullptr ? &entry : first;
  }
  return first;
}

}  // namespace

const std::vector<Entry>& entries() {
  static const std::vector<Entry> list = [] {
    std::vector<Entry> all;
    UpdateRules::for_each([&]<class R>() { add<R, Element>(all, "rule"); });
    TensorRules::for_each([&]<class R>() { add<R, WholeTensor>(all, "tensor rule"); });
    return all;
  }();
  return list;
}

OptimizerInfo describe(const Entry& entry, const AnyRule& rule) {
  OptimizerInfo info;
  info.name = entry.name;
  info.kind = entry.name == entry.base ? std::string(entry.kind) : fmt::format("variant of {}", entry.base);
  info.cites = entry.cites;
  info.summary = entry.summary;
  info.learning_rate = rule.learning_rate();
  info.gradient_descent_like = entry.gradient_descent_like;
  info.constant_rate = entry.constant_rate;
  info.proximal = entry.proximal;
  info.fields = rule.fields();
  info.presets = preset_names(entry);
  return info;
}

NamedSettings split_spec(std::string_view spec) {
  const auto colon = spec.find(':');
  return {trim(spec.substr(0, colon)), colon == std::string_view::npos ? std::string_view() : spec.substr(colon + 1)};
}

Error unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string>& known) {
  return usage_error(
      fmt::format("There is no {} called {}.{} Known: {}.", kind, quoted(name), did_you_mean(name, known), join(known, ", ")));
}

std::vector<std::string> optimizer_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries()) {
    names.emplace_back(entry.name);
  }
  Methods::for_each([&]<class M>() { names.emplace_back(M::name); });
  SumMethods::for_each([&]<class M>() { names.emplace_back(M::name); });
  return names;
}

Result<RuleSpec> parse_rule(std::string_view spec, const ChainOptions& chain) {
  const auto [name, text] = split_spec(spec);
  const auto settings = parse_settings(text);
  if (!settings) {
    return settings.error();
  }
  const Entry* entry = find(name, *settings);
  if (entry == nullptr) {
    return unknown_name("optimizer", name, optimizer_names());
  }
  RuleSpec parsed;
  parsed.rule = entry->make();
  Result<void> done = apply_text(*parsed.rule, parsed.chain, entry->name, entry->settings);
  for (const Setting& setting : *settings) {
    if (done && setting.name == "preset") {
      done = apply_preset(*parsed.rule, parsed.chain, *entry, setting.value);
    }
  }
  keep_changed(chain, parsed.chain);
  if (done) {
    done = apply(*parsed.rule, parsed.chain, entry->name, *settings);
  }
  if (!done) {
    return done.error();
  }
  const std::vector<FieldValue> own = parsed.rule->fields();
  if (parsed.chain.l1 > 0 && std::any_of(own.begin(), own.end(), [](const FieldValue& value) { return value.info.name == "l1"; })) {
    return usage_error(fmt::format("{} has an l1 of its own, inside its step. Write {}:l1={} instead.", entry->name, entry->name,
                                   shortest(parsed.chain.l1)));
  }
  if (parsed.chain.l1 > 0 && !entry->proximal) {
    return usage_error(
        fmt::format("l1 has no meaning with {}: its step does not shrink with the gradient, so the proximal step for L1 has no "
                    "length. Leave l1 out, or choose an optimizer such as {}.",
                    entry->name, entries().front().name));
  }
  if ((parsed.chain.lookahead > 0 || parsed.chain.max_norm > 0) && parsed.rule->evaluation_slot()) {
    return usage_error(fmt::format("{} has no meaning with {}, which keeps parameters of its own for evaluation. Leave it out.",
                                   parsed.chain.lookahead > 0 ? "lookahead" : "max_norm", entry->name));
  }
  parsed.info = describe(*entry, *parsed.rule);
  return parsed;
}

}  // namespace fallline::detail
