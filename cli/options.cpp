// SPDX-License-Identifier: Apache-2.0
#include "cli/options.hpp"

#include "cli/online.hpp"
#include "cli/options_special.hpp"
#include "cli/resume.hpp"

namespace fallline::cli {

namespace {

constexpr Range at_least_one{1, 1e15};
constexpr Range at_most_threads{0, 4096};

void add_dialect(OptionList& list, DataRequest& to) {
  list.group("Reading the data");
  add_format(list, to);
  add_header(list, to);
  add_delimiter(list, to);
  add_decimal(list, to);
  add_comment(list, to);
  add_encoding(list, to);
  add_missing(list, to);
}

void add_threads(OptionList& list, std::size_t& to) {
  list.number("threads", "N", FieldKind::integer, at_most_threads, "threads, 0 for all cores; results do not depend on it", to);
}

void add_columns(OptionList& list, TrainRequest& to) {
  list.group("Columns");
  list.text("target", "NAME|@K,...", "the column to predict, by name or index (@0 is the first, @-1 the last), or several of numbers",
            to.encoder.target);
  list.text("labels", "FILE", "the file of labels that goes with .npy or IDX data; they are the column label", to.data.labels);
  list.list("features", "A,B", "columns used; without it all but target and weight", to.encoder.features);
  list.list("ignore", "A,B", "columns left out", to.encoder.ignore);
  list.text("weight", "NAME|@K", "column of row weights; without it every row weighs 1", to.encoder.weight);
  add_types(list, to.data);
  add_encoder(list, to.encoder);
  add_class_weight(list, to.class_weights);
}

void add_model(OptionList& list, TrainRequest& to) {
  list.group("Model");
  add_model_name(list, to.model);
  list.choice(
      "task", "auto|regression|classification", "what a target of small whole numbers means",
      [&to](std::size_t at) { to.task = static_cast<Task>(at); }, [&to] { return static_cast<std::size_t>(to.task); });
  add_loss_name(list, to.model);
  list.number("huber-delta", "D", FieldKind::real, positive, "where the Huber loss turns straight, in standard deviations of the target",
              to.huber_delta);
  list.number("quantile-tau", "T", FieldKind::real, Range{0, 1, true, true}, "the quantile that the quantile loss aims at",
              to.quantile_tau);
  list.number("label-smoothing", "E", FieldKind::real, below_one,
              "share of the target that all classes get alike (logistic, cross_entropy)", to.model.label_smoothing);
  add_no_intercept(list, to.model);
  add_output_activation(list, to.model);
  add_network(list, to.model);
  add_starts(list, to);
}

void add_method(OptionList& list, TrainOptions& to) {
  list.group("Method");
  list.text("optimizer", "NAME[:FIELD=VALUE,...]", "update rule and its settings, or auto; see fallline list optimizers", to.optimizer);
  add_learning_rate(list, to);
  list.text("schedule", "NAME[:FIELD=VALUE,...]", "course of the learning rate; without it one that ends the run well", to.schedule);
  add_batch_size(list, to);
  list.on_off("shuffle", "a fresh order of rows each epoch, by the seed", to.shuffle);
  list.number("shuffle-window", "ROWS", FieldKind::integer, at_least_one,
              "rows shuffled among one another; without it all of up to 64 MiB of encoded rows", to.shuffle_window);
  add_chain(list, to.chain);
}

void add_budget(OptionList& list, TrainRequest& to) {
  list.group("Budget and stopping");
  list.number("epochs", "N", FieldKind::integer, at_least_one, "most passes over the data", to.train.epochs);
  list.number("steps", "N", FieldKind::integer, at_least_one, "most optimiser steps", to.train.steps);
  list.number("tolerance", "T", FieldKind::real, positive, "converged once the full gradient is this share of its length at the start",
              to.train.tolerance);
  list.number("max-seconds", "S", FieldKind::real, positive, "most seconds of training", to.train.max_seconds);
  list.number("validation", "FRACTION", FieldKind::real, below_one, "share of the rows held out, picked by row index and seed",
              to.train.validation);
  list.number("patience", "N", FieldKind::integer, Range{0, 1e9}, "stop after N epochs without a better validation loss; 0 never",
              to.train.patience);
}

void add_running(OptionList& list, TrainRequest& to) {
  list.group("Running");
  list.number("seed", "N", FieldKind::integer, Range{0, 9e15}, "seed of everything random", to.train.seed);
  add_threads(list, to.threads);
  add_memory(list, to.memory);
  list.choice(
      "precision", "float|double", "numbers of data and model", [&to](std::size_t at) { to.double_precision = at == 1; },
      [&to] { return to.double_precision ? 1U : 0U; });
  list.flag("explain-input", "print how each column would be understood and encoded, and stop", to.explain_input);
  list.text("out", "FILE", "where the model goes", to.out);
  list.text("run", "DIR", "folder for config.json, checkpoints, history.csv, events.jsonl, timings.json and the model", to.run);
  add_checkpoints(list, to);
  list.choice(
      "log", "text|json|quiet", "progress on stderr", [&to](std::size_t at) { to.log = static_cast<LogForm>(at); },
      [&to] { return static_cast<std::size_t>(to.log); });
  list.flag("json", "one JSON object on stdout in place of the summary", to.json);
  list.text("config", "FILE.json", "options by the same names; those given on the command line win", to.config);
}

}  // namespace

OptionList train_options(TrainRequest& to) {
  OptionList list;
  add_columns(list, to);
  add_dialect(list, to.data);
  add_model(list, to);
  add_method(list, to.train);
  add_budget(list, to);
  add_online(list, to);
  add_running(list, to);
  return list;
}

OptionList predict_options(ModelRequest& to) {
  OptionList list;
  add_dialect(list, to.data);
  list.group("Running");
  list.text("out", "FILE", "where the predictions go, as .csv, .parquet or .arrow; without it CSV to stdout", to.out);
  add_threads(list, to.threads);
  add_memory(list, to.memory);
  return list;
}

OptionList evaluate_options(ModelRequest& to) {
  OptionList list;
  add_dialect(list, to.data);
  list.text("labels", "FILE", "the file of labels that goes with .npy or IDX data; they are the column label", to.data.labels);
  list.group("Running");
  list.text("weight", "NAME|@K", "column of row weights; without it every row weighs 1", to.weight);
  list.number("bootstrap", "N", FieldKind::integer, Range{0, 1e6},
              "95% intervals of the metrics from N samples of the rows with replacement (1000, say); 0 none", to.bootstrap);
  list.number("seed", "N", FieldKind::integer, Range{0, 9e15}, "seed of those samples", to.seed);
  add_threads(list, to.threads);
  add_memory(list, to.memory);
  list.flag("json",
            "one JSON object on stdout in place of the tables: rows; numbers: rmse, mae, r2, loss, residuals (quantiles of target - "
            "prediction: min, p5, p25, median, p75, p95, max), of several targets the plain means and per_target; classes: log_loss, "
            "accuracy, balanced_accuracy, auc of two classes or "
            "auc_ovr and auc_ovr_weighted of more (each against the rest, the plain mean and the one weighted by support), confusion, "
            "per_class (class, precision, recall, f1, support), calibration (probability_of, error, bins of predicted, observed, rows); "
            "with --bootstrap: intervals (low and high of each metric)",
            to.json);
  return list;
}

OptionList show_options(ModelRequest& to) {
  OptionList list;
  list.group("Output");
  list.flag("json", "one JSON object on stdout in place of the table", to.json);
  list.flag("csv", "coefficients as CSV: feature,coefficient,standardized; class or target in front where there are several", to.csv);
  return list;
}

OptionList list_options(bool& json) {
  OptionList list;
  list.group("Output");
  list.flag("json", "one JSON object on stdout in place of the tables", json);
  return list;
}

}  // namespace fallline::cli
