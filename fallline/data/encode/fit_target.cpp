// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/fit_target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/statistics.hpp"

namespace fallline::encoding {

namespace {

constexpr std::size_t most_classes = 1000;
constexpr std::size_t few_values = 20;  // so many whole numbers may be classes

/// The distinct values with their counts, or more than `most_classes` of them cut short.
struct Values {
  std::vector<std::string> names;
  std::vector<std::uint64_t> counts;
  bool whole = true;  // whole numbers only
  bool many = false;
};

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

Result<void> refuse_missing(Source& source, const Schema& schema, std::size_t column, ThreadPool& pool) {
  return source.read(std::span(&column, 1), pool, [&](const Chunk& chunk) -> Result<void> {
    for (std::size_t i = 0; i < chunk.rows; ++i) {
      const Column& cells = chunk.columns[0];
      if (schema.columns[column].type == ColumnType::text ? cells.codes[i] < 0 : std::isnan(cells.numbers[i])) {
        return data_error(
            fmt::format("The target {} is missing in {}. A row without target cannot be learnt from: fill it in or take the row out.",
                        quoted(schema.columns[column].name), row_name(chunk.first_row + i)));
      }
    }
    return {};
  });
}

Values values_of_text(const std::vector<std::string>& levels, const Statistics& statistics) {
  Values values;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (statistics.counts[i] > 0) {
      values.names.push_back(levels[i]);
      values.counts.push_back(statistics.counts[i]);
    }
  }
  values.many = values.names.size() > most_classes;
  return values;
}

/// How often values occur. The first few of them are counted all at once, which most targets have no more of.
class ValueCounts {
 public:
  void add(std::span<const double> numbers) {
    for (; numbers.size() > some; numbers = numbers.subspan(some)) {
      add_some(numbers.first(some));
    }
    add_some(numbers);
  }

  bool many() const { return counts_.size() > most_classes; }
  const std::map<double, std::uint64_t>& counts() const { return counts_; }

 private:
  static constexpr std::size_t few = 8;
  static constexpr std::size_t some = 1024;

  void add_some(std::span<const double> numbers) {
    std::size_t known = 0;
    std::vector<std::size_t> times;
    for (const double value : first_ones_) {
      times.push_back(static_cast<std::size_t>(std::count(numbers.begin(), numbers.end(), value)));
      known += times.back();
    }
    if (known == numbers.size()) {
      for (std::size_t i = 0; i < times.size(); ++i) {
        counts_[first_ones_[i]] += times[i];
      }
      return;
    }
    for (std::size_t i = 0; i < numbers.size() && !many(); ++i) {
      const double value = numbers[i] == 0 ? 0.0 : numbers[i];  // -0 is 0
      if (++counts_[value] == 1 && first_ones_.size() < few) {
        first_ones_.push_back(value);
      }
    }
  }

  std::map<double, std::uint64_t> counts_;
  std::vector<double> first_ones_;
};

Result<Values> values_of_numbers(Source& source, std::size_t column, ThreadPool& pool) {
  ValueCounts counts;
  const Result<void> well = source.read(std::span(&column, 1), pool, [&](const Chunk& chunk) -> Result<void> {
    if (!counts.many()) {
      counts.add(chunk.columns[0].numbers);
    }
    return {};
  });
  if (!well) {
    return well.error();
  }
  Values values;
  values.many = counts.many();
  for (const auto& [value, times] : counts.counts()) {
    values.names.push_back(shortest(value));
    values.counts.push_back(times);
    values.whole = values.whole && std::nearbyint(value) == value;
  }
  return values;
}

std::string listed(const Values& values) {
  constexpr std::size_t shown = 10;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(shown, values.names.size()); ++i) {
    parts.push_back(fmt::format("{} ({} {})", values.names[i], count(values.counts[i]), values.counts[i] == 1 ? "row" : "rows"));
  }
  return join(parts, ", ") + (values.names.size() > shown ? ", ..." : "");
}

void warn_of_imbalance(const Values& values, std::uint64_t rows, const std::string& name, std::vector<std::string>& warnings) {
  const auto rarest = std::min_element(values.counts.begin(), values.counts.end());
  if (100 * *rarest < rows) {
    const std::string& label = values.names[static_cast<std::size_t>(rarest - values.counts.begin())];
    warnings.push_back(
        fmt::format("class {} of {} has only {} of {} rows (under 1%): accuracy says little there, look at balanced accuracy",
                    quoted(label), quoted(name), count(*rarest), count(rows)));
  }
}

Result<bool> decide(const Values& values, const std::string& name, bool numeric, std::uint64_t rows, Task task,
                    std::vector<std::string>& notes) {
  if (task == Task::regression || (task == Task::automatic && numeric && (values.many || values.names.size() > few_values))) {
    return false;
  }
  if (task == Task::automatic && numeric && values.names.size() > 2) {
    const bool classes = values.whole && rows >= 10 * values.names.size();
    notes.push_back(
        classes ? fmt::format("{} holds {} distinct whole numbers, so they are taken as classes; --task regression if they are amounts",
                              quoted(name), values.names.size())
                : fmt::format("{} holds {} distinct numbers and is predicted as a number; --task classification if they are classes",
                              quoted(name), values.names.size()));
    return classes;
  }
  if (values.many) {
    return data_error(fmt::format("The target {} has more than {} distinct values, too many to be classes.{}", quoted(name),
                                  count(most_classes),
                                  numeric ? " For a number to be predicted, pass --task regression." : " Is it the right column?"));
  }
  return true;
}

