// SPDX-License-Identifier: Apache-2.0
// fallline predict: a row of predictions for each row of the data, in its order.
#include <fmt/format.h>

#include "cli/memory.hpp"
#include "cli/model_data.hpp"
#include "cli/output.hpp"
#include "cli/predict_table.hpp"
#include "cli/terminal.hpp"
#include "fallline/train/evaluate.hpp"
#include "fallline/train/row_blocks.hpp"

namespace fallline::cli {

namespace {

Error stopped(const std::string& out) {
  return {ErrorCode::interrupted,
          "Stopped before all rows were predicted" + (out.empty() ? "." : fmt::format("; {} was not written.", out))};
}

/// All rows are encoded before the first is written, so that a fault of the data leaves nothing behind.
template <class T>
Result<void> predict_as(ModelData& data, const ModelRequest& request, Memory& memory, ThreadPool& pool, StopToken stop) {
  const auto encoded = encode_model_data<T>(data, request, false, memory, pool);
  if (!encoded) {
    return encoded.error();
  }
  auto table = PredictionTable::begin(data.model, request.out);
  if (!table) {
    return table.error();
  }
  const std::size_t block = rows_of_a_block(2 + data.model.linear.outputs + data.model.target.classes.size());
  const auto written = each_block<T>(*encoded, block, [&](const Rows<T>& rows, std::span<const std::uint32_t> numbers) -> Result<void> {
    return stop.stop_requested() ? stopped(request.out) : (*table)->append(predict(data.model, rows, numbers, pool));
  });
  return written ? (*table)->finish() : written;
}

Result<void> check_out(const std::string& out) {
  if (out.empty()) {
    return {};
  }
  const Result<void> form = check_prediction_form(out);
  return form ? check_writable(out) : form;
}

}  // namespace

Result<int> run_predict(const Arguments& arguments, StopToken stop) {
  ModelRequest request;
  const OptionList options = predict_options(request);
  const auto words = read_model_request("predict", arguments, options, request);
  if (!words) {
    return words.error();
  }
  if (words->help) {
    return print_help("predict", options);
  }
  if (auto well = check_out(request.out); !well) {
    return well.error();
  }
  ThreadPool pool(request.threads);
  Memory memory(limit_of(request.memory), folder_of(request.memory), may_cache(request.memory));
  auto data = open_model_data(request, false, memory, pool, stop);
  if (!data) {
    return data.error();
  }
  const bool wide = data->model.linear.double_precision;
  const auto written = (wide ? predict_as<double> : predict_as<float>)(*data, request, memory, pool, stop);
  return written ? Result<int>(0) : written.error();
}

}  // namespace fallline::cli
