// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/number.hpp"

#include <fast_float/fast_float.h>

#include <cmath>

namespace fallline::csv {

Reading read_number(std::string_view text, char decimal, double& value) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') {
      return Reading::not_a_number;
    }
  }
  const std::size_t first = !text.empty() && text.front() == '-' ? 1 : 0;
  const bool plain = text.size() > first && ((text[first] >= '0' && text[first] <= '9') || text[first] == decimal);
  if (!plain) {  // keeps inf and nan out
    return Reading::not_a_number;
  }
  const fast_float::parse_options options{fast_float::chars_format::general, decimal};
  const auto [end, fault] = fast_float::from_chars_advanced(text.data(), text.data() + text.size(), value, options);
  if (end != text.data() + text.size() || fault == std::errc::invalid_argument) {
    return Reading::not_a_number;
  }
  return std::isfinite(value) ? Reading::number : Reading::too_large;
}

}  // namespace fallline::csv
