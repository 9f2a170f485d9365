// SPDX-License-Identifier: Apache-2.0
// fallline predict: a line of CSV a row, in the order of the data.
#include <fmt/format.h>

#include <iterator>

#include "cli/csv_cell.hpp"
#include "cli/model_data.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "fallline/train/evaluate.hpp"

namespace fallline::cli {

namespace {

std::string header(const Model& model) {
  std::string line = "prediction";
  if (model.linear.probabilities) {
    for (const std::string& name : model.target.classes) {
      line += "," + csv_cell("p_" + name);
    }
  }
  return line + "\n";
}

/// Numbers in the shortest form that reads back as the same: probabilities in T, the type of the model, predicted numbers in double.
template <class T>
std::string predictions_csv(const Model& model, const Predictions& predictions) {
  std::vector<std::string> labels;
  for (const std::string& name : model.target.classes) {
    labels.push_back(csv_cell(name));
  }
  const std::size_t rows = predictions.values.size();
  const std::size_t probabilities = rows == 0 ? 0 : predictions.probabilities.size() / rows;
  fmt::memory_buffer out;
  out.append(header(model));
  const auto put = std::back_inserter(out);
  for (std::size_t row = 0; row < rows; ++row) {
    const double value = predictions.values[row];
    if (model.linear.head == HeadKind::value) {
      fmt::format_to(put, "{}", value);
    } else {
      out.append(labels.at(static_cast<std::size_t>(value)));
    }
    for (std::size_t k = 0; k < probabilities; ++k) {
      fmt::format_to(put, ",{}", static_cast<T>(predictions.probabilities[row * probabilities + k]));
    }
    out.push_back('\n');
  }
  return fmt::to_string(out);
}

template <class T>
Result<std::string> predict_as(ModelData& data, ThreadPool& pool) {
  const auto encoded = encode<T>(*data.source, data.schema, data.model.encoder, nullptr, "", pool);
  if (!encoded) {
    return encoded.error();
  }
  data.source.reset();
  return predictions_csv<T>(data.model, predict(data.model, *encoded, pool));
}

Result<void> check_out(const std::string& out) {
  for (const char* later : {".parquet", ".arrow", ".feather"}) {
    if (out.ends_with(later)) {
      return usage_error(fmt::format("--out {}: this version writes CSV only; name a .csv file.", out));
    }
  }
  return out.empty() ? Result<void>() : check_writable(out);
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
  const auto csv = data->model.linear.double_precision ? predict_as<double>(*data, pool) : predict_as<float>(*data, pool);
  if (!csv) {
    return csv.error();
  }
  const auto written = request.out.empty() ? print(*csv) : write_output(request.out, *csv);
  return written ? Result<int>(0) : written.error();
}

}  // namespace fallline::cli
