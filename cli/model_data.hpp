// SPDX-License-Identifier: Apache-2.0
// What predict and evaluate share: a model, and data read as the model's columns are.
#pragma once

#include <memory>
#include <string>

#include "cli/options.hpp"
#include "cli/parse.hpp"
#include "cli/verbs.hpp"
#include "fallline/data/source.hpp"
#include "fallline/train/model_file.hpp"

namespace fallline::cli {

/// Reads the words of `verb MODEL DATA...` into the request. help is set where only that was asked for.
Result<Words> read_model_request(const std::string& verb, const Arguments& arguments, const OptionList& options, ModelRequest& request);

struct ModelData {
  Model model;
  std::unique_ptr<Source> source;
  Schema schema;
};

/// Loads the model and scans the data, columns of the types they had in training; the target's too where `with_target`. Columns that the
/// model does not use are told in one note on stderr.
Result<ModelData> open_model_data(const ModelRequest& request, bool with_target, ThreadPool& pool, StopToken stop);

}  // namespace fallline::cli
