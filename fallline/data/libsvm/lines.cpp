// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/libsvm/lines.hpp"

#include <algorithm>
#include <cstring>

#include "fallline/data/libsvm/plain_entries.hpp"
#include "fallline/math/count.hpp"

namespace fallline::libsvm {

namespace {

using csv::quick_number;
using csv::read_number;
using csv::Reading;

constexpr std::ptrdiff_t most_quick_digits = 9;  // of an index
constexpr std::ptrdiff_t quick_reach = csv::quick_number_reach + most_quick_digits + 2;
constexpr std::string_view query_mark = "qid:";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// nan, inf or infinity, with or without a sign.
bool names_no_number(std::string_view text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    text.remove_prefix(1);
  }
  const auto is = [&](std::string_view name) {
    return std::equal(text.begin(), text.end(), name.begin(), name.end(), [](char a, char b) { return (a | 0x20) == b; });
  };
  return is("nan") || is("inf") || is("infinity");
}

class LineParser {
 public:
  LineParser(std::string_view range, const char* end, bool from_one, const Room& room)
      : at_(range.data()),
        limit_(range.data() + range.size()),
        quick_end_(end - std::min<std::ptrdiff_t>(end - range.data(), quick_reach)),
        from_one_(from_one),
        room_(room) {}

  Lines parse() {
    while (at_ < limit_ && line()) {
    }
    lines_.entries = entries_;
    return lines_;
  }

 private:
  bool fail(FaultKind kind, std::uint32_t before = 0) {
    lines_.fault = {kind, at_, before};
    return false;
  }

  void skip_blanks() {
    while (at_ < limit_ && (*at_ == ' ' || *at_ == '\t')) {
      ++at_;
    }
  }

  /// Where the next line begins if this one ends here, but for a comment; else a null pointer.
  const char* past_line() const {
    const char* at = at_;
    if (at < limit_ && *at == '#') {
      const void* feed = std::memchr(at, '\n', static_cast<std::size_t>(limit_ - at));
      at = feed != nullptr ? static_cast<const char*>(feed) : limit_;
    }
    if (at < limit_ && *at == '\r' && (at + 1 == limit_ || at[1] == '\n')) {
      ++at;
    }
    if (at == limit_) {
      return at;
    }
    return *at == '\n' ? at + 1 : nullptr;
  }

  /// One line, a row or a blank one; false after a fault.
  bool line() {
    skip_blanks();
    if (const char* next = past_line()) {
      at_ = next;
      ++lines_.skipped;
      return true;
    }
    before_ = -1;
    if (!label() || !query()) {
      return false;
    }
    while (true) {
      take_plain();
      skip_blanks();
      if (at_ < limit_ && is_digit(*at_)) {
        if (!entry()) {
          return false;
        }
      } else if (const char* next = past_line()) {
        at_ = next;
        break;
      } else {
        return slow_entry();
      }
    }
    room_.ends[lines_.rows++] = room_.before + entries_;
    lines_.largest = std::max(lines_.largest, static_cast<std::uint32_t>(std::max<std::int64_t>(before_, 0)));
    return true;
  }

  bool label() {
    double value = 0;
    const char* after = nullptr;
    if (at_ < quick_end_) {
      after = quick_number(at_ + (*at_ == '+' && is_digit(at_[1]) ? 1 : 0), '.', value);
    }
    if (after == nullptr || after > limit_ || (after < limit_ && !ends_token(*after))) {
      const std::string_view token = token_at(at_, limit_);
      const Reading read = read_number(token, '.', value);
      if (read != Reading::number) {
        return fail(label_fault(token, read));
      }
      after = token.data() + token.size();
    }
    if (lines_.rows == room_.most.rows) {
      return fail(FaultKind::changed);
    }
    room_.labels[lines_.rows] = value;
    at_ = after;
    return true;
  }

  static FaultKind label_fault(std::string_view token, Reading read) {
    if (token.empty()) {
      return FaultKind::lone_return;
    }
    if (token.find(':') != std::string_view::npos) {
      return FaultKind::no_label;
    }
    if (token.find(',') != std::string_view::npos) {
      return FaultKind::several_labels;
    }
    return number_fault(token, read, FaultKind::bad_label);
  }

  static FaultKind number_fault(std::string_view token, Reading read, FaultKind otherwise) {
    return read == Reading::too_large ? FaultKind::too_large : (names_no_number(token) ? FaultKind::not_finite : otherwise);
  }

