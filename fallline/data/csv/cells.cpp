// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/cells.hpp"

#include <algorithm>

namespace fallline::csv {

const char* skip_idle_lines(const char* at, const char* end, const Dialect& dialect, bool blank_too, IdleLines& skipped) {
  while (at < end && dialect.may_be_idle(*at)) {
    const char* after = skip_blanks(at, end, dialect);
    const bool comment = after < end && dialect.comment && *after == *dialect.comment;
    if (comment) {
      after = std::find_if(after, end, ends_line);
      ++skipped.comments;
    } else if (!blank_too || (after < end && !ends_line(*after))) {
      return at;
    } else {
      skipped.blank += after < end ? 1 : 0;
    }
    at = after < end ? past_line_end(after, end) : end;
  }
  return at;
}

const char* read_quoted(const char* at, const char* end, const Dialect& dialect, std::string& room, Cell& cell) {
  const char* first = ++at;
  cell = {.text = {}, .quoted = true, .in_room = false, .fault = FaultKind::none};
  for (;;) {
    const void* found = at < end ? std::memchr(at, '"', static_cast<std::size_t>(end - at)) : nullptr;
    if (found == nullptr) {
      cell.fault = FaultKind::unclosed_quote;
      return end;
    }
    const auto* quote = static_cast<const char*>(found);
    const bool doubled = quote + 1 < end && quote[1] == '"';
    if (doubled || cell.in_room) {
      if (!cell.in_room) {
        room.clear();
      }
      room.append(first, quote + (doubled ? 1 : 0));
      cell.in_room = true;
      first = quote + 2;
    }
    if (!doubled) {
      cell.text = cell.in_room ? std::string_view(room) : std::string_view(first, static_cast<std::size_t>(quote - first));
      at = skip_blanks(quote + 1, end, dialect);
      break;
    }
    at = quote + 2;
  }
  if (at < end && !dialect.stops_at(*at)) {
    cell.fault = FaultKind::text_after_quote;
  }
  return at;
}

}  // namespace fallline::csv
