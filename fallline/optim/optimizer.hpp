// SPDX-License-Identifier: Apache-2.0
// Optimizer<T>: any rule chosen by name at run time, inside its chain (accumulate -> non-finite check -> noise -> clip -> coupled L2 ->
// decoupled decay -> rule -> L1 -> lookahead -> max-norm -> averaging). One virtual call a step; the loop over coordinates is compiled for
// each rule.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/result.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/optim/parameters.hpp"

namespace fallline {

struct Schedule;

enum class Decay { decoupled, l2, fixed };
enum class L1Form { proximal, truncated, cumulative };
enum class Average { off, ema, mean };

/// The stages around the rule; what is off costs nothing. Names and ranges are told by fields().
struct ChainOptions {
  double gradient_noise = 0;  // 0: off
  double gradient_noise_decay = 0.55;
  std::uint64_t noise_seed = 0;  // not told by fields(): the seed of the run
  double clip_adaptive = 0;      // 0: off; share of a unit's own norm
  double clip_adaptive_floor = 1e-3;
  double clip_value = 0;    // 0: off
  double clip_norm = 0;     // 0: off; global, over all tensors
  double clip_epsilon = 0;  // added to the norm
  double l2 = 0;            // coupled: g += l2 theta
  double l1 = 0;            // see l1_form
  L1Form l1_form = L1Form::proximal;
  std::int64_t truncate_every = 10;
  double truncate_within = 0;  // 0: all weights
  double weight_decay = 0;     // see decay
  Decay decay = Decay::decoupled;
  std::int64_t accumulate = 1;
  std::int64_t lookahead = 0;  // 0: off
  double lookahead_share = 0.5;
  double max_norm = 0;  // 0: off
  Average average = Average::off;
  double average_decay = 0.999;
  std::int64_t average_start = 0;
  std::int64_t average_every = 1;

  static constexpr auto fields() {
    return std::array{
        field<&ChainOptions::gradient_noise>("gradient_noise", nonnegative,
                                             "variance of normal noise on each gradient at the first step, by the seed; 0 is off"),
        field<&ChainOptions::gradient_noise_decay>("gradient_noise_decay", nonnegative,
                                                   "the variance is divided by the step to this power"),
        field<&ChainOptions::clip_adaptive>("clip_adaptive", nonnegative,
                                            "a unit's gradient is shortened to this share of the norm of its weights; 0 is off"),
        field<&ChainOptions::clip_adaptive_floor>("clip_adaptive_floor", positive,
                                                  "norm of the weights that clip_adaptive reckons with at least"),
        field<&ChainOptions::clip_value>("clip_value", nonnegative, "each gradient coordinate is cut to [-c, c]; 0 is off"),
        field<&ChainOptions::clip_norm>("clip_norm", nonnegative,
                                        "a longer gradient (over all tensors) is shortened to this norm; 0 is off"),
        field<&ChainOptions::clip_epsilon>("clip_epsilon", nonnegative, "added to the norm when clipping by norm"),
        field<&ChainOptions::l2>("l2", nonnegative, "coupled L2 penalty: l2/2 |w|^2 in the objective, intercepts free"),
        field<&ChainOptions::l1>("l1", nonnegative, "L1 penalty l1 |w|_1 by a proximal step (or l1_form), intercepts free"),
        choice<&ChainOptions::l1_form>("l1_form", "proximal|truncated|cumulative",
                                       "how l1 acts: each step, all at once every few steps, or up to what has accumulated"),
        field<&ChainOptions::truncate_every>("truncate_every", Range{1, 1e9}, "steps between two cuts of l1_form=truncated"),
        field<&ChainOptions::truncate_within>("truncate_within", nonnegative,
                                              "l1_form=truncated leaves larger weights alone; 0 cuts them all"),
        field<&ChainOptions::weight_decay>("weight_decay", nonnegative, "shrinks the weights each step, intercepts free"),
        choice<&ChainOptions::decay>("decay", "decoupled|l2|fixed",
                                     "how weight_decay acts: times the learning rate, inside the gradient, or by itself"),
        field<&ChainOptions::accumulate>("accumulate", Range{1, 1e9}, "gradients averaged before the rule steps once"),
        field<&ChainOptions::lookahead>("lookahead", nonnegative,
                                        "steps after which slow weights follow and the fast ones return to them; 0 is off"),
        field<&ChainOptions::lookahead_share>("lookahead_share", unit, "share of the way that the slow weights follow"),
        field<&ChainOptions::max_norm>("max_norm", nonnegative,
                                       "the weights into a unit are scaled back to this norm after each step; 0 is off"),
        choice<&ChainOptions::average>("average", "off|ema|mean", "averaged parameters kept beside the trained ones"),
        field<&ChainOptions::average_decay>("average_decay", below_one, "share of the old average kept by ema"),
        field<&ChainOptions::average_start>("average_start", nonnegative, "steps before the mean begins"),
        field<&ChainOptions::average_every>("average_every", Range{1, 1e9}, "steps between two points of the average"),
    };
  }
};

/// What one call of step saw and did, for Step records, clipping reports and the detection of divergence.
struct StepReport {
  bool finite = true;        // false with stepped = false: the gradient was not finite, nothing was changed; false with stepped = true:
                             // an updated parameter was not finite, theta and the state are to be taken from the last good copy
  bool stepped = true;       // false: the gradient was only accumulated
  double gradient_norm = 0;  // after accumulation, before clipping
  double update_norm = 0;    // |theta_t - theta_{t-1}|, all stages together
  double clip_factor = 1;    // what the norm clip multiplied the gradient by
};

/// A named array of the optimiser's state, for checkpoints.
struct StateArray {
  std::string name;
  std::vector<double> values;  // exact: float and integer state fit in double
};

/// Everything about an optimiser that a user may ask for by name.
struct OptimizerInfo {
  std::string name;
  std::string kind;  // "rule", "variant of NAME", "tensor rule", "method", "finite-sum method"
  std::string cites;
  std::string summary;         // one sentence
  double learning_rate = 0;    // its own default
  bool gradient_descent_like;  // a step scales with the gradient (SGD, momentum): the learning rate is bounded by 2/curvature
  bool constant_rate = false;  // a falling schedule works against it (FTRL, schedule-free): its weights or averages depend on the rate
  bool proximal;               // L1 by proximal step has a meaning
  std::vector<FieldValue> fields;
  std::vector<std::string> presets;
};

template <class T>
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// Begins anew for parameters of this layout (state at its start, t = 0).
  virtual void start(const Parameters<T>& theta) = 0;