/// The class that the user calls positive changes places with the other where it stands first.
Result<void> put_positive_second(const std::string& positive, TargetCoding& target) {
  if (positive.empty()) {
    return {};
  }
  const auto value = parse_double(positive);
  const std::string label = target.numeric && value ? shortest(*value) : positive;
  const auto at = std::find(target.classes.begin(), target.classes.end(), label);
  if (target.classes.size() != 2 || at == target.classes.end()) {
    return usage_error(fmt::format(
        "--positive {}: {}", positive,
        target.classes.size() != 2
            ? fmt::format("the target {} has {} classes; of two classes one is the positive one.", quoted(target.name),
                          target.classes.size())
            : fmt::format("the classes of {} are {} and {}.", quoted(target.name), quoted(target.classes[0]), quoted(target.classes[1]))));
  }
  if (at == target.classes.begin()) {
    std::swap(target.classes[0], target.classes[1]);
  }
  return {};
}

Result<void> fit_target(Source& source, const Schema& schema, std::size_t column, Task task, const EncoderOptions& options,
                        ThreadPool& pool, FittedEncoder& fitted) {
  const ColumnInfo& info = schema.columns[column];
  const bool numeric = holds_numbers(info.type);
  if (!numeric && task == Task::regression) {
    return data_error(fmt::format("The target {} holds text such as {}, and regression predicts numbers.", quoted(info.name),
                                  quoted(schema.levels[column].empty() ? "" : schema.levels[column].front())));
  }
  const Result<std::vector<Statistics>> statistics = gather(source, schema, std::span(&column, 1), schema.numbers, pool);
  if (!statistics) {
    return statistics.error();
  }
  const Statistics& found = statistics->front();
  if (found.missing > 0) {
    return refuse_missing(source, schema, column, pool);
  }
  const Result<Values> values =
      numeric ? values_of_numbers(source, column, pool) : Result<Values>(values_of_text(schema.levels[column], found));
  if (!values) {
    return values.error();
  }
  if (values->names.size() < 2) {
    return data_error(fmt::format("The target {} holds only {} in all {} rows: there is nothing to tell apart.", quoted(info.name),
                                  quoted(values->names.empty() ? "" : values->names.front()), count(schema.rows)));
  }
  const Result<bool> classification = decide(*values, info.name, numeric, schema.rows, task, fitted.notes);
  if (!classification) {
    return classification.error();
  }
  TargetCoding& target = fitted.target;
  target.name = info.name;
  target.numeric = numeric;
  target.unit = info.unit;
  target.classification = *classification;
  if (target.classification) {
    target.classes = values->names;
    if (const Result<void> well = put_positive_second(options.positive, target); !well) {
      return well;
    }
    fitted.notes.push_back(
        fmt::format("target {} has {} distinct values, {}: classification", quoted(info.name), values->names.size(), listed(*values)));
    if (target.classes.size() == 2) {
      fitted.notes.push_back(fmt::format("the positive class is {}{}", quoted(target.classes[1]),
                                         options.positive.empty() ? "; --positive names the other" : ""));
    }
    warn_of_imbalance(*values, schema.rows, info.name, fitted.warnings);
    return {};
  }
  if (!options.positive.empty()) {
    return usage_error(
        fmt::format("--positive {} names one of two classes, but {} is predicted as a number; --task classification if its "
                    "values are classes.",
                    options.positive, quoted(info.name)));
  }
  fitted.notes.push_back(
      fmt::format("target {} holds numbers from {} to {}: regression", quoted(info.name), brief(found.low), brief(found.high)));
  if (options.standardize &&
      (!std::isfinite(found.mean) || !std::isfinite(found.spread) || !(found.spread > 0) || !std::isfinite(1 / found.spread))) {
    return data_error(fmt::format("The target {} runs from {} to {}, which double precision cannot standardise. Change its unit.",
                                  quoted(info.name), brief(found.low), brief(found.high)));
  }
  target.center = options.standardize ? found.mean : 0;
  target.spread = options.standardize ? found.spread : 1;
  return {};
}

}  // namespace

std::string row_name(std::uint64_t row) { return fmt::format("row {} (counted from 1, header left out)", count(row + 1)); }

Result<void> fit_targets(Source& source, const Schema& schema, std::span<const std::size_t> columns, Task task,
                         const EncoderOptions& options, ThreadPool& pool, FittedEncoder& fitted) {
  if (columns.size() == 1) {
    return fit_target(source, schema, columns.front(), task, options, pool, fitted);
  }
  if (task == Task::classification) {
    return usage_error("--task classification: several targets are predicted as numbers. Name the one that holds the classes.");
  }
  for (const std::size_t column : columns) {
    const std::string name = quoted(schema.columns[column].name);
    if (!holds_numbers(schema.columns[column].type)) {
      return data_error(
          fmt::format("The target {} holds text such as {}, and several targets are predicted as numbers. Leave it out, or "
                      "name it alone.",
                      name, quoted(schema.levels[column].empty() ? "" : schema.levels[column].front())));
    }
    FittedEncoder one;
    if (const Result<void> well = fit_target(source, schema, column, task, options, pool, one); !well) {
      return well;
    }
    if (one.target.classification) {
      return data_error(
          fmt::format("The target {} has {} distinct values and would be taken as classes, but several targets are predicted as numbers. "
                      "Pass --task regression if its values are amounts, else leave it out or name it alone.",
                      name, one.target.classes.size()));
    }
    fitted.notes.insert(fitted.notes.end(), one.notes.begin(), one.notes.end());
    if (column == columns.front()) {
      fitted.target = std::move(one.target);
    } else {
      fitted.target.more.push_back(one.target.column(0));
    }
  }
  return {};
}

}  // namespace fallline::encoding
