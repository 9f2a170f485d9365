// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/minimize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "fallline/base/numbers.hpp"
#include "fallline/base/random.hpp"
#include "fallline/optim/detail/minimizer.hpp"
#include "fallline/optim/schedule.hpp"

namespace fallline {

namespace detail {

namespace {

using OptimizerPointer = std::unique_ptr<Optimizer<double>>;
using MethodPointer = std::unique_ptr<Method>;

struct Rates {
  double base = 0;
  Schedule schedule;
  double at(std::int64_t k) const { return schedule.rate(k, base); }
};

Result<Rates> make_rates(const MinimizeOptions& options, std::int64_t accumulate) {
  Result<double> base = default_learning_rate(options.optimizer.spec());
  if (!base) {
    return base.error();
  }
  const auto schedule = make_schedule(options.schedule, std::max<std::int64_t>(1, options.steps / accumulate));
  if (!schedule) {
    return schedule.error();
  }
  return Rates{options.learning_rate.value_or(*base), *schedule};
}

class RuleRun {
 public:
  RuleRun(const MinimizeProblem& problem, const MinimizeOptions& options, Optimizer<double>& optimizer, const Rates& rates)
      : problem_(problem), options_(options), optimizer_(optimizer), rates_(rates), run_(problem, options, optimizer.chain()) {}

  MinimizeResult go() {
    theta_ = problem_.start;
    gradient_ = theta_;
    optimizer_.start(theta_);
    while (arrived() && steps_ < options_.steps && step()) {
    }
    if (run_.diverged()) {
      return run_.finish(steps_, run_.best().theta, rate_);
    }
    return run_.finish(steps_, optimizer_.evaluation(theta_).values(), rate_);
  }

 private:
  bool arrived() {
    if (steps_ % problem_.steps_per_look != 0 && steps_ < options_.steps && !options_.stop.stop_requested()) {
      return true;
    }
    const bool going = run_.arrive(steps_, theta_.values(), rate_);
    if (steps_ > 0 && rates_.schedule.observe) {  // a schedule that follows the value sees one measure a look
      rates_.schedule.observe(run_.here().value);
    }
    return going || (run_.converged() && average_is_behind());
  }

  /// Converged is said of the point that is handed back: an average may still be on its way.
  bool average_is_behind() {
    const Parameters<double> average = optimizer_.evaluation(theta_);
    if (run_.small(run_.look(average.values()))) {
      return false;
    }
    run_.end(MinimizeEnding::budget);
    return true;
  }

  bool step() {
    if (problem_.batch) {
      problem_.batch(steps_, theta_.values(), gradient_.values());
      add_noise(options_, steps_, gradient_.values());
      run_.asked(1);
    } else {
      const std::vector<double>& gradient = run_.look(theta_.values()).gradient;
      std::copy(gradient.begin(), gradient.end(), gradient_.values().begin());
    }
    rate_ = rates_.at(optimizer_.steps());
    if (rates_.schedule.momentum) {
      optimizer_.set_momentum(rates_.schedule.momentum(optimizer_.steps()));
    }
    const StepReport report = optimizer_.step(theta_, gradient_, rate_);
    ++steps_;
    if (!report.finite) {
      run_.end(MinimizeEnding::not_finite);
    }
    return report.finite;
  }

