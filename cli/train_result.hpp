// SPDX-License-Identifier: Apache-2.0
// What a training run came to, and how it is told: the summary, the final JSON object, the model's own account, the run directory.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cli/options.hpp"
#include "cli/starts.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/train/model_file.hpp"
#include "fallline/train/online.hpp"
#include "fallline/train/run.hpp"

namespace fallline::cli {

struct TrainResult {
  std::vector<std::string> notes;     // of the source and the encoder
  std::vector<std::string> warnings;  // of the data and the run
  FittedEncoder fitted;
  Run run;
  StartsTold starts;  // of --restarts
  std::size_t rows = 0;
  std::optional<Progressive> progressive;                     // of --online
  std::vector<std::pair<std::string, double>> class_weights;  // where they were asked for
  double read_seconds = 0;
  double train_seconds = 0;
  double total_seconds = 0;
  std::string model_path;  // empty where no model was written
};

/// converged, budget, early_stopped: 0; else as in surfaces.
int exit_code(Outcome outcome);

/// A few aligned lines for a person.
std::string summary_text(const TrainResult& result);

/// The final object of train --json.
std::string summary_json(const TrainResult& result, const TrainRequest& request);

/// The account of the training that goes into the model: the same for any machine, place and number of threads.
std::string trained_json(const TrainResult& result, const TrainRequest& request);

/// history.csv, events.jsonl, timings.json and, unless the run diverged, model.onnx.
Result<void> write_run_directory(const TrainResult& result, const TrainRequest& request, const std::string& model_bytes);

}  // namespace fallline::cli
