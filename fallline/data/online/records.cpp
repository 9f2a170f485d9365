// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/online/records.hpp"

#include <string>
#include <utility>

#include "fallline/data/csv/cells.hpp"

namespace fallline::online {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Past the line end at `at`; null where the end of the text leaves open whether it is one.
const char* past_end_of_line(const char* at, const char* end, bool ended) {
  if (at == end || (*at == '\r' && at + 1 == end)) {
    return ended ? end : nullptr;  // a line feed may follow the carriage return
  }
  return csv::past_line_end(at, end);
}

/// Past the record at `at`; null where the text ends inside it.
const char* past_record(const char* at, const char* end, bool ended, const csv::Dialect& dialect, std::string& room) {
  for (;;) {
    csv::Cell cell;
    at = csv::read_cell(at, end, dialect, room, cell);
    if (cell.fault == csv::FaultKind::unclosed_quote) {
      return ended ? end : nullptr;
    }
    while (cell.fault != csv::FaultKind::none && at < end && !csv::ends_line(*at)) {
      ++at;  // the reader will tell what is wrong with this line
    }
    if (at == end || *at != dialect.delimiter) {
      return past_end_of_line(at, end, ended);
    }
    ++at;
  }
}

bool is_idle(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos || line[first] == '#';
}

}  // namespace

CutRecords cut_csv(csv::Dialect dialect) {
  return [dialect = std::move(dialect), room = std::string()](std::string_view text, bool ended, std::size_t most) mutable {
    const char* begin = text.data();
    const char* end = begin + text.size();
    const char* at = begin + (text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    Cut cut;
    while (cut.records < most) {
      csv::IdleLines idle;
      at = csv::skip_idle_lines(at, end, dialect, true, idle);
      at = at < end ? past_record(at, end, ended, dialect, room) : nullptr;
      if (at == nullptr) {
        break;
      }
      cut = {static_cast<std::size_t>(at - begin), cut.records + 1};
    }
    return cut;
  };
}

CutRecords cut_libsvm() {
  return [](std::string_view text, bool ended, std::size_t most) {
    Cut cut;
    std::size_t at = 0;
    while (cut.records < most && at < text.size()) {
      const std::size_t feed = text.find('\n', at);
      if (feed == std::string_view::npos && !ended) {
        break;
      }
      const std::size_t next = feed == std::string_view::npos ? text.size() : feed + 1;
      if (!is_idle(text.substr(at, next - at))) {
        cut = {next, cut.records + 1};
      }
      at = next;
    }
    return cut;
  };
}

}  // namespace fallline::online
