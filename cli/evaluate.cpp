// SPDX-License-Identifier: Apache-2.0
// fallline evaluate: the metrics of a model on labelled data.
#include "fallline/train/evaluate.hpp"

#include "cli/evaluate_result.hpp"
#include "cli/memory.hpp"
#include "cli/model_data.hpp"
#include "cli/terminal.hpp"

namespace fallline::cli {

namespace {

template <class T>
Result<Metrics> evaluate_as(ModelData& data, const ModelRequest& request, Memory& memory, ThreadPool& pool) {
  const auto encoded = encode_model_data<T>(data, request, true, memory, pool);
  return encoded ? evaluate(data.model, *encoded, pool, {request.bootstrap, request.seed, &memory}) : encoded.error();
}

}  // namespace

Result<int> run_evaluate(const Arguments& arguments, StopToken stop) {
  ModelRequest request;
  const OptionList options = evaluate_options(request);
  const auto words = read_model_request("evaluate", arguments, options, request);
  if (!words) {
    return words.error();
  }
  if (words->help) {
    return print_help("evaluate", options);
  }
  ThreadPool pool(request.threads);
  Memory memory(limit_of(request.memory), folder_of(request.memory), may_cache(request.memory));
  auto data = open_model_data(request, true, memory, pool, stop);
  if (!data) {
    return data.error();
  }
  const bool wide = data->model.linear.double_precision;
  const auto metrics = (wide ? evaluate_as<double> : evaluate_as<float>)(*data, request, memory, pool);
  if (!metrics) {
    return metrics.error();
  }
  const TargetCoding& target = data->model.target;
  const auto told = print(request.json ? metrics_json(*metrics, target) : metrics_text(*metrics, target));
  return told ? Result<int>(0) : told.error();
}

}  // namespace fallline::cli
