// SPDX-License-Identifier: Apache-2.0
// The loops: rules on batches, methods with a closure on the full batch, and methods for finite sums on single rows. Each fills one
// Descent, which the verdict is passed on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fallline/base/stop.hpp"
#include "fallline/train/checkpoint_keeper.hpp"
#include "fallline/train/plan.hpp"
#include "fallline/train/run.hpp"

namespace fallline {

enum class Ending { budget, converged, time, interrupted, early, not_finite, stuck };

/// Where the minimum of an objective whose kink was rounded off was looked for. excess: what the rounding changes at the end, a bound on
/// the distance from the true minimum once the gradient is small. Internal units.
struct Softening {
  double gradient_norm = 0;
  double excess = 0;
};

/// A row of numbers for each record, and back.
std::vector<double> history_numbers(const std::vector<EpochRecord>& history);
std::vector<EpochRecord> history_of(const std::vector<double>& numbers);

template <class T>
struct Descent {
  Ending ending = Ending::budget;
  std::vector<T> theta;  // to be judged and saved: final, best on validation, or the last good point
  FullLook start;        // over all training rows
  std::int64_t steps = 0;
  std::int64_t epochs = 0;  // begun
  std::int64_t rows_seen = 0;
  std::vector<EpochRecord> history;
  std::optional<Softening> softening;
  std::string where;  // ending not_finite: what was not finite, in words
  std::vector<std::string> warnings;

  /// All but theta, which a loop keeps in a form of its own. Who stops a run does not end it: resumed, it has its budget before it.
  template <class Archive>
  void state(Archive& archive) {
    Ending kept = ending == Ending::interrupted || ending == Ending::time ? Ending::budget : ending;
    std::vector<double> records = Archive::reads ? std::vector<double>() : history_numbers(history);
    std::vector<double> soft = softening ? std::vector<double>{softening->gradient_norm, softening->excess} : std::vector<double>();
    archive("ending", kept);
    archive("steps", steps);
    archive("epochs", epochs);
    archive("rows_seen", rows_seen);
    archive("start.loss", start.loss);
    archive("start.objective", start.objective);
    archive("start.gradient_norm", start.gradient_norm);
    archive("where", where);
    archive("history", records);
    archive("softening", soft);
    if constexpr (Archive::reads) {
      ending = kept;
      history = history_of(records);
      softening = soft.size() == 2 ? std::optional(Softening{soft[0], soft[1]}) : std::nullopt;
    }
  }
};

template <class T>
Result<Descent<T>> descend_by_rule(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                   const std::vector<Observer*>& observers, StopToken stop, CheckpointKeeper& keeper);

template <class T>
Result<Descent<T>> descend_by_method(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                     const std::vector<Observer*>& observers, StopToken stop, CheckpointKeeper& keeper);

/// By svrg, saga or sag.
template <class T>
Result<Descent<T>> descend_by_sum(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                  const std::vector<Observer*>& observers, StopToken stop, CheckpointKeeper& keeper);

/// Held-out loss in the units of the data, and one metric: accuracy for classes, root mean squared error for numbers.
struct Held {
  double loss = 0;
  double metric = 0;
};
template <class T>
Held look_at_validation(Problem<T>& problem, std::span<const T> theta);

}  // namespace fallline
