// SPDX-License-Identifier: Apache-2.0
// fallline predict: a row of predictions for each row of the data, in its order.
#include "cli/model_data.hpp"
#include "cli/output.hpp"
#include "cli/predict_table.hpp"
#include "cli/terminal.hpp"
#include "fallline/train/evaluate.hpp"

namespace fallline::cli {

namespace {

template <class T>
Result<std::string> predict_as(ModelData& data, const std::string& out, ThreadPool& pool) {
  const auto encoded = encode<T>(*data.source, data.schema, data.model.encoder, nullptr, "", pool);
  if (!encoded) {
    return encoded.error();
  }
  data.source.reset();
  return prediction_file<T>(data.model, predict(data.model, *encoded, pool), out);
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
  auto data = open_model_data(request, false, pool, stop);
  if (!data) {
    return data.error();
  }
  const std::string& out = request.out;
  const auto bytes = data->model.linear.double_precision ? predict_as<double>(*data, out, pool) : predict_as<float>(*data, out, pool);
  if (!bytes) {
    return bytes.error();
  }
  const auto written = out.empty() ? print(*bytes) : write_output(out, *bytes);
  return written ? Result<int>(0) : written.error();
}

}  // namespace fallline::cli
