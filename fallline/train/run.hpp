// SPDX-License-Identifier: Apache-2.0
// What a training run says of itself: Step records as it goes, and a Run when it ends. Data, never text on a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/outcome.hpp"
#include "fallline/model/linear.hpp"
#include "fallline/model/network/unit_activity.hpp"

namespace fallline {

/// One optimiser step (or iteration of a method), seen by every observer. train_loss is of the batch at the point before the step.
struct StepRecord {
  std::int64_t step = 0;   // from 1
  std::int64_t epoch = 0;  // from 1
  std::int64_t rows_seen = 0;
  double learning_rate = 0;
  double train_loss = 0;
  double gradient_norm = 0;
  double update_norm = 0;
};

/// One line of history.csv: means over the epoch for losses, the last step for the rest. NaN: not measured.
struct EpochRecord {
  StepRecord last;
  double train_loss = 0;
  double objective = 0;
  double validation_loss = 0;
  double validation_metric = 0;
};

/// Root mean squares over one tensor of the parameters in one step: of the gradient, of the step taken, of the weights before it.
struct TensorSignals {
  std::string name;  // "layer 1 weights"
  double gradient = 0;
  double update = 0;
  double weight = 0;
};

/// The tensors in the order of the layers.
struct LayerRecord {
  std::int64_t step = 0;
  std::vector<TensorSignals> tensors;
  std::vector<UnitActivity> units;  // of each hidden layer of a network since the epoch began
};

/// Progress bar, JSON log, checkpoint and diagnosis all implement this. Called on the training thread; must not change the run.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Before the first step: what was decided where the user left it open.
  virtual void on_plan(const std::vector<std::string>& /*choices*/) {}
  virtual void on_step(const StepRecord& /*record*/) {}
  virtual void on_epoch(const EpochRecord& /*record*/) {}
  /// Whether on_layers is called after every step, which costs a copy of the parameters. Asked once, before training.
  virtual bool wants_layers() const { return false; }
  virtual void on_layers(const LayerRecord& /*record*/) {}
};

struct Run {
  Outcome outcome = Outcome::budget;
  std::string why;                                       // one sentence
  std::vector<std::pair<std::string, double>> evidence;  // what the sentence rests on
  std::vector<EpochRecord> history;
  std::vector<std::string> warnings;
  std::vector<std::string> choices;  // what was decided where the user left it open, with its reason
  std::int64_t epochs = 0;
  std::int64_t steps = 0;
  double learning_rate = 0;  // the base rate that was used; NaN where a line search finds each step
  std::string optimizer;     // the spec that was used
  std::string schedule;
  std::size_t batch_size = 0;  // 0: the full batch
  std::size_t parameters = 0;
  double train_loss = 0;                                   // unpenalised mean over all training rows, target in its own units
  double objective = 0;                                    // with penalties
  std::vector<std::pair<std::string, double>> validation;  // metrics, empty without validation
  LinearModel model;                                       // final (or best, with early stopping; last good, after divergence)
};

}  // namespace fallline