  const MinimizeProblem& problem_;
  const MinimizeOptions& options_;
  Optimizer<double>& optimizer_;
  const Rates& rates_;
  MinimizeRun run_;
  Parameters<double> theta_;
  Parameters<double> gradient_;
  std::int64_t steps_ = 0;
  double rate_ = 0;
};

MinimizeResult run_method(const MinimizeProblem& problem, const MinimizeOptions& options, Method& method, const Rates& rates) {
  MinimizeRun run(problem, options, options.chain);
  const Objective objective = [&run](std::span<const double> theta, std::span<double> gradient) {
    const MinimizeLook& look = run.look(theta);
    std::copy(look.gradient.begin(), look.gradient.end(), gradient.begin());
    run.penalty().add_smooth(theta, gradient);
    return look.value;
  };
  std::vector<double> theta(problem.start.values().begin(), problem.start.values().end());
  method.start(theta);
  std::int64_t steps = 0;
  double rate = rates.base;
  double length = 0;
  while (run.arrive(steps, theta, length) && steps < options.steps) {
    rate = rates.at(steps);
    const MethodReport report = method.iterate(objective, theta, rate);
    if (report.stuck) {
      run.end(MinimizeEnding::stuck);
      break;
    }
    ++steps;
    length = report.step_length;
    if (!report.finite) {
      run.end(MinimizeEnding::not_finite);
      break;
    }
  }
  if (run.converged()) {  // the lowest point may be lower by rounding alone, at a larger gradient
    return run.finish(steps, theta, rate);
  }
  return run.finish(steps, run.best().theta, rate);
}

/// svrg and its kin: one row a step, drawn with replacement.
MinimizeResult run_sum_method(const MinimizeProblem& problem, const MinimizeOptions& options, const FiniteSum& sum,
                              const SumMethodChoice& choice, const Rates& rates) {
  MinimizeRun run(problem, options, options.chain);
  std::vector<double> theta(problem.start.values().begin(), problem.start.values().end());
  std::vector<double> direction(theta.size());
  std::unique_ptr<SumMethod> method;
  const auto rows = static_cast<std::int64_t>(sum.rows);
  std::int64_t steps = 0;
  double rate = 0;
  const auto between_looks = [&] { return steps % rows != 0 && steps < options.steps && !options.stop.stop_requested(); };
  while (between_looks() || (run.arrive(steps, theta, rate) && steps < options.steps)) {
    if (!method) {
      method = choice.begin(sum, theta);
    }
    run.asked(method->direction(theta, row_of_step(options.seed, steps, sum.rows), direction));
    run.penalty().add_smooth(theta, direction);
    add_noise(options, steps, direction);
    rate = rates.at(steps++);
    for (std::size_t j = 0; j < theta.size(); ++j) {
      theta[j] -= rate * direction[j];
    }
  }
  return run.finish(steps, run.diverged() ? std::span<const double>(run.best().theta) : theta, rate);
}

}  // namespace

Result<MinimizeResult> minimize_sum(const MinimizeProblem& problem, const MinimizeOptions& options, const FiniteSum& sum) {
  const Result<SumMethodChoice> choice = make_sum_method(options.optimizer.spec());
  if (!choice) {
    return choice.error();
  }
  const Result<void> sound = check(problem, options);
  const Result<void> fits = check_method(options);
  const auto schedule = make_schedule(options.schedule, std::max<std::int64_t>(1, options.steps));
  if (!sound || !fits || !schedule) {
    return !sound ? sound.error() : !fits ? fits.error() : schedule.error();
  }
  if (options.batch_size > 1) {
    return usage_error(fmt::format("{} takes one row a step; leave batch_size at 0.", options.optimizer.spec()));
  }
  return run_sum_method(problem, options, sum, *choice, {options.learning_rate.value_or(choice->learning_rate), *schedule});
}

Result<MinimizeResult> minimize_problem(const MinimizeProblem& problem, const MinimizeOptions& options) {
  const Result<void> sound = check(problem, options);
  if (!sound) {
    return sound.error();
  }
  const std::string& spec = options.optimizer.spec();
  if (is_sum_method(spec)) {
    return usage_error(fmt::format(
        "{} needs the rows of a mean one by one, which a function does not have: train with it, or minimize a FiniteSum.", spec));
  }
  if (is_method(spec)) {
    const Result<MethodPointer> method = make_method(spec);
    const Result<void> fits = check_method(options);
    const Result<Rates> rates = make_rates(options, 1);
    if (!method || !fits || !rates) {
      return !method ? method.error() : !fits ? fits.error() : rates.error();
    }
    return run_method(problem, options, **method, *rates);
  }
  ChainOptions chain = options.chain;
  chain.noise_seed = options.seed;
  const Result<OptimizerPointer> optimizer = make_optimizer<double>(spec, chain);
  if (!optimizer) {
    return optimizer.error();
  }
  const Result<Rates> rates = make_rates(options, std::max<std::int64_t>(1, (*optimizer)->chain().accumulate));
  if (!rates) {
    return rates.error();
  }
  if (const Result<void> drives = check_momentum(rates->schedule, **optimizer); !drives) {
    return drives.error();
  }
  return RuleRun(problem, options, **optimizer, *rates).go();
}

}  // namespace detail

namespace {

Parameters<double> one_tensor(const std::vector<double>& start) {
  Parameters<double> theta({{"x", {start.size()}}});
  std::copy(start.begin(), start.end(), theta.values().begin());
  return theta;
}

Result<void> no_batches(const MinimizeOptions& options) {
  if (options.batch_size > 0) {
    return usage_error("batch_size is for a FiniteSum: an objective without rows has no batches.");
  }
  return {};
}

/// The batches of all epochs, one after the other; the last of an epoch may be short.
class Batches {
 public:
  Batches(std::size_t rows, const MinimizeOptions& options) : rows_(rows), size_(options.batch_size), seed_(options.seed) {}

