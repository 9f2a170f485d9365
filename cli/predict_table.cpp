// SPDX-License-Identifier: Apache-2.0
#include "cli/predict_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "cli/csv_cell.hpp"
#include "cli/open_format.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/data/arrow/table.hpp"
#include "fallline/data/compressed/compressed.hpp"

namespace fallline::cli {

namespace {

std::size_t probabilities_a_row(const Predictions& predictions) {
  return predictions.rows == 0 ? 0 : predictions.probabilities.size() / predictions.rows;
}

/// "prediction", or of several targets "prediction_NAME" of each.
std::vector<std::string> prediction_names(const Model& model) {
  if (model.target.count() == 1) {
    return {"prediction"};
  }
  std::vector<std::string> names;
  for (const std::string& name : model.target.names()) {
    names.push_back("prediction_" + name);
  }
  return names;
}

std::string header(const Model& model) {
  std::string line;
  for (const std::string& name : prediction_names(model)) {
    line += (line.empty() ? "" : ",") + csv_cell(name);
  }
  if (model.linear.probabilities) {
    for (const std::string& name : model.target.classes) {
      line += "," + csv_cell("p_" + name);
    }
  }
  return line + "\n";
}

template <class T>
std::string csv_rows(const Model& model, const Predictions& predictions) {
  std::vector<std::string> labels;
  for (const std::string& name : model.target.classes) {
    labels.push_back(csv_cell(name));
  }
  const std::size_t probabilities = probabilities_a_row(predictions);
  const std::size_t targets = model.target.count();
  fmt::memory_buffer out;
  const auto put = std::back_inserter(out);
  for (std::size_t row = 0; row < predictions.rows; ++row) {
    const double* values = predictions.values.data() + row * targets;
    if (model.linear.head == HeadKind::value) {
      fmt::format_to(put, "{}", *values);
      for (std::size_t k = 1; k < targets; ++k) {
        fmt::format_to(put, ",{}", values[k]);
      }
    } else {
      out.append(labels.at(static_cast<std::size_t>(*values)));
    }
    for (std::size_t k = 0; k < probabilities; ++k) {
      fmt::format_to(put, ",{}", static_cast<T>(predictions.probabilities[row * probabilities + k]));
    }
    out.push_back('\n');
  }
  return fmt::to_string(out);
}

/// What each class is called, in the type that all of them fit: whole numbers, numbers or texts.
template <class Cell>
std::vector<Cell> classes_of_rows(const std::vector<Cell>& classes, const Predictions& predictions) {
  std::vector<Cell> cells;
  cells.reserve(predictions.values.size());
  for (const double value : predictions.values) {
    cells.push_back(classes.at(static_cast<std::size_t>(value)));
  }
  return cells;
}

/// The names as numbers; none where one of them is no such number.
template <class Parse>
auto as_numbers(const std::vector<std::string>& names, const Parse& parse) {
  std::vector<typename decltype(parse(names.front()))::value_type> numbers;
  for (const std::string& name : names) {
    const auto number = parse(name);
    if (!number.has_value()) {
      return decltype(numbers)();
    }
    numbers.push_back(number.value());
  }
  return numbers;
}

std::vector<ArrowColumn> number_columns(const Model& model, const Predictions& predictions) {
  const std::vector<std::string> names = prediction_names(model);
  std::vector<ArrowColumn> columns;
  for (std::size_t k = 0; k < names.size(); ++k) {
    std::vector<double> cells;
    for (std::size_t row = 0; row < predictions.rows; ++row) {
      cells.push_back(predictions.values[row * names.size() + k]);
    }
    columns.push_back({names[k], std::move(cells)});
  }
  return columns;
}

ArrowColumn class_column(const Model& model, const Predictions& predictions) {
  const std::vector<std::string>& classes = model.target.classes;
  if (!model.target.numeric) {
    return {"prediction", classes_of_rows(classes, predictions)};
  }
  const auto whole = as_numbers(classes, [](const std::string& name) { return parse_int(name); });
  if (!whole.empty()) {
    return {"prediction", classes_of_rows(whole, predictions)};
  }
  return {"prediction", classes_of_rows(as_numbers(classes, [](const std::string& name) { return parse_double(name); }), predictions)};
}

template <class T>
std::vector<ArrowColumn> table_of(const Model& model, const Predictions& predictions) {
  if (model.linear.head == HeadKind::value) {
    return number_columns(model, predictions);
  }
  std::vector<ArrowColumn> columns{class_column(model, predictions)};
  const std::size_t probabilities = probabilities_a_row(predictions);
  for (std::size_t k = 0; k < probabilities; ++k) {
    std::vector<T> cells;
    cells.reserve(predictions.rows);
    for (std::size_t row = 0; row < predictions.rows; ++row) {
      cells.push_back(static_cast<T>(predictions.probabilities[row * probabilities + k]));
    }
    columns.push_back({"p_" + model.target.classes[k], std::move(cells)});
  }
  return columns;
}

/// Parquet or Arrow, or nothing for CSV.
std::optional<ArrowFormat> arrow_format_of(const std::string& path) {
  const Format* format = format_of_name(path);
  const std::string_view name = format != nullptr ? format->name : "";
  return name == "parquet" ? std::optional(ArrowFormat::parquet) : name == "arrow" ? std::optional(ArrowFormat::ipc) : std::nullopt;
}

}  // namespace

Result<void> check_prediction_form(const std::string& path) {
  if (arrow_format_of(path)) {
    return arrow_is_built();
  }
  const Format* format = format_of_name(path);
  if (compression_of(path) != Compression::none || (format != nullptr && format->name != "csv")) {
    return usage_error(fmt::format("--out {}: predictions are written as .csv, .parquet or .arrow.", path));
  }
  return {};
}

Result<std::unique_ptr<PredictionTable>> PredictionTable::begin(const Model& model, const std::string& path) {
  std::optional<NewFile> file;
  if (!path.empty()) {
    Result<NewFile> begun = NewFile::begin(path);
    if (!begun) {
      return begun.error();
    }
    file.emplace(std::move(*begun));
  }
  std::unique_ptr<PredictionTable> table(new PredictionTable(model, std::move(file)));
  if (const std::optional<ArrowFormat> format = arrow_format_of(path)) {
    table->writer_ = arrow_writer(*format, [to = table.get()](std::string_view bytes) { return to->put(bytes); });
    return table;
  }
  const Result<void> put = table->put(header(model));
  return put ? Result<std::unique_ptr<PredictionTable>>(std::move(table)) : put.error();
}

Result<void> PredictionTable::put(std::string_view bytes) { return file_ ? file_->append(bytes) : print(bytes); }

Result<void> PredictionTable::append(const Predictions& predictions) {
  const bool wide = model_.linear.double_precision;
  if (!writer_) {
    return put((wide ? csv_rows<double> : csv_rows<float>)(model_, predictions));
  }
  ArrowSchema schema{};
  ArrowArray rows{};
  export_table((wide ? table_of<double> : table_of<float>)(model_, predictions), &schema, &rows);
  return writer_->append(&schema, &rows);
}

Result<void> PredictionTable::finish() {
  const Result<void> closed = writer_ ? writer_->finish() : Result<void>();
  return closed && file_ ? file_->finish() : closed;
}

}  // namespace fallline::cli
