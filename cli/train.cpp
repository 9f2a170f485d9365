// SPDX-License-Identifier: Apache-2.0
// fallline train: read, fit the encoder, encode, train, save, tell.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "cli/config.hpp"
#include "cli/output.hpp"
#include "cli/parse.hpp"
#include "cli/terminal.hpp"
#include "cli/train_result.hpp"
#include "cli/training.hpp"
#include "cli/verbs.hpp"

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

/// The model goes out unless the run diverged.
Result<void> save(TrainResult& result, const TrainRequest& request, const std::string& config, Clock::time_point begun) {
  std::string bytes;
  if (result.run.outcome != Outcome::diverged) {
    bytes = model_to_onnx({result.fitted.encoder, result.fitted.target, result.run.model, trained_json(result, request)});
    if (auto written = write_output(request.out, bytes); !written) {
      return written;
    }
    result.model_path = request.out;
  }
  result.total_seconds = seconds_since(begun);
  return request.run.empty() ? Result<void>() : write_run_directory(result, request, config, bytes);
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
  auto result = run_training(request, begun, stop);
  if (!result) {
    return result.error();
  }
  if (auto saved = save(*result, request, config_text(options, request.data.paths), begun); !saved) {
    return saved.error();
  }
  if (auto told = print(request.json ? summary_json(*result, request) : summary_text(*result)); !told) {
    return told.error();
  }
  return exit_code(result->run.outcome);
}

}  // namespace fallline::cli
