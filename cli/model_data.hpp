// SPDX-License-Identifier: Apache-2.0
// What predict and evaluate share: a model, and data read as the model's columns are.
#pragma once

#include <memory>
#include <string>

#include "cli/options.hpp"
#include "cli/parse.hpp"
#include "cli/verbs.hpp"
#include "fallline/base/memory.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/source.hpp"
#include "fallline/train/model_file.hpp"

namespace fallline::cli {

/// Reads the words of `verb MODEL DATA...` into the request. help is set where only that was asked for.
Result<Words> read_model_request(const std::string& verb, const Arguments& arguments, const OptionList& options, ModelRequest& request);

struct ModelData {
  Model model;
  std::shared_ptr<Source> source;
  Schema schema;
};

/// Loads the model and scans the data, columns of the types they had in training; the target's too where `with_target`. Columns that the
/// model does not use are told in one note on stderr. memory: the ceiling, which outlives the data.
Result<ModelData> open_model_data(const ModelRequest& request, bool with_target, Memory& memory, ThreadPool& pool, StopToken stop);

/// All rows of the data as the model's features, in memory or in a file, with the target where `with_target`. The source is used up.
template <class T>
Result<Dataset<T>> encode_model_data(ModelData& data, const ModelRequest& request, bool with_target, Memory& memory, ThreadPool& pool);

}  // namespace fallline::cli
