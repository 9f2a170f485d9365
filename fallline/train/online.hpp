// SPDX-License-Identifier: Apache-2.0
// Training on rows as they come, in one pass without an end: every row is predicted by the weights as they stand and only then learnt, so
// that the mean loss of the predictions (progressive or prequential validation: Blum, Kalai & Langford 1999; Dawid 1984) is an honest
// measure of rows never seen, with none held out. What is kept does not grow with the stream.
//
//   auto plan = plan_online(setup, first_rows, pool);
//   auto trainer = OnlineTrainer<float>::create(setup, *plan, pool);
//   for each row as it comes: (*trainer)->add(rows, i);
//   (*trainer)->progressive().loss, (*trainer)->model()
//
// Predictions are those of the weights that are trained, before any averaging of theirs. State is a value: save() and restore() go on bit
// for bit, also in the middle of a batch.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/train/online_batch.hpp"
#include "fallline/train/plan.hpp"
#include "fallline/train/run.hpp"
#include "fallline/train/train.hpp"

namespace fallline {

/// What is trained and how. model: resolved (resolve_model). Of the options those that have a meaning without an end are used: optimizer,
/// learning rate, schedule, batch size (1 unless given), steps, chain, seed, start.
struct OnlineSetup {
  OnlineShape shape;
  TargetCoding target;
  ModelOptions model;
  TrainOptions options;
};

/// The shape of encoded rows, and what the first of them tell of targets and weights.
template <class T>
OnlineShape online_shape(const Dataset<T>& first, const TargetCoding& target);

/// What the user leaves open is decided here, with reasons; usage errors name options that need an end or other rows (a schedule over a
/// length that is not given, methods on the full batch, batch normalisation). A learning rate that is left open is the one of a few that
/// predicts the first rows best as they are learnt; without them (null) the rule's own.
template <class T>
Result<Plan> plan_online(const OnlineSetup& setup, const Dataset<T>* first, ThreadPool& pool);

/// Over rows that were predicted before they were learnt: means by weight. metric: accuracy for classes, root mean squared error in the
/// units of the data for numbers (its mean over several targets). NaN of no rows.
struct Progressive {
  std::int64_t rows = 0;
  double loss = 0;
  double metric = 0;
};

/// What became of a row: it waits for its batch to fill, its batch was learnt, or was not since the step would not have been finite.
enum class Taken { waits, learnt, diverged };

template <class T>
class OnlineTrainer {
 public:
  /// pool: outlives the trainer.
  static Result<std::unique_ptr<OnlineTrainer>> create(const OnlineSetup& setup, const Plan& plan, ThreadPool& pool);
  ~OnlineTrainer();
  OnlineTrainer(const OnlineTrainer&) = delete;
  OnlineTrainer& operator=(const OnlineTrainer&) = delete;

  /// Takes row i of encoded rows. With the last row of a batch all its rows are predicted, and then learnt in one step.
  Taken add(const Rows<T>& rows, std::size_t i);
  /// What waits, at the end of the stream.
  Taken learn_rest();

  /// Rows taken whose batch is not full yet; they are part of the state.
  std::size_t waiting() const;

  /// Of all rows learnt; and of those since the last call of begin_recent().
  Progressive progressive() const;
  Progressive recent() const;
  void begin_recent();

  /// The last step; its train_loss is the mean loss of the batch as it was predicted.
  const StepRecord& last() const;
  /// Features below this one occurred; of dense rows all.
  std::size_t widest() const;
  /// The model as of the last step, averaged where averaging is on.
  LinearModel model() const;

  std::vector<StateArray> save() const;
  /// After an error the trainer is of no more use.
  Result<void> restore(const std::vector<StateArray>& state);

 private:
  struct Parts;
  explicit OnlineTrainer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

extern template class OnlineTrainer<float>;
extern template class OnlineTrainer<double>;

}  // namespace fallline
