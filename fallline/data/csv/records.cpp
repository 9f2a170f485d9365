// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/records.hpp"

#include <algorithm>
#include <string>

#include "fallline/data/csv/number.hpp"
#include "fallline/data/csv/values.hpp"

namespace fallline::csv {

namespace {

class RecordParser {
 public:
  RecordParser(const Range& range, const char* end, const Dialect& dialect, std::span<const Use> uses)
      : dialect_(dialect), uses_(uses), limit_(range.limit), end_(end), quick_end_(end - std::min(end - range.begin, quick_number_reach)) {
    result_.begin = result_.end = range.begin;
    // A record takes at least a byte a cell, so blank lines cannot ask for more room than the file has bytes.
    const auto bytes = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, limit_ - range.begin));
    expected_rows_ = std::min(range.lines, bytes / uses.size()) + 1;
  }

  Records parse() {
    const char* at = result_.begin;
    while (at < limit_) {
      if (dialect_.may_be_idle(*at)) {
        at = past_idle_lines(at);
        if (at >= limit_) {
          break;
        }
      }
      if (capacity_ == 0 && !is_whole(at)) {
        return only_fault(at);
      }
      if (result_.rows == capacity_) {
        make_room();
      }
      at = record(at);
      if (at == nullptr) {
        result_.columns = {};
        result_.dictionaries = {};
        result_.tallies = {};
        return std::move(result_);
      }
      ++result_.rows;
    }
    result_.end = at;
    if (result_.rows > 0) {
      reserve(result_.rows);
    }
    return std::move(result_);
  }

 private:
  const char* past_idle_lines(const char* at) {
    const bool one_column = uses_.size() == 1;
    IdleLines skipped;
    at = skip_idle_lines(at, end_, dialect_, !one_column, skipped);
    result_.idle.comments += skipped.comments;
    result_.idle.blank += at < end_ ? skipped.blank : 0;
    if (one_column && at < limit_) {
      const char* after = skip_blanks(at, end_, dialect_);
      result_.idle.blank += after < end_ && ends_line(*after) ? 1 : 0;
    }
    return at;
  }

