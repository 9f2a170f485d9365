// SPDX-License-Identifier: Apache-2.0
// Training of a linear model or a network on an encoded data set, from options to a Run.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/train/checkpoint_keeper.hpp"
#include "fallline/train/run.hpp"

namespace fallline {

/// What is trained. Empty texts: decided by the target.
struct ModelOptions {
  std::string model = {};      // linear, logistic, softmax, perceptron, mlp
  std::string loss = {};       // a spec: "squared", "huber:delta=2", "quantile:tau=0.9"
  double label_smoothing = 0;  // set in the loss; 0: as the loss says
  bool intercept = true;
  std::string output_activation = "identity";
  NetworkOptions network = {};   // hidden layers make it an mlp
  std::string initial = "auto";  // weights of a network: a name of initial_names()
};

/// How it is trained. The defaults reach a converged model on ordinary tables.
struct TrainOptions {
  std::string optimizer = "auto";
  std::optional<double> learning_rate = {};    // nothing: auto, or what the optimizer's spec says
  std::string schedule = {};                   // "": one that ends the run well (constant for methods and where a schedule has no use)
  std::optional<std::size_t> batch_size = {};  // 0: full; nothing: 256, or full where the optimiser wants it
  bool shuffle = true;
  std::optional<std::size_t> shuffle_window = {};  // rows that are shuffled among one another; nothing: as many as 64 MiB hold
  std::optional<std::int64_t> epochs = {};
  std::optional<std::int64_t> steps = {};
  std::optional<double> tolerance = {};  // converged: full-data gradient norm <= tolerance x that of the start
  std::optional<double> max_seconds = {};
  ChainOptions chain = {};    // penalties, clipping, averaging, accumulation
  double validation = 0;      // share of rows held out (by hash of the row index and the seed)
  std::int64_t patience = 0;  // epochs without a better validation loss before an early stop; 0: never
  std::uint64_t seed = 0;
  std::optional<std::uint64_t> held_out_seed = {};  // of the rows held out; nothing: the seed itself
  std::optional<LinearModel> start = {};  // of the shape that is trained, in the units of the data; NaN stands for what is drawn afresh
  std::function<std::string(std::size_t)> feature_name = {};  // for messages; may be empty
};

/// Fills what ModelOptions leave open, or refuses what does not fit the target (usage error).
Result<ModelOptions> resolve_model(ModelOptions options, const TargetCoding& target);

/// Trains, or goes on with what a checkpoint holds (checkpoint_keeper.hpp). Divergence, a spent budget or a stop are outcomes of the Run;
/// errors are of usage (an option that does not fit).
template <class T>
Result<Run> train(const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model, const TrainOptions& options,
                  ThreadPool& pool, const std::vector<Observer*>& observers = {}, StopToken stop = {}, CheckpointOptions checkpoints = {});

}  // namespace fallline
