// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/detail/minimizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/base/random.hpp"

namespace fallline::detail {

namespace {

constexpr double hair = 1e-7;      // of a coordinate's size: where the slope of a smooth function is still what it was
constexpr double rounding = 1e-7;  // share of the first gradient below which a search that finds nothing lower has met rounding

}  // namespace

void add_noise(const MinimizeOptions& options, std::int64_t index, std::span<double> gradient) {
  if (options.noise > 0) {
    const Random random(options.seed, Purpose::noise, static_cast<std::uint32_t>(index));
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      gradient[i] += options.noise * random.normal(i);
    }
  }
}

Penalty::Penalty(const ChainOptions& chain, const std::vector<TensorInfo>& tensors)
    : l2_(chain.l2 + (chain.decay == Decay::l2 ? chain.weight_decay : 0)), l1_(chain.l1) {
  std::size_t first = 0;
  for (const TensorInfo& tensor : tensors) {
    if (tensor.penalised && (l2_ > 0 || l1_ > 0)) {
      pieces_.push_back({first, tensor.size()});
    }
    first += tensor.size();
  }
}

double Penalty::value(std::span<const double> theta) const {
  double squares = 0;
  double sizes = 0;
  for (const Piece& piece : pieces_) {
    for (const double w : theta.subspan(piece.first, piece.size)) {
      squares += w * w;
      sizes += std::abs(w);
    }
  }
  return pieces_.empty() ? 0 : l2_ / 2 * squares + l1_ * sizes;
}

void Penalty::add_smooth(std::span<const double> theta, std::span<double> gradient) const {
  for (const Piece& piece : pieces_) {
    for (std::size_t i = piece.first; i < piece.first + piece.size; ++i) {
      gradient[i] += l2_ * theta[i];
    }
  }
}

void Penalty::shorten(std::span<const double> theta, std::span<double> gradient) const {
  for (const Piece& piece : pieces_) {
    for (std::size_t i = piece.first; i < piece.first + piece.size; ++i) {
      double& g = gradient[i];
      g = theta[i] != 0 ? g + std::copysign(l1_, theta[i]) : std::copysign(std::max(0.0, std::abs(g) - l1_), g);
    }
  }
}

bool MinimizeLook::finite() const { return std::isfinite(value) && std::isfinite(gradient_norm); }

MinimizeRun::MinimizeRun(const MinimizeProblem& problem, const MinimizeOptions& options, const ChainOptions& chain)
    : problem_(problem), options_(options), penalty_(chain, problem.start.infos()) {}

const MinimizeLook& MinimizeRun::look(std::span<const double> theta) {
  if (evaluations_ > 0 && std::equal(theta.begin(), theta.end(), here_.theta.begin(), here_.theta.end())) {
    return here_;
  }
  here_.theta.assign(theta.begin(), theta.end());
  here_.gradient.assign(theta.size(), 0);
  here_.value = problem_.full(theta, here_.gradient) + penalty_.value(theta);
  std::vector<double> whole = here_.gradient;
  penalty_.add_smooth(theta, whole);
  penalty_.shorten(theta, whole);
  double squares = 0;
  here_.largest = 0;
  for (const double g : whole) {
    squares += g * g;
    here_.largest = std::isnan(g) ? g : std::max(here_.largest, std::abs(g));
  }
  here_.gradient_norm = std::sqrt(squares);
  add_noise(options_, evaluations_++, here_.gradient);
  return here_;
}

void MinimizeRun::record(std::int64_t step, double rate) {
  if (options_.keep_path) {
    result_.path.push_back(here_.theta);
    result_.path_values.push_back(here_.value);
    result_.path_gradient_norms.push_back(here_.gradient_norm);
  }
  if (options_.observer) {
    options_.observer({step, here_.theta, here_.value, here_.gradient_norm, rate, evaluations_});
  }
}

bool MinimizeRun::arrive(std::int64_t step, std::span<const double> theta, double rate) {
  look(theta);
  if (start_.theta.empty()) {
    start_ = here_;
    best_ = here_;
  }
  if (!here_.finite()) {
    end(MinimizeEnding::not_finite);
    return false;
  }
  if (here_.value < best_.value) {
    best_ = here_;
  }
  record(step, rate);
  const auto outside = [&](double x) { return options_.far && std::abs(x) > *options_.far; };
  if (std::any_of(theta.begin(), theta.end(), outside)) {
    end(MinimizeEnding::far);
  } else if (options_.noise == 0 && small(here_)) {
    end(MinimizeEnding::converged);
  } else if (options_.stop.stop_requested()) {
    end(MinimizeEnding::interrupted);
  } else {
    return true;
  }
  return false;
}

