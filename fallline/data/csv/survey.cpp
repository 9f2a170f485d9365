// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/survey.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "fallline/data/csv/cells.hpp"

namespace fallline::csv {

namespace {

struct Counts {
  std::size_t quotes = 0;
  std::size_t feeds = 0;
  std::size_t returns = 0;
  std::size_t nuls = 0;
};

/// Byte-wide counters, emptied before they can overflow: the loop the compiler turns into vector code.
Counts count(std::string_view bytes) {
  Counts total;
  while (!bytes.empty()) {
    const std::string_view block = bytes.substr(0, 255);
    std::uint8_t quotes = 0;
    std::uint8_t feeds = 0;
    std::uint8_t returns = 0;
    std::uint8_t nuls = 0;
    for (const char c : block) {
      quotes = static_cast<std::uint8_t>(quotes + (c == '"'));
      feeds = static_cast<std::uint8_t>(feeds + (c == '\n'));
      returns = static_cast<std::uint8_t>(returns + (c == '\r'));
      nuls = static_cast<std::uint8_t>(nuls + (c == '\0'));
    }
    total.quotes += quotes;
    total.feeds += feeds;
    total.returns += returns;
    total.nuls += nuls;
    bytes.remove_prefix(block.size());
  }
  return total;
}

/// Where the first record that begins in [at, limit) begins, if `at` lies inside a quoted cell or not; `limit` where none does. Looking no
/// farther keeps the whole survey linear.
const char* first_record(const char* start, const char* at, const char* limit, const char* end, bool inside) {
  const bool at_line_start = at == start || at[-1] == '\n' || (at[-1] == '\r' && (at == end || *at != '\n'));
  if (!inside && at_line_start) {
    return at;
  }
  for (; at < limit; ++at) {
    inside ^= *at == '"';
    if (!inside && ends_line(*at)) {
      return past_line_end(at, end);
    }
  }
  return limit;
}

}  // namespace

Survey survey(std::string_view records, std::size_t first, std::size_t last, bool inside, std::size_t range_bytes, ThreadPool& pool) {
  const std::string_view stretch = records.substr(first, last - first);
  const std::size_t ranges = (stretch.size() + range_bytes - 1) / range_bytes;
  std::vector<Counts> counts(ranges);
  pool.run(ranges, [&](std::size_t i) { counts[i] = count(stretch.substr(i * range_bytes, range_bytes)); });
  Survey found;
  std::vector<char> begins_inside(ranges);
  std::size_t quotes = inside ? 1 : 0;
  for (std::size_t i = 0; i < ranges; ++i) {
    if (counts[i].nuls > 0 && found.nul == nullptr) {
      const std::string_view bytes = stretch.substr(i * range_bytes, range_bytes);
      found.nul = static_cast<const char*>(std::memchr(bytes.data(), 0, bytes.size()));
    }
    begins_inside[i] = static_cast<char>(quotes % 2);
    quotes += counts[i].quotes;
  }
  found.inside = quotes % 2 != 0;
  found.ranges.resize(ranges);
  const char* start = records.data();
  const char* end = start + records.size();
  pool.run(ranges, [&](std::size_t i) {
    const char* begin = stretch.data() + i * range_bytes;
    const char* limit = begin + std::min(range_bytes, stretch.size() - i * range_bytes);
    found.ranges[i] = {first_record(start, begin, limit, end, begins_inside[i] != 0), limit, std::max(counts[i].feeds, counts[i].returns)};
  });
  return found;
}

}  // namespace fallline::csv
