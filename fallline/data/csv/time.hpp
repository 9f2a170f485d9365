// SPDX-License-Identifier: Apache-2.0
// Dates and times of ISO 8601 to seconds since 1970, in the proleptic Gregorian calendar. A time without zone is taken as UTC.
#pragma once

#include <string_view>

namespace fallline::csv {

/// impossible: written as a date or time, but there is no such day or hour (2021-02-30, 25:00).
enum class TimeReading { date, date_and_time, impossible, not_a_time };

/// The whole of `text`: YYYY-MM-DD or YYYY/MM/DD, alone or followed by T or a blank and hh:mm, hh:mm:ss or hh:mm:ss.fff (point or comma),
/// and by Z or an offset +hh:mm, +hhmm or +hh. `seconds` is set for date and date_and_time.
TimeReading read_time(std::string_view text, double& seconds);

}  // namespace fallline::csv