  /// Whether the record at `at` has its cells and no fault in them.
  bool is_whole(const char* at) {
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      Cell cell;
      at = read_cell(at, end_, dialect_, room_, cell);
      const bool more = at < end_ && *at == dialect_.delimiter;
      if (cell.fault != FaultKind::none || more != (i + 1 < uses_.size())) {
        return false;
      }
      at += more ? 1 : 0;
    }
    return true;
  }

  /// The fault of a first record that is not whole, found without room for its columns.
  Records only_fault(const char* at) {
    const std::vector<Use> skip(uses_.size(), Use::skip);
    uses_ = skip;
    record(at);
    return std::move(result_);
  }

  /// Nothing is asked for before there is a record: a wide file may have many ranges of blank or of short lines.
  void make_room() {
    if (capacity_ == 0) {
      result_.columns.resize(uses_.size());
      result_.dictionaries.resize(uses_.size());
      result_.tallies.resize(uses_.size());
      numbers_.resize(uses_.size());
      codes_.resize(uses_.size());
    }
    reserve(capacity_ == 0 ? expected_rows_ : 2 * capacity_);
  }

  /// Room for so many rows: exactly, so that what is kept is not larger than its rows by much.
  void reserve(std::size_t rows) {
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      Column& column = result_.columns[i];
      if (uses_[i] == Use::number || uses_[i] == Use::time) {
        column.numbers.resize(rows);
        numbers_[i] = column.numbers.data();
      } else if (uses_[i] == Use::text) {
        column.codes.resize(rows);
        codes_[i] = column.codes.data();
      }
      if (rows < capacity_ - capacity_ / 4) {
        column.numbers.shrink_to_fit();
        column.codes.shrink_to_fit();
      }
    }
    capacity_ = rows;
  }

  /// The record at `at`; returns where the next begins, or a null pointer after a fault.
  const char* record(const char* at) {
    const char* first = at;
    const std::size_t columns = uses_.size();
    for (std::size_t i = 0; i < columns; ++i) {
      const char* after = uses_[i] == Use::number && at < quick_end_ ? quick_cell(at, i) : nullptr;
      at = after != nullptr ? after : cell(at, i);
      if (at == nullptr) {
        return nullptr;
      }
      const bool more = at < end_ && *at == dialect_.delimiter;
      if (more != (i + 1 < columns)) {
        return wrong_count(first);
      }
      at += more ? 1 : 0;
    }
    return at < end_ ? past_line_end(at, end_) : end_;
  }

  const char* quick_cell(const char* at, std::size_t i) {
    while (dialect_.is_blank(*at) && at < quick_end_) {
      ++at;
    }
    const bool padded = *at == '0' && static_cast<unsigned>(at[1] - '0') < 10U;  // told of, so counted by the long way
    double value = 0;
    const char* after = padded ? nullptr : quick_number(at, dialect_.decimal, value);
    if (after == nullptr || !dialect_.stops_at(*after) || may_be_missing(value)) {
      return nullptr;
    }
    numbers_[i][result_.rows] = value;
    return after;
  }

  bool may_be_missing(double value) const {
    return !dialect_.missing_numbers.empty() &&
           std::find(dialect_.missing_numbers.begin(), dialect_.missing_numbers.end(), value) != dialect_.missing_numbers.end();
  }

  const char* cell(const char* at, std::size_t i) {
    Cell cell;
    const char* after = read_cell(at, end_, dialect_, room_, cell);
    if (cell.fault != FaultKind::none) {
      result_.fault = {cell.fault, cell.fault == FaultKind::unclosed_quote ? at : after, i};
      return nullptr;
    }
    if (uses_[i] == Use::number) {
      numbers_[i][result_.rows] = number_in(cell, at, dialect_, result_.tallies[i]);
    } else if (uses_[i] == Use::time) {
      numbers_[i][result_.rows] = time_in(cell, at, dialect_, result_.tallies[i]);
    } else if (uses_[i] == Use::text) {
      const bool missing = dialect_.is_missing(cell.text, cell.quoted);
      codes_[i][result_.rows] = missing ? -1 : result_.dictionaries[i].code_of(cell.text, !cell.in_room);
    }
    return after;
  }

  const char* wrong_count(const char* first) {
    std::size_t found = 1;
    Cell cell;
    const char* at = first;
    for (;; ++found, ++at) {
      at = read_cell(at, end_, dialect_, room_, cell);
      if (at >= end_ || *at != dialect_.delimiter || cell.fault != FaultKind::none) {
        break;
      }
    }
    result_.fault = {FaultKind::wrong_count, first, found};
    return nullptr;
  }

  const Dialect& dialect_;
  std::span<const Use> uses_;
  const char* limit_;
  const char* end_;
  const char* quick_end_;
  Records result_;
  std::vector<double*> numbers_;
  std::vector<std::int32_t*> codes_;
  std::string room_;
  std::size_t capacity_ = 0;
  std::size_t expected_rows_ = 1;
};

}  // namespace

Records parse_records(const Range& range, const char* end, const Dialect& dialect, std::span<const Use> uses) {
  return RecordParser(range, end, dialect, uses).parse();
}

std::vector<Records> parse_ranges(std::span<const Range> ranges, const char* begin, const char* end, const Dialect& dialect,
                                  std::span<const Use> uses, ThreadPool& pool, StopToken stop) {
  std::vector<Records> all(ranges.size());
  pool.run(ranges.size(), [&](std::size_t i) {
    if (!stop.stop_requested()) {
      all[i] = parse_records(ranges[i], end, dialect, uses);
    }
  });
  for (std::size_t i = 0; i < all.size() && !stop.stop_requested(); ++i) {
    if (all[i].begin != begin) {
      all[i] = parse_records({begin, ranges[i].limit, ranges[i].lines}, end, dialect, uses);
    }
    if (all[i].fault.kind != FaultKind::none) {
      break;
    }
    begin = all[i].end;
  }
  return all;
}

}  // namespace fallline::csv