  /// The qid that may stand before the entries.
  bool query() {
    skip_blanks();
    if (at_ == limit_ || *at_ != query_mark.front()) {
      return true;
    }
    const std::string_view token = token_at(at_, limit_);
    const std::string_view number = token.substr(std::min(token.size(), query_mark.size()));
    if (!token.starts_with(query_mark) || number.empty() || !std::all_of(number.begin(), number.end(), is_digit)) {
      return fail(token.starts_with(query_mark) ? FaultKind::bad_query : FaultKind::bad_entry);
    }
    ++lines_.queries;
    at_ = token.data() + token.size();
    return true;
  }

  /// Index 0 is none of them.
  void take_plain() {
    const std::size_t entries = entries_;
    std::int64_t above = std::max<std::int64_t>(before_, 0);
    at_ = plain_entries(at_, quick_end_, above, room_.columns, room_.values, entries_, room_.most.entries);
    before_ = entries_ > entries ? above : before_;
  }

  bool entry() {
    if (at_ >= quick_end_) {
      return slow_entry();
    }
    std::uint64_t index = 0;
    const char* at = csv::detail::digit_run(at_, index);
    if (at - at_ > most_quick_digits) {
      return slow_entry();
    }
    double value = 0;
    const char* after = *at == ':' ? quick_number(at + 1, '.', value) : nullptr;
    if (after == nullptr || after > limit_ || (after < limit_ && !ends_token(*after))) {
      return slow_entry();
    }
    return take(static_cast<std::uint32_t>(index), value, after);
  }

  bool slow_entry() {
    const std::string_view token = token_at(at_, limit_);
    const std::size_t colon = token.find(':');
    if (colon == std::string_view::npos) {
      return fail(token.empty() ? FaultKind::lone_return : FaultKind::bad_entry);
    }
    std::uint32_t index = 0;
    for (const char c : token.substr(0, colon)) {
      if (!is_digit(c) || index > largest_index) {
        return fail(FaultKind::bad_index);
      }
      index = index * 10 + static_cast<std::uint32_t>(c - '0');
    }
    double value = 0;
    const std::string_view number = token.substr(colon + 1);
    const Reading read = read_number(number, '.', value);
    if (colon == 0 || read != Reading::number) {
      return fail(colon == 0 ? FaultKind::bad_index : number_fault(number, read, FaultKind::bad_value));
    }
    return take(index, value, token.data() + token.size());
  }

  bool take(std::uint32_t index, double value, const char* after) {
    if (static_cast<std::int64_t>(index) <= before_) {
      const auto before = static_cast<std::uint32_t>(before_);
      return fail(index == before ? FaultKind::repeated : FaultKind::descending, before);
    }
    if (index > largest_index) {
      return fail(FaultKind::bad_index);
    }
    if (index == 0) {
      if (from_one_) {
        return fail(FaultKind::index_zero);
      }
      lines_.zero = true;
    }
    if (entries_ == room_.most.entries) {
      return fail(FaultKind::changed);
    }
    room_.columns[entries_] = index;
    room_.values[entries_] = value;
    ++entries_;
    before_ = index;
    at_ = after;
    return true;
  }

  Lines lines_;
  const char* at_;
  const char* limit_;
  const char* quick_end_;  // before it a plain entry is read without a look at the end
  bool from_one_;
  Room room_;
  std::size_t entries_ = 0;
  std::int64_t before_ = -1;  // the index of the entry before it in its line
};

}  // namespace

LineCounts count_lines(std::string_view range) {
  const CharacterCounts counts = count_characters(range, '\n', ':');
  // An entry takes a colon and, with the blank before it, four bytes: so a comment of colons asks for little room.
  return {counts.first + (range.empty() || range.back() == '\n' ? 0 : 1), std::min(counts.second, range.size() / 4 + 1)};
}

Lines parse_lines(std::string_view range, const char* end, bool from_one, const Room& room) {
  return LineParser(range, end, from_one, room).parse();
}

void Lines::add(const Lines& next) {
  rows += next.rows;
  entries += next.entries;
  largest = std::max(largest, next.largest);
  zero = zero || next.zero;
  queries += next.queries;
  skipped += next.skipped;
  fault = fault.kind == FaultKind::none ? next.fault : fault;
}

std::string_view token_at(const char* at, const char* end) {
  const char* last = std::find_if(at, end, ends_token);
  return {at, static_cast<std::size_t>(last - at)};
}

}  // namespace fallline::libsvm