MinimizeResult MinimizeRun::finish(std::int64_t steps, std::span<const double> x, double rate) {
  const std::vector<double> kept(x.begin(), x.end());
  const MinimizeLook last = best_.theta == kept ? best_ : look(kept);
  MinimizeResult result = std::move(result_);
  result.x = kept;
  result.value = last.value;
  result.gradient_norm = last.gradient_norm;
  result.steps = steps;
  result.evaluations = evaluations_;
  result.evidence = {{"step", static_cast<double>(steps)},
                     {"value_at_start", start_.value},
                     {"value", last.value},
                     {"gradient_norm_at_start", start_.gradient_norm},
                     {"gradient_norm", last.gradient_norm},
                     {"largest_gradient_coordinate", last.largest},
                     {"gradient_tolerance", options_.gradient_tolerance},
                     {"learning_rate", rate}};
  const bool kink = ending_ == MinimizeEnding::stuck && turns_at_once(last);
  judge(result, last, rate, kink);
  return result;
}

bool MinimizeRun::turns_at_once(const MinimizeLook& look) {
  double size = 1;
  for (const double x : look.theta) {
    size = std::max(size, std::abs(x));
  }
  std::vector<double> ahead = look.theta;
  std::vector<double> gradient(ahead.size());
  std::vector<double> there(ahead.size());
  problem_.full(look.theta, gradient);
  double squares = 0;
  for (const double g : gradient) {
    squares += g * g;
  }
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    ahead[i] -= hair * size * gradient[i] / std::sqrt(squares);
  }
  problem_.full(ahead, there);
  double product = 0;
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    product += gradient[i] * there[i];
  }
  return squares > 0 && product < squares / 2;
}

void MinimizeRun::judge(MinimizeResult& result, const MinimizeLook& last, double rate, bool kink) const {
  const std::string fell = fmt::format("the value went from {} to {}", brief(start_.value), brief(last.value));
  const std::string steps = result.steps == 1 ? "1 step" : grouped(result.steps) + " steps";
  const std::string left = fmt::format("the largest coordinate of the gradient is {}", brief(last.largest, 2));
  const std::string advice = fmt::format("Try a smaller learning rate (this run used {}) or another optimiser.", brief(rate, 4));
  const bool near = last.largest <= std::max(100 * options_.gradient_tolerance, rounding * std::max(start_.largest, std::abs(last.value)));
  const bool exploded = last.value > start_.value && start_.gradient_norm > 0 && last.gradient_norm > 10 * start_.gradient_norm;
  const bool lower = best_.value < start_.value;
  if (diverged() && result.steps == 0) {
    result.outcome = Outcome::diverged;
    result.why = ending_ == MinimizeEnding::far ? "Diverged: the start lies beyond the bounds that mean divergence."
                                                : "Diverged at the start: the value or its gradient is not finite there.";
  } else if (diverged()) {
    result.outcome = Outcome::diverged;
    result.why = fmt::format("Diverged at step {}: {}; the lowest point seen, {}, is kept. {}", grouped(result.steps),
                             ending_ == MinimizeEnding::far ? fmt::format("a coordinate went beyond {}", brief(*options_.far))
                                                            : "the value, its gradient or a coordinate is not finite",
                             brief(last.value), advice);
  } else if (ending_ == MinimizeEnding::interrupted) {
    result.outcome = Outcome::interrupted;
    result.why = fmt::format("Interrupted after {}: {}.", steps, fell);
  } else if (ending_ == MinimizeEnding::converged) {
    result.outcome = Outcome::converged;
    result.why = fmt::format("Converged after {}: {}.", steps, left);
  } else if (ending_ == MinimizeEnding::stuck && near) {
    result.outcome = Outcome::converged;
    result.why = fmt::format("Converged after {} as far as rounding allows: no lower point was found, and {}.", steps, left);
  } else if (exploded) {
    result.outcome = Outcome::diverged;
    result.why = fmt::format("Diverged: after {} {} and the gradient is {} times as long. {}", steps, fell,
                             brief(last.gradient_norm / start_.gradient_norm, 2), advice);
  } else if (ending_ == MinimizeEnding::stuck && kink) {
    result.outcome = Outcome::stalled;
    result.why = fmt::format(
        "Stalled after {}: {}, yet its slope is gone a hair's breadth ahead. The function has a kink there, which a "
        "search along smooth slopes cannot cross; the best point is kept. Try adam with a falling schedule such as cosine.",
        steps, left);
  } else if (ending_ == MinimizeEnding::stuck) {
    result.outcome = Outcome::stalled;
    result.why = fmt::format("Stalled after {}: the search found no lower point, and {}. Try another optimiser, adam say.", steps, left);
  } else if (!lower && result.steps > 0) {
    result.outcome = Outcome::stalled;
    result.why = fmt::format("Stalled: none of {} found a lower value than the start's {}. {}", steps, brief(start_.value), advice);
  } else {
    result.outcome = Outcome::budget;
    result.why = fmt::format("The budget of {} was spent: {}, and {}.", steps, fell, left);
  }
}

}  // namespace fallline::detail
