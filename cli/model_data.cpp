// SPDX-License-Identifier: Apache-2.0
#include "cli/model_data.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/memory.hpp"
#include "cli/open.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

/// Columns that neither the encoder nor the target knows, nor the weight asked for.
std::vector<std::string> unused_columns(const ModelData& data, const std::string& weight) {
  std::vector<std::string> unused;
  const auto weight_column = weight.empty() ? Result<std::size_t>(data.schema.columns.size()) : find_column(data.schema, weight);
  for (std::size_t i = 0; i < data.schema.columns.size(); ++i) {
    const std::string& name = data.schema.columns[i].name;
    const auto& known = data.model.encoder.columns;
    const bool used = std::any_of(known.begin(), known.end(), [&](const EncodedColumn& column) { return column.name == name; });
    if (!used && !data.model.target.has(name) && !(weight_column && *weight_column == i)) {
      unused.push_back(name);
    }
  }
  return unused;
}

void tell_notes(const ModelData& data, const std::string& weight) {
  for (const std::string& note : data.source->notes()) {
    say(note);
  }
  std::vector<std::string> unused = unused_columns(data, weight);
  constexpr std::size_t few = 10;
  const std::size_t count = unused.size();
  if (count > 0) {
    unused.resize(std::min(count, few));
    say(fmt::format("not used by the model: {}{}", join(unused, ", "),
                    count > few ? fmt::format(" and {} more columns", count - few) : ""));
  }
}

}  // namespace

Result<Words> read_model_request(const std::string& verb, const Arguments& arguments, const OptionList& options, ModelRequest& request) {
  auto words = parse_words(verb, arguments, options);
  if (!words || words->help) {
    return words;
  }
  if (auto applied = apply_words(*words, options); !applied) {
    return applied.error();
  }
  if (words->plain.size() < 2) {
    return wrong_arguments(verb, words->plain.empty() ? "No model and no data were named." : "No data was named.");
  }
  request.model = words->plain.front();
  request.data.paths.assign(words->plain.begin() + 1, words->plain.end());
  request.missing_given = words->options.contains("missing");
  auto settled = settle(request.data);
  settled = settled ? check_memory(request.memory) : settled;
  return settled ? words : settled.error();
}

Result<ModelData> open_model_data(const ModelRequest& request, bool with_target, Memory& memory, ThreadPool& pool, StopToken stop) {
  auto model = load_model(request.model);
  if (!model) {
    return model.error();
  }
  ModelData data{std::move(*model), nullptr, {}};
  DataRequest reading = request.data;
  reading.memory = &memory;
  reading.csv.types = declared_types(data.model.encoder, with_target ? &data.model.target : nullptr);
  reading.csv.only_declared = request.weight.empty();  // a fault in a column that the model does not use is none of its business
  if (!request.missing_given) {
    reading.csv.missing = data.model.encoder.missing;
  }
  if (data.model.encoder.matrix) {
    reading.libsvm = {data.model.encoder.matrix->first_number == 0, data.model.encoder.matrix->numbered()};
  }
  auto source = open_data(reading);
  if (!source) {
    return source.error();
  }
  data.source = std::move(*source);
  auto schema = data.source->scan(pool, stop);
  if (!schema) {
    return schema.error();
  }
  data.schema = std::move(*schema);
  tell_notes(data, request.weight);
  return data;
}

template <class T>
Result<Dataset<T>> encode_model_data(ModelData& data, const ModelRequest& request, bool with_target, Memory& memory, ThreadPool& pool) {
  const Place place{.memory = &memory,
                    .again = may_cache(request.memory) ? nullptr : data.source,
                    .on_store = [&](std::uint64_t bytes) { say(note_of_store(request.memory, bytes)); },
                    .last = true};
  const TargetCoding* target = with_target ? &data.model.target : nullptr;
  auto encoded = encode<T>(*data.source, data.schema, data.model.encoder, target, request.weight, pool, place);
  data.source.reset();
  give_back_freed_memory();
  return encoded;
}

template Result<Dataset<float>> encode_model_data(ModelData&, const ModelRequest&, bool, Memory&, ThreadPool&);
template Result<Dataset<double>> encode_model_data(ModelData&, const ModelRequest&, bool, Memory&, ThreadPool&);

}  // namespace fallline::cli
