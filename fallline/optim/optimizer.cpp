// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/optimizer.hpp"

#include <fmt/format.h>

#include <utility>

#include "fallline/optim/chain.hpp"
#include "fallline/optim/detail/registry.hpp"
#include "fallline/optim/methods.hpp"
#include "fallline/optim/methods/finite_sum.hpp"
#include "fallline/optim/objective.hpp"
#include "fallline/optim/schedule.hpp"

namespace fallline {

template <class T>
Result<std::unique_ptr<Optimizer<T>>> make_optimizer(std::string_view spec, const ChainOptions& chain) {
  if (is_sum_method(spec)) {
    return usage_error(fmt::format("{} needs the rows of a mean one by one; it cannot step on gradients that are handed to it.",
                                   detail::split_spec(spec).name));
  }
  if (is_method(spec)) {
    return usage_error(
        fmt::format("{} asks for the value and the gradient at points of its own choice; it cannot step on gradients that are "
                    "handed to it, as those of mini-batches are.",
                    detail::split_spec(spec).name));
  }
  Result<detail::RuleSpec> parsed = detail::parse_rule(spec, chain);
  if (!parsed) {
    return parsed.error();
  }
  return std::unique_ptr<Optimizer<T>>(std::make_unique<Chain<T>>(std::move(parsed->info), std::move(parsed->rule), parsed->chain));
}

template Result<std::unique_ptr<Optimizer<float>>> make_optimizer<float>(std::string_view, const ChainOptions&);
template Result<std::unique_ptr<Optimizer<double>>> make_optimizer<double>(std::string_view, const ChainOptions&);

template <class T>
Result<void> check_momentum(const Schedule& schedule, Optimizer<T>& optimizer) {
  if (schedule.momentum && !optimizer.set_momentum(schedule.momentum(0))) {
    return usage_error(fmt::format("{} has no momentum for {} to drive; leave cycle_momentum out, or choose momentum, nesterov or adam.",
                                   optimizer.info().name, schedule.spec));
  }
  return {};
}

template Result<void> check_momentum(const Schedule&, Optimizer<float>&);
template Result<void> check_momentum(const Schedule&, Optimizer<double>&);

Result<double> default_learning_rate(std::string_view spec) {
  if (is_method(spec)) {
    const auto method = make_method(spec);
    return method ? Result<double>((*method)->info().learning_rate) : Result<double>(method.error());
  }
  if (is_sum_method(spec)) {
    const auto method = make_sum_method(spec);
    return method ? Result<double>(method->learning_rate) : Result<double>(method.error());
  }
  const Result<detail::RuleSpec> parsed = detail::parse_rule(spec, {});
  return parsed ? Result<double>(parsed->info.learning_rate) : Result<double>(parsed.error());
}

std::vector<OptimizerInfo> list_optimizers() {
  std::vector<OptimizerInfo> all;
  for (const detail::Entry& entry : detail::entries()) {
    const Result<detail::RuleSpec> parsed = detail::parse_rule(entry.name, {});
    expects(parsed.has_value(), "every name of the list can be made");
    all.push_back(parsed->info);
  }
  Methods::for_each([&]<class M>() { all.push_back(describe_method(M())); });
  SumMethods::for_each([&]<class M>() { all.push_back(describe_method(M())); });
  return all;
}

}  // namespace fallline