  std::int64_t an_epoch() const { return static_cast<std::int64_t>((rows_ + size_ - 1) / size_); }

  /// The rows of a step; a view until the next call.
  std::span<const std::uint32_t> of_step(std::int64_t step) {
    const auto epoch = static_cast<std::uint32_t>(step / an_epoch() + 1);
    if (epoch != epoch_) {
      epoch_ = epoch;
      const Permutation permutation(rows_, seed_, Purpose::row_order, epoch);
      order_.resize(rows_);
      for (std::size_t i = 0; i < rows_; ++i) {
        order_[i] = static_cast<std::uint32_t>(permutation(i));
      }
    }
    const std::size_t first = static_cast<std::size_t>(step % an_epoch()) * size_;
    return std::span<const std::uint32_t>(order_).subspan(first, std::min(size_, rows_ - first));
  }

 private:
  std::size_t rows_;
  std::size_t size_;
  std::uint64_t seed_;
  std::uint32_t epoch_ = 0;
  std::vector<std::uint32_t> order_;
};

}  // namespace

Result<MinimizeResult> minimize(const Objective& objective, std::vector<double> start, const MinimizeOptions& options) {
  const Result<void> sound = no_batches(options);
  return sound ? detail::minimize_problem({one_tensor(start), objective}, options) : sound.error();
}

Result<TensorMinimizeResult> minimize(const TensorObjective& objective, Parameters<double> start, const MinimizeOptions& options) {
  Parameters<double> theta = start;
  Parameters<double> gradient = start;
  Objective flat;
  if (objective) {
    flat = [&](std::span<const double> x, std::span<double> g) {
      std::copy(x.begin(), x.end(), theta.values().begin());
      std::fill(gradient.values().begin(), gradient.values().end(), 0.0);
      const double value = objective(theta, gradient);
      std::copy(gradient.values().begin(), gradient.values().end(), g.begin());
      return value;
    };
  }
  const Result<void> sound = no_batches(options);
  const auto found = sound ? detail::minimize_problem({start, flat}, options) : sound.error();
  if (!found) {
    return found.error();
  }
  std::copy(found->x.begin(), found->x.end(), start.values().begin());
  return TensorMinimizeResult{*found, std::move(start)};
}

Result<MinimizeResult> minimize(const FiniteSum& sum, std::vector<double> start, const MinimizeOptions& options) {
  if (sum.rows == 0 || sum.rows > std::numeric_limits<std::uint32_t>::max() || !sum.value_and_gradient) {
    return usage_error("A finite sum needs its function and between 1 and 4,294,967,295 rows.");
  }
  std::vector<std::uint32_t> all(sum.rows);
  std::iota(all.begin(), all.end(), 0U);
  detail::MinimizeProblem problem{one_tensor(start), [&](std::span<const double> theta, std::span<double> gradient) {
                                    return sum.value_and_gradient(theta, all, gradient);
                                  }};
  if (is_sum_method(options.optimizer.spec())) {
    return detail::minimize_sum(problem, options, sum);
  }
  Batches batches(sum.rows, options);
  if (options.batch_size > 0 && options.batch_size < sum.rows) {
    if (is_method(options.optimizer.spec())) {
      return usage_error(fmt::format("{} asks for all rows at once; leave batch_size at 0.", options.optimizer.spec()));
    }
    problem.steps_per_look = batches.an_epoch();
    problem.batch = [&](std::int64_t step, std::span<const double> theta, std::span<double> gradient) {
      std::fill(gradient.begin(), gradient.end(), 0.0);
      sum.value_and_gradient(theta, batches.of_step(step), gradient);
    };
  }
  return detail::minimize_problem(problem, options);
}

}  // namespace fallline
