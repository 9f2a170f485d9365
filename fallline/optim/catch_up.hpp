// SPDX-License-Identifier: Apache-2.0
// CatchUp<T>: one tensor of which each step touches few coordinates. The others have a zero gradient; they are brought up to date when they
// are next touched, as if every step had been taken, so that the cost of a step follows what it touches. Kept are the formula and the
// stages of every step since all were last up to date, and for each coordinate the step it stands at. A coordinate that stands at step a
// comes to step b by the first that holds:
//   - closed form: the rule is linear in its state (linear_slots) and there is no L1: a block of steps is a small matrix (step_maps.hpp),
//     of theta, its slots and its average;
//   - at rest: what the rule would still do is lost in the rounding of theta (tail), for good unless there is coupled L2: decay and the
//     average are such matrices, L1 an offset to them as long as the sign stays, the slots fade by a formula (fade);
//   - replay, a step at a time, until one of the two holds.
// Steps are replayed by the very operations of the dense path (rule_loop.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "fallline/optim/rule_loop.hpp"

namespace fallline {

/// The stages of one step around the rule, and what it adds to the average.
struct Around {
  Stages stages;      // clipping has been done
  double keep = 1;    // average <- keep average + take theta
  double take = 0;    // 0: this step is no point of it
  double points = 0;  // > 0: the average is the mean of so many, this one among them
};

/// A tensor's arrays; what is not in use is null. `at`: the step that each coordinate stands at, counted from the last time that all did.
template <class T>
struct Tensor {
  std::size_t size = 0;
  T* theta = nullptr;
  T* average = nullptr;
  std::array<T*, most_slots> slots = {};
  T* due = nullptr;
  T* paid = nullptr;
  std::uint32_t* at = nullptr;
};

/// Where `look` puts what the coordinates would be; null: not asked for.
template <class T>
struct Looked {
  T* theta = nullptr;
  T* average = nullptr;
  T* slot = nullptr;
  std::size_t which = 0;  // of the slots
};

/// How a coordinate that was long not touched comes up to date: at once, step by step until it rests, or step by step all the way.
enum class Pace { leaps, fades, replays };

template <class T>
class CatchUp {
 public:
  virtual ~CatchUp() = default;

  /// Begins anew after `done` steps, at which all coordinates stand.
  virtual void start(std::int64_t done, bool averages) = 0;
  /// The next step; `scalars` are the tensor's numbers, as rules change them. driven: its momentum is not that of the steps before.
  virtual void record(const Step& step, std::span<double> scalars, const Around& around, bool driven) = 0;
  /// Brings coordinates to the last step recorded but `behind` ones.
  virtual void advance(const Tensor<T>& tensor, std::span<const std::size_t> touched, std::uint32_t behind) const = 0;
  /// The last step, on coordinates that stand at the one before it.
  virtual Moved touch(const Tensor<T>& tensor, std::span<const std::size_t> touched, const T* gradient) const = 0;
  /// What all coordinates would be at the last step; nothing is changed.
  virtual void look(const Tensor<T>& tensor, const Looked<T>& out) const = 0;
  /// Brings all there.
  virtual void advance_all(const Tensor<T>& tensor) const = 0;
  /// Under coupled L2, and under an L1 that is cut off each step from every weight.
  virtual Pace pace(bool l2, bool l1) const = 0;
};

/// For the rule at `index` of UpdateRules; `rule` points to its struct, which must outlive what is made.
template <class T>
std::unique_ptr<CatchUp<T>> make_catch_up(std::size_t index, const void* rule);

}  // namespace fallline
