// SPDX-License-Identifier: Apache-2.0
// What a user asks of each verb, and the one table of the options that say it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/option.hpp"
#include "fallline/data/csv.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/libsvm.hpp"
#include "fallline/train/train.hpp"

namespace fallline::cli {

/// Which data, and how its text is to be read.
struct DataRequest {
  std::vector<std::string> paths;  // files, globs, or "-" alone for stdin
  std::string format;              // a name of open_format.hpp; empty: by the file's name
  std::string labels;              // of .npy and IDX: the file of the target, or empty
  bool delimiter_given = false;    // else by the format
  CsvOptions csv;
  std::vector<std::string> only;    // the only columns that are looked at, where the format can leave out others; empty: all
  std::vector<std::string> ignore;  // columns that are not looked at
  LibsvmOptions libsvm;
  Memory* memory = nullptr;  // the ceiling that the source keeps, which outlives it; null: none
};

/// limit: bytes, as `text` says; nothing: half of what is free. cache: on, off, or the folder for a file of what does not fit. run: that of
/// the run, which is made before anything is read; "" for none.
struct MemoryRequest {
  std::optional<std::uint64_t> limit;
  std::string text;
  std::string cache = "on";
  std::string run = {};
};

enum class LogForm { text, json, quiet };

struct TrainRequest {
  DataRequest data;
  EncoderOptions encoder;
  ClassWeights class_weights;
  Task task = Task::automatic;
  ModelOptions model;
  std::optional<double> huber_delta;  // settings of the loss by their own options
  std::optional<double> quantile_tau;
  TrainOptions train;
  bool online = false;               // a stream that need not end
  std::size_t first_rows = 1000;     // of it that are held at the start
  std::optional<std::size_t> width;  // numbered features that there is room for
  std::string init_from;             // a model to start from, or empty
  std::size_t restarts = 1;          // random starts, the best of which is kept
  std::size_t threads = 0;           // 0: all cores
  MemoryRequest memory;
  bool double_precision = false;
  std::string out = "model.onnx";
  std::string run;     // run directory, or empty
  std::string resume;  // the run directory to go on in, or empty; then `run` is the same
  CheckpointOptions checkpoints;
  LogForm log = LogForm::text;
  bool json = false;
  bool explain_input = false;  // tell what would be trained on, and stop
  std::string config;
};

/// predict, evaluate: a model and data. show: a model.
struct ModelRequest {
  std::string model;
  DataRequest data;
  bool missing_given = false;  // else as in training
  std::string weight;
  std::size_t threads = 0;
  MemoryRequest memory;
  std::int64_t bootstrap = 0;  // evaluate: samples of the rows for intervals
  std::uint64_t seed = 0;
  std::string out;
  bool json = false;
  bool csv = false;
};

OptionList train_options(TrainRequest& to);
OptionList predict_options(ModelRequest& to);
OptionList evaluate_options(ModelRequest& to);
OptionList show_options(ModelRequest& to);
OptionList list_options(bool& json);

/// What options say together: the loss with its settings; names of optimizer and schedule that are not known. Usage errors.
Result<void> settle(TrainRequest& request);
Result<void> settle(DataRequest& request);

}  // namespace fallline::cli
