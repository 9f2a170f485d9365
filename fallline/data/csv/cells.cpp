// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/cells.hpp"

namespace fallline::csv {

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