  /// Threads to step many parameters with, which must outlive the optimiser; null: the caller's alone. No bit depends on them.
  virtual void use(ThreadPool* pool) = 0;

  /// One gradient at theta. gradient is scratch: it may be changed. learning_rate is the scheduled rate of this step.
  virtual StepReport step(Parameters<T>& theta, Parameters<T>& gradient, double learning_rate) = 0;

  /// Whether the next step would use an estimate of the Hessian's diagonal at theta, and a way to hand it over before that step. A rule
  /// that is handed none makes do with the squared gradient.
  virtual bool wants_estimate() const { return false; }
  virtual void estimate(const Parameters<T>& /*diagonal*/) {}

  /// Sets the momentum (or beta1) of the coming steps, which a schedule may drive; false where the rule has none.
  virtual bool set_momentum(double momentum) = 0;

  /// Steps taken so far.
  virtual std::int64_t steps() const = 0;

  /// The averaged parameters where averaging is on, else theta itself (look-ahead point for nesterov and the like).
  virtual Parameters<T> evaluation(const Parameters<T>& theta) const = 0;

  virtual const OptimizerInfo& info() const = 0;
  virtual const ChainOptions& chain() const = 0;

  /// The state as a value; restore on an optimiser made from the same spec and layout continues bit for bit.
  virtual std::vector<StateArray> save() const = 0;
  virtual Result<void> restore(const std::vector<StateArray>& state) = 0;
};

/// A name with settings as a user writes it: "adam", "adam:beta1=0.95,epsilon=1e-7", "momentum:preset=keras". Settings may name fields of
/// the rule, fields of the chain, learning_rate, or preset. What the text leaves open is taken from `chain`.
/// Unknown names and values are usage errors that offer the nearest known one.
template <class T>
Result<std::unique_ptr<Optimizer<T>>> make_optimizer(std::string_view spec, const ChainOptions& chain = {});

/// A usage error where the schedule drives a momentum that the rule does not have.
template <class T>
Result<void> check_momentum(const Schedule& schedule, Optimizer<T>& optimizer);

/// learning_rate of a spec where it (or its preset) sets one, else the rule's own default.
Result<double> default_learning_rate(std::string_view spec);

/// All rules and variants and methods, in the order of the list in rules.hpp.
std::vector<OptimizerInfo> list_optimizers();

}  // namespace fallline
