// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/sample.hpp"

#include <algorithm>
#include <array>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/number.hpp"
#include "fallline/data/csv/time.hpp"

namespace fallline::csv {

std::vector<ColumnSample> sample_of(std::string_view records, const Dialect& dialect, std::size_t columns) {
  constexpr std::size_t sample_bytes = std::size_t{1} << 18U;
  constexpr std::size_t sample_cells = 20000;
  std::vector<ColumnSample> sample(columns);
  const std::string_view text = records.substr(0, sample_bytes);
  const char* at = text.data();
  const char* end = at + text.size();
  IdleLines ignored;
  std::string room;
  std::size_t column = 0;
  std::size_t cells = 0;
  at = skip_idle_lines(at, end, dialect, columns > 1, ignored);
  for (; at < end && cells < std::max(sample_cells, 100 * columns); ++cells) {
    Cell cell;
    at = read_cell(at, end, dialect, room, cell);
    const bool cut = at >= end && text.size() < records.size();
    if (cut || cell.fault != FaultKind::none || column >= columns) {
      break;  // the sample may cut a cell in two; faults are told by the parser
    }
    double value = 0;
    if (!dialect.is_missing_value(cell.text, cell.quoted)) {
      const std::string_view trimmed = trim(cell.text);
      const bool number = read_number(trimmed, dialect.decimal, value) != Reading::not_a_number;
      const bool time = !number && read_time(trimmed, value) != TimeReading::not_a_time;
      ++(number ? sample[column].numbers : (time ? sample[column].times : sample[column].others));
    }
    if (at < end) {
      const bool more = *at == dialect.delimiter;
      column = more ? column + 1 : 0;
      at = more ? at + 1 : skip_idle_lines(past_line_end(at, end), end, dialect, columns > 1, ignored);
    }
  }
  return sample;
}

std::vector<Use> guess_uses(const std::vector<ColumnSample>& sample, const std::vector<std::optional<ColumnType>>& declared) {
  std::vector<Use> uses;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const std::size_t cells = sample[i].numbers + sample[i].times + sample[i].others;
    if (declared[i]) {
      uses.push_back(*declared[i] == ColumnType::text ? Use::text : (*declared[i] == ColumnType::time ? Use::time : Use::number));
    } else if (100 * sample[i].numbers >= 99 * cells) {
      uses.push_back(Use::number);
    } else {
      uses.push_back(100 * sample[i].times >= 99 * cells ? Use::time : Use::text);
    }
  }
  return uses;
}

namespace {

struct Candidate {
  char delimiter;
  const char* option;
};
constexpr std::array candidates{Candidate{',', "--delimiter ,"}, Candidate{';', "--delimiter ';'"}, Candidate{'\t', "--delimiter tab"},
                                Candidate{'|', "--delimiter '|'"}, Candidate{' ', "--delimiter space"}};

/// What the first records are with another delimiter. cells: of every record, or 0 where they differ.
struct Trial {
  std::size_t cells = 0;
  std::size_t records = 0;
  bool all_numbers = true;
  bool decimal_commas = false;
};

Trial try_delimiter(std::string_view text, const Dialect& dialect, bool whole) {
  constexpr std::size_t enough = 20;
  Trial trial;
  const char* at = text.data();
  const char* end = at + text.size();
  IdleLines ignored;
  std::string room;
  std::size_t cells = 0;
  at = skip_idle_lines(at, end, dialect, true, ignored);
  while (at < end && trial.records < enough) {
    Cell cell;
    at = read_cell(at, end, dialect, room, cell);
    if (cell.fault != FaultKind::none) {
      return {};
    }
    if (at >= end && !whole) {
      break;  // this record may be cut
    }
    ++cells;
    double value = 0;
    const bool number = read_number(cell.text, '.', value) == Reading::number;
    trial.all_numbers = trial.all_numbers && number;
    trial.decimal_commas =
        trial.decimal_commas || (!number && dialect.delimiter != ',' && read_number(cell.text, ',', value) == Reading::number);
    if (at < end && *at == dialect.delimiter) {
      at += 1;
      if (at < end) {
        continue;
      }
      ++cells;
    }
    if (trial.records > 0 && cells != trial.cells) {
      return {};
    }
    trial.cells = cells;
    ++trial.records;
    cells = 0;
    at = at < end ? skip_idle_lines(past_line_end(at, end), end, dialect, true, ignored) : end;
  }
  return trial;
}

}  // namespace

std::optional<OtherDelimiter> other_delimiter(std::string_view text, const Dialect& dialect) {
  constexpr std::size_t sample_bytes = std::size_t{1} << 16U;
  std::optional<OtherDelimiter> best;
  for (const Candidate& candidate : candidates) {
    if (candidate.delimiter == dialect.delimiter || candidate.delimiter == dialect.comment) {
      continue;
    }
    Dialect other = dialect;
    other.delimiter = candidate.delimiter;
    other.stops[static_cast<unsigned char>(dialect.delimiter)] = false;
    other.stops[static_cast<unsigned char>(candidate.delimiter)] = true;
    other.begins_idle[static_cast<unsigned char>(candidate.delimiter)] = false;
    const Trial trial = try_delimiter(text.substr(0, sample_bytes), other, text.size() <= sample_bytes);
    const bool clear = trial.cells > 1 && trial.records > 1 && (candidate.delimiter != ' ' || trial.all_numbers);
    if (clear && (!best || trial.cells > best->cells)) {
      best = {trial.cells, std::string(candidate.option) + (trial.decimal_commas ? " --decimal ," : "")};
    }
  }
  return best;
}

}  // namespace fallline::csv
