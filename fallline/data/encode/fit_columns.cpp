// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/column_fitter.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encode/fit_crosses.hpp"
#include "fallline/data/encode/fit_target.hpp"
#include "fallline/data/encode/matrix.hpp"
#include "fallline/data/encode/row_ids.hpp"
#include "fallline/data/encode/statistics.hpp"
#include "fallline/data/encode/training_rows.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline {

namespace {

using encoding::Statistics;
using encoding::type_name;

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

struct Roles {
  std::vector<std::size_t> targets;
  std::vector<std::size_t> features;  // in the order of the file
};

/// Marks the columns that `names` mean.
Result<void> mark(const Schema& schema, const std::vector<std::string>& names, std::vector<bool>& marked) {
  for (const std::string& name : names) {
    const Result<std::size_t> column = find_column(schema, name);
    if (!column) {
      return column.error();
    }
    marked[*column] = true;
  }
  return {};
}

Result<Roles> roles_of(const Schema& schema, const EncoderOptions& options) {
  const std::size_t size = schema.columns.size();
  std::vector<bool> used(size, options.features.empty());
  std::vector<bool> ignored(size);
  std::vector<bool> special(size);
  Roles roles;
  for (const Result<void>& marked : {mark(schema, options.features, used), mark(schema, options.ignore, ignored)}) {
    if (!marked) {
      return marked.error();
    }
  }
  const auto targets = options.target.empty() ? Result(std::vector<std::size_t>()) : find_columns(schema, options.target);
  const auto weight = options.weight.empty() ? Result<std::size_t>(size) : find_column(schema, options.weight);
  if (!targets || !weight) {
    return targets ? weight.error() : targets.error();
  }
  roles.targets = *targets;
  std::vector<std::size_t> own = roles.targets;
  if (*weight < size) {
    own.push_back(*weight);
  }
  for (const std::size_t column : own) {
    if (ignored[column] || special[column] || (used[column] && !options.features.empty())) {
      return usage_error(fmt::format("Column {} has two roles: it can be only one of target, weight, feature and ignored.",
                                     quoted(schema.columns[column].name)));
    }
    special[column] = true;
  }
  if (*weight < size && !holds_numbers(schema.columns[*weight].type)) {
    return data_error(fmt::format("The weight column {} holds text such as {}; weights are numbers.", quoted(schema.columns[*weight].name),
                                  quoted(schema.levels[*weight].front())));
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (used[i] && !ignored[i] && !special[i]) {
      roles.features.push_back(i);
    }
  }
  if (roles.features.empty() && schema.matrix == 0) {
    return data_error("No column is left to learn from: besides target, weight and ignored columns the data has none.");
  }
  return roles;
}

/// How the user wants each text column of the schema hashed, bits 0 for not at all.
Result<std::vector<HashCoding>> hashing_of(const Schema& schema, const Roles& roles, const EncoderOptions& options) {
  std::vector<HashCoding> codings(schema.columns.size());
  for (const std::size_t column : roles.features) {
    codings[column].bits = schema.columns[column].type == ColumnType::text ? options.hash_bits : 0;
  }
  for (const auto& [name, coding] : options.hashed) {
    const char* option = coding.words ? "--text" : "--categories";
    const Result<std::size_t> column = find_column(schema, name);
    if (!column) {
      return usage_error(fmt::format("{}: {}", option, column.error().message));
    }
    const ColumnInfo& info = schema.columns[*column];
    if (std::find(roles.features.begin(), roles.features.end(), *column) == roles.features.end()) {
      return usage_error(fmt::format("{} {}: the column is no feature but target, weight or ignored.", option, info.name));
    }
    if (info.type != ColumnType::text) {
      return usage_error(fmt::format("{} {}: the column holds {}s, not text; --types {}=text makes it one.", option, info.name,
                                     type_name(info.type), name));
    }
    codings[*column] = coding;
  }
  return codings;
}

/// The columns whose names the user typed, which are not left out for looking like names of rows.
Result<std::vector<bool>> kept_columns(const Schema& schema, const EncoderOptions& options) {
  std::vector<std::string> asked = options.keep;
  for (const auto& [left, right] : options.crosses) {
    asked.insert(asked.end(), {left, right});
  }
  std::vector<std::string> names = options.features;
  std::copy_if(asked.begin(), asked.end(), std::back_inserter(names),
               [&](const std::string& name) { return find_column(schema, name).has_value(); });  // where not, others say so
  std::vector<bool> kept(schema.columns.size());
  const Result<void> marked = mark(schema, names, kept);
  return marked ? Result<std::vector<bool>>(std::move(kept)) : marked.error();
}

/// By position in `features`: why a number column is taken for the number of its row, or "".
Result<std::vector<std::string>> row_numbers(Source& source, const Schema& schema, const std::vector<std::size_t>& features,
                                             const std::vector<Statistics>& statistics, const std::vector<bool>& kept, ThreadPool& pool) {
  std::vector<std::size_t> candidates;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < features.size(); ++i) {
    const Statistics& found = statistics[i];
    const bool room = found.high - found.low + 1 >= static_cast<double>(found.present);  // for another whole number in every row
    if (!kept[features[i]] && found.missing == 0 && room) {
      candidates.push_back(features[i]);
      positions.push_back(i);
    }
  }
  const Result<std::vector<std::string>> found = encoding::row_number_reasons(source, schema, candidates, pool);
  if (!found) {
    return found.error();
  }
  std::vector<std::string> reasons(features.size());
  for (std::size_t k = 0; k < positions.size(); ++k) {
    reasons[positions[k]] = (*found)[k];
  }
  return reasons;
}

