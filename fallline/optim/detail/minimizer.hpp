// SPDX-License-Identifier: Apache-2.0
// What every way of minimising shares: looking at the objective with its penalties and noise, recording, and judging how it ended.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "fallline/optim/minimize.hpp"

namespace fallline::detail {

/// What is minimised. Where `batch` is given, a rule steps on its gradients, and the full objective is looked at only every
/// `steps_per_look` steps.
struct MinimizeProblem {
  Parameters<double> start;
  Objective full;
  std::function<void(std::int64_t step, std::span<const double> theta, std::span<double> gradient)> batch = {};
  std::int64_t steps_per_look = 1;
};

/// l2/2 |w|^2 + l1 |w|_1 over the tensors that are penalised.
class Penalty {
 public:
  Penalty(const ChainOptions& chain, const std::vector<TensorInfo>& tensors);

  double value(std::span<const double> theta) const;
  /// The gradient of the smooth part is added.
  void add_smooth(std::span<const double> theta, std::span<double> gradient) const;
  /// The shortest subgradient of the whole objective, from its smooth gradient.
  void shorten(std::span<const double> theta, std::span<double> gradient) const;

 private:
  struct Piece {
    std::size_t first;
    std::size_t size;
  };
  double l2_;
  double l1_;
  std::vector<Piece> pieces_;
};

/// options.noise times a standard normal vector, a function of (seed, index).
void add_noise(const MinimizeOptions& options, std::int64_t index, std::span<double> gradient);

/// What the objective says at a point.
struct MinimizeLook {
  std::vector<double> theta;
  double value = 0;              // with penalties
  std::vector<double> gradient;  // as the optimiser gets it: with noise, without penalties
  double gradient_norm = 0;      // with penalties, without noise; so is the next
  double largest = 0;            // coordinate
  bool finite() const;
};

enum class MinimizeEnding { budget, converged, not_finite, far, stuck, interrupted };

class MinimizeRun {
 public:
  MinimizeRun(const MinimizeProblem& problem, const MinimizeOptions& options, const ChainOptions& chain);

  /// Looks at theta; asks nothing where it is the last point looked at.
  const MinimizeLook& look(std::span<const double> theta);
  /// theta after `step` steps, the last of them at `rate`: recorded and shown. False: the run is over.
  bool arrive(std::int64_t step, std::span<const double> theta, double rate);
  /// Gradients asked for elsewhere.
  void asked(std::int64_t gradients) { evaluations_ += gradients; }
  void end(MinimizeEnding ending) { ending_ = ending; }
  bool small(const MinimizeLook& look) const { return look.largest <= options_.gradient_tolerance; }
  const Penalty& penalty() const { return penalty_; }

  /// The result at x; `rate` is the last learning rate, for advice.
  MinimizeResult finish(std::int64_t steps, std::span<const double> x, double rate);
  /// The point with the lowest value.
  const MinimizeLook& best() const { return best_; }
  const MinimizeLook& here() const { return here_; }  // as last looked at
  bool diverged() const { return ending_ == MinimizeEnding::not_finite || ending_ == MinimizeEnding::far; }
  /// A rule may find that its average is not yet there: then the run goes on.
  bool converged() const { return ending_ == MinimizeEnding::converged; }

 private:
  void record(std::int64_t step, double rate);
  void judge(MinimizeResult& result, const MinimizeLook& last, double rate, bool kink) const;
  /// Whether the slope along -gradient is gone a hair's breadth ahead.
  bool turns_at_once(const MinimizeLook& look);

  const MinimizeProblem& problem_;
  const MinimizeOptions& options_;
  Penalty penalty_;
  MinimizeLook here_;
  MinimizeLook start_;
  MinimizeLook best_;
  std::int64_t evaluations_ = 0;
  MinimizeEnding ending_ = MinimizeEnding::budget;
  MinimizeResult result_;
};

/// What is wrong with the problem or the options, whatever the optimizer. Usage errors; so is the next.
Result<void> check(const MinimizeProblem& problem, const MinimizeOptions& options);
/// A method looks for points of its own; of the chain it knows the smooth penalty alone.
Result<void> check_method(const MinimizeOptions& options);

/// Fails on usage alone.
Result<MinimizeResult> minimize_problem(const MinimizeProblem& problem, const MinimizeOptions& options);
/// By svrg, saga or sag.
Result<MinimizeResult> minimize_sum(const MinimizeProblem& problem, const MinimizeOptions& options, const FiniteSum& sum);

}  // namespace fallline::detail
