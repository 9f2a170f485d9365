// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/checkpoint_identity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/digest.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/base/version.hpp"
#include "fallline/math/gemm.hpp"
#include "fallline/math/instruction_set.hpp"
#include "fallline/train/descent.hpp"
#include "fallline/train/row_blocks.hpp"

namespace fallline {

namespace {

constexpr std::string_view version_key = "version";
constexpr std::string_view kernels_key = "kernels";
constexpr std::string_view option_key = "option ";
constexpr std::size_t most_names = 100'000;  // hashed features beyond that have no names worth a digest

template <class Number>
std::string text_of(const std::optional<Number>& value) {
  return value ? shortest(static_cast<double>(*value)) : "auto";
}

std::string widths(const NetworkOptions& network) {
  std::vector<std::string> texts;
  for (const std::size_t width : network.hidden) {
    texts.push_back(std::to_string(width));
  }
  return join(texts, ",");
}

/// What the last bits of the numbers depend on besides the options and the data.
std::string kernels() { return fmt::format("instruction set {}, matrix products {}", instruction_set(), gemm_kernel()); }

std::string dashed(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

void add_text(Digest& digest, const std::string& text) {
  digest.add(static_cast<std::uint64_t>(text.size()));
  digest.add(text);
}

template <class T>
void add_row(Digest& digest, const Rows<T>& rows, std::size_t i) {
  if (rows.sparse) {
    const std::uint64_t count = rows.starts[i + 1] - rows.starts[i];
    digest.add(count);
    digest.add(rows.columns.subspan(rows.starts[i], count));
    digest.add(rows.values.subspan(rows.starts[i], count));
  } else {
    digest.add(std::span<const T>(rows.dense.row(i)));
  }
  digest.add(rows.target.subspan(i * rows.targets, rows.targets));
  digest.add(rows.weight.empty() ? rows.weight : rows.weight.subspan(i, 1));
}

Error differs(const std::string& option, const std::string& then, const std::string& now) {
  const auto told = [](const std::string& value) { return value.empty() ? std::string("not given") : value; };
  return usage_error(
      fmt::format("--{} was {} when the run began, and is {} now. A run goes on only as it began: leave --{} as it was, or "
                  "begin another run.",
                  option, told(then), told(now), option));
}

}  // namespace

Facts options_told(const ModelOptions& model, const TrainOptions& options) {
  Facts facts = {{"model", model.model},
                 {"loss", model.loss},
                 {"label-smoothing", shortest(model.label_smoothing)},
                 {"no-intercept", model.intercept ? "off" : "on"},
                 {"output-activation", model.output_activation},
                 {"hidden", widths(model.network)},
                 {"activation", model.network.activation},
                 {"normalization", std::to_string(static_cast<int>(model.network.normalization))},
                 {"dropout", shortest(model.network.dropout)},
                 {"init", model.initial},
                 {"optimizer", options.optimizer},
                 {"learning-rate", text_of(options.learning_rate)},
                 {"schedule", options.schedule},
                 {"batch-size", text_of(options.batch_size)},
                 {"shuffle", options.shuffle ? "on" : "off"},
                 {"shuffle-window", text_of(options.shuffle_window)},
                 {"tolerance", text_of(options.tolerance)},
                 {"validation", shortest(options.validation)},
                 {"patience", std::to_string(options.patience)},
                 {"seed", std::to_string(options.seed)}};
  for (const FieldValue& value : field_values(options.chain)) {
    facts.emplace_back(dashed(value.info.name), shortest(value.value));
  }
  return facts;
}

template <class T>
Result<std::string> data_identity(const Dataset<T>& data, const TargetCoding& target, const TrainOptions& options) {
  Digest digest;
  digest.add(static_cast<std::uint64_t>(sizeof(T)));
  digest.add(static_cast<std::uint64_t>(data.rows));
  digest.add(static_cast<std::uint64_t>(data.features));
  const auto add_block = [&](const Rows<T>& rows, std::span<const std::uint32_t> numbers) -> Result<void> {
    for (const std::uint32_t i : numbers) {
      add_row(digest, rows, i);
    }
    return {};
  };
  if (const Result<void> well = each_block<T>(data, most_rows_of_a_group, add_block); !well) {
    return well.error();
  }
  add_text(digest, target.name);
  for (const std::string& name : target.classes) {
    add_text(digest, name);
  }
  for (std::size_t j = 0; options.feature_name && j < std::min(data.features, most_names); ++j) {
    add_text(digest, options.feature_name(j));
  }
  return fmt::format("{} rows x {} features with the digest {:016x}", data.rows, data.features, digest.value());
}

template Result<std::string> data_identity(const Dataset<float>&, const TargetCoding&, const TrainOptions&);
template Result<std::string> data_identity(const Dataset<double>&, const TargetCoding&, const TrainOptions&);

Facts identity(const Facts& options) {
  Facts facts = {{std::string(version_key), version}, {std::string(kernels_key), kernels()}};
  for (const auto& [name, value] : options) {
    facts.emplace_back(std::string(option_key) + name, value);
  }
  return facts;
}

Result<void> check_identity(const Checkpoint& state, const Facts& now) {
  const auto value_of = [](const Facts& facts, const std::string& name) {
    const auto at = std::find_if(facts.begin(), facts.end(), [&](const auto& fact) { return fact.first == name; });
    return at == facts.end() ? std::string() : at->second;
  };
  const std::string then = value_of(state.facts, std::string(version_key));
  if (then != version) {
    return data_error(
        fmt::format("The run was begun with Fallline {}, and this is Fallline {}: its results could differ. Resume with the "
                    "version that began it, or begin another run.",
                    then.empty() ? "of no known version" : then, version));
  }
  if (const std::string before = value_of(state.facts, std::string(kernels_key)); before != kernels()) {
    return usage_error(
        fmt::format("The run was begun with other kernels ({}) than are in use now ({}): its results could differ in the last bits. Set "
                    "FALLLINE_ISA as it was when the run began, on a machine like that one, or begin another run.",
                    before.empty() ? "unknown" : before, kernels()));
  }
  for (const auto& [name, value] : now) {
    if (const std::string before = value_of(state.facts, name); name.starts_with(option_key) && before != value) {
      return differs(name.substr(option_key.size()), before, value);
    }
  }
  for (const auto& [name, value] : state.facts) {
    if (name.starts_with(option_key) && value_of(now, name) != value) {
      return differs(name.substr(option_key.size()), value, "");
    }
  }
  return {};
}

Progress progress_of(const Checkpoint& state) {
  Progress progress;
  Plan plan;
  Ending ending = Ending::budget;
  StateReader reader(state);
  plan.state(reader);
  reader("steps", progress.steps);
  reader("epochs", progress.epochs);
  reader("ending", ending);
  progress.spent = plan.method && !plan.by_rows ? progress.epochs : progress.steps;
  progress.over = ending == Ending::budget ? progress.spent >= plan.steps : ending != Ending::interrupted;
  return progress;
}

}  // namespace fallline