/// The parts of fitting that depend on one another, in their order.
class EncoderFitter {
 public:
  EncoderFitter(Source& source, const Schema& schema, const EncoderOptions& options, ThreadPool& pool)
      : source_(source), rows_(source, options.split), schema_(schema), options_(options), pool_(pool) {}

  /// Fills the columns of `fitted`.
  Result<void> fit(const Roles& roles, FittedEncoder& fitted) {
    const auto known = rows_.holds_all() ? std::span(schema_.numbers) : std::span<const std::optional<NumberFacts>>();
    const Result<std::vector<Statistics>> statistics = encoding::gather(rows_, schema_, roles.features, known, pool_);
    const Result<std::vector<HashCoding>> hashing = hashing_of(schema_, roles, options_);
    const Result<std::vector<bool>> kept = kept_columns(schema_, options_);
    if (!statistics || !hashing || !kept) {
      return !hashing ? hashing.error() : !kept ? kept.error() : statistics.error();
    }
    const FittedEncoder before = fitted;
    Result<void> well = fit_columns(roles, *statistics, *hashing, *kept, fitted);
    if (well && fitted.encoder.features == 0) {  // rather a number that counts the rows than nothing at all
      fitted = before;
      std::vector<bool> numbers = *kept;
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        numbers[i] = numbers[i] || holds_numbers(schema_.columns[i].type);
      }
      well = fit_columns(roles, *statistics, *hashing, numbers, fitted);
    }
    return well && fitted.encoder.features == 0 ? nothing_left(fitted.encoder) : well;
  }

  encoding::TrainingRows& rows() { return rows_; }

 private:
  Result<void> fit_columns(const Roles& roles, const std::vector<Statistics>& statistics, const std::vector<HashCoding>& hashing,
                           const std::vector<bool>& kept, FittedEncoder& fitted) {
    const auto reasons = row_numbers(source_, schema_, roles.features, statistics, kept, pool_);
    if (!reasons) {
      return reasons.error();
    }
    const encoding::Told told{fitted.notes, fitted.warnings};
    encoding::ColumnFitter fitter(rows_, schema_, options_, kept, pool_, told);
    for (std::size_t i = 0; i < roles.features.size(); ++i) {
      const std::size_t at = roles.features[i];
      Result<EncodedColumn> column = fitter.fit(at, statistics[i], hashing[at]);
      if (!column) {
        return column.error();
      }
      if (!(*reasons)[i].empty() && column->left_out.empty()) {
        encoding::leave_out(*column, (*reasons)[i], fmt::format("; pass --types {}=number to keep it", column->name), told);
      }
      fitted.encoder.columns.push_back(std::move(*column));
    }
    tell_constants(fitted);
    if (schema_.matrix > 0) {
      Result<MatrixCoding> matrix = encoding::fit_matrix(rows_, schema_, options_, pool_);
      if (!matrix) {
        return matrix.error();
      }
      fitted.encoder.matrix = std::move(*matrix);
    }
    encoding::lay_out(fitted.encoder);
    if (const Result<void> crossed = encoding::fit_crosses(schema_, options_, fitted.encoder, told); !crossed) {
      return crossed;
    }
    encoding::lay_out(fitted.encoder);
    return {};
  }

  static Error nothing_left(const Encoder& encoder) {
    for (const EncodedColumn& column : encoder.columns) {
      if (!column.left_out.starts_with(encoding::constant_start)) {
        return data_error(
            fmt::format("No column is left to learn from: {} {}. Pass --text {} if it is prose, --categories {}=hash:18 if it "
                        "is a category.",
                        quoted(column.name), column.left_out, column.name, column.name));
      }
    }
    return data_error("No column is left to learn from: each holds one value only.");
  }

  /// One by one where they are few; images have hundreds.
  static void tell_constants(FittedEncoder& fitted) {
    constexpr std::size_t few = 10;
    std::vector<std::string> told;
    std::vector<std::string> names;
    for (const EncodedColumn& column : fitted.encoder.columns) {
      if (column.left_out.starts_with(encoding::constant_start)) {
        told.push_back(fmt::format("column {} {} and is left out", quoted(column.name), column.left_out));
        names.push_back(column.name);
      }
    }
    if (told.size() > few) {
      const std::size_t all = names.size();
      names.resize(few);
      told = {fmt::format("{} columns hold one value only and are left out: {}, ...", count(all), join(names, ", "))};
    }
    fitted.warnings.insert(fitted.warnings.end(), told.begin(), told.end());
  }

  Source& source_;
  encoding::TrainingRows rows_;
  const Schema& schema_;
  const EncoderOptions& options_;
  ThreadPool& pool_;
};

}  // namespace

