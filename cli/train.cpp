// SPDX-License-Identifier: Apache-2.0
// fallline train: read, fit the encoder, encode, train, save, tell.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "cli/config.hpp"
#include "cli/narrator.hpp"
#include "cli/online.hpp"
#include "cli/output.hpp"
#include "cli/parse.hpp"
#include "cli/resume.hpp"
#include "cli/terminal.hpp"
#include "cli/train_result.hpp"
#include "cli/training.hpp"
#include "cli/verbs.hpp"
#include "fallline/base/file.hpp"

namespace fallline::cli {

namespace {

/// Told at once rather than after a long run.
Result<void> check_outputs(const TrainRequest& request) {
  if (auto well = check_writable(request.out); !well || request.run.empty()) {
    return well;
  }
  std::error_code fault;
  std::filesystem::create_directories(request.run, fault);
  if (fault) {
    return no_room_error(
        fmt::format("The run directory {} cannot be made: {}. Name another place with --run.", request.run, fault.message()));
  }
  return check_writable(request.run + "/model.onnx");
}

/// Where the run keeps its state; what there is to go on from, or a directory made ready for a new run. config.json stands from the start,
/// so that a run that is cut off at any moment can be gone on with.
Result<CheckpointOptions> prepare_run(const TrainRequest& request, const OptionList& options) {
  CheckpointOptions checkpoints = request.checkpoints;
  if (request.run.empty()) {
    return checkpoints;
  }
  checkpoints.folder = request.run;
  checkpoints.options = kept_options(options);
  if (request.resume.empty()) {
    if (const std::string warning = clear_for_new_run(request.run); !warning.empty()) {
      Narrator(request.log).tell("warning", warning);
    }
  } else {
    auto found = take_up(request.run, checkpoints.options);
    if (!found) {
      return found.error();
    }
    checkpoints.resume = std::move(*found);
  }
  const auto written = write_file_whole(request.run + "/config.json", config_text(options, request.data.paths));
  return written ? Result<CheckpointOptions>(std::move(checkpoints)) : written.error();
}

/// The model goes out unless the run diverged.
Result<void> save(TrainResult& result, const TrainRequest& request, Clock::time_point begun) {
  std::string bytes;
  if (result.run.outcome != Outcome::diverged) {
    bytes = model_to_onnx({result.fitted.encoder, result.fitted.target, result.run.model, trained_json(result, request)});
    if (auto written = write_output(request.out, bytes); !written) {
      return written;
    }
    result.model_path = request.out;
  }
  result.total_seconds = seconds_since(begun);
  return request.run.empty() ? Result<void>() : write_run_directory(result, request, bytes);
}

/// The request as the command line and the file of --config have it together.
Result<Words> read_request(const Arguments& arguments, const OptionList& options, TrainRequest& request) {
  auto words = parse_words("train", arguments, options);
  if (!words || words->help) {
    return words;
  }
  if (const auto config = words->options.find("config"); config != words->options.end()) {
    if (auto read = read_config(config->second.back(), options, *words); !read) {
      return read.error();
    }
  }
  if (auto read = read_resumed(options, *words); !read) {
    return read.error();
  }
  if (auto applied = apply_words(*words, options); !applied) {
    return applied.error();
  }
  request.data.paths = words->plain;
  if (request.data.paths.empty()) {
    return wrong_arguments("train", "No data was named.");
  }
  auto settled = settle(request);
  return settled ? words : settled.error();
}

}  // namespace

Result<int> run_train(const Arguments& arguments, StopToken stop) {
  const Clock::time_point begun = Clock::now();
  TrainRequest request;
  const OptionList options = train_options(request);
  const auto words = read_request(arguments, options, request);
  if (!words) {
    return words.error();
  }
  if (words->help) {
    return print_help("train", options);
  }
  if (request.explain_input) {
    const auto text = explain_training(request, stop);
    const auto told = text ? print(*text) : Result<void>(text.error());
    return told ? Result<int>(0) : told.error();
  }
  if (auto well = check_outputs(request); !well) {
    return well.error();
  }
  auto checkpoints = prepare_run(request, options);
  if (!checkpoints) {
    return checkpoints.error();
  }
  request.memory.run = request.run;
  auto result = request.online ? run_online(request, std::move(*checkpoints), begun, stop)
                               : run_training(request, std::move(*checkpoints), begun, stop);
  if (!result) {
    return result.error();
  }
  if (auto saved = save(*result, request, begun); !saved) {
    return saved.error();
  }
  if (auto told = print(request.json ? summary_json(*result, request) : summary_text(*result)); !told) {
    return told.error();
  }
  return exit_code(result->run.outcome);
}

}  // namespace fallline::cli