Result<FittedEncoder> fit_encoder(Source& source, const Schema& schema, const EncoderOptions& options, Task task, ThreadPool& pool) {
  const Result<Roles> roles = roles_of(schema, options);
  if (!roles) {
    return roles.error();
  }
  FittedEncoder fitted;
  fitted.encoder.missing = schema.missing;
  fitted.encoder.matrix_input = schema.matrix_input;
  if (!roles->targets.empty()) {
    const Result<void> well = encoding::fit_targets(source, schema, roles->targets, task, options, pool, fitted);
    if (!well) {
      return well.error();
    }
  }
  EncoderFitter fitter(source, schema, options, pool);
  if (!roles->targets.empty() && !fitted.target.classification && options.standardize && options.split.share > 0) {
    const Result<std::vector<Statistics>> found = encoding::gather(fitter.rows(), schema, roles->targets, {}, pool);
    if (!found) {
      return found.error();
    }
    for (std::size_t k = 0; k < found->size(); ++k) {
      double& center = k == 0 ? fitted.target.center : fitted.target.more[k - 1].center;
      double& spread = k == 0 ? fitted.target.spread : fitted.target.more[k - 1].spread;
      center = (*found)[k].mean;
      spread = (*found)[k].spread > 0 ? (*found)[k].spread : 1;
    }
  }
  if (const Result<void> well = fitter.fit(*roles, fitted); !well) {
    return well.error();
  }
  if (fitted.encoder.features > encoding::most_features) {
    return data_error(
        fmt::format("The columns make {} features, and up to {} are done. Hash into fewer bits (--categories hash:BITS, "
                    "--text COL:bits=BITS), or leave columns out.",
                    count(fitted.encoder.features), count(encoding::most_features)));
  }
  return fitted;
}

}  // namespace fallline
