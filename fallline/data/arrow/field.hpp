// SPDX-License-Identifier: Apache-2.0
// What one column of an Arrow schema holds, read from its format string ("l": int64, "tsu:UTC": timestamp in microseconds, ...).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/arrow/c_data.hpp"
#include "fallline/data/table.hpp"

namespace fallline::c_data {

enum class Kind { nothing, boolean, whole, real, decimal, text, text_view, days, milliseconds_of_days, timestamp, other };

struct Field {
  std::string name;
  Kind kind = Kind::other;
  std::size_t bytes = 0;          // of a number, or of an offset into text
  bool is_signed = true;          // of a whole number
  int scale = 0;                  // of a decimal: digits behind the point
  std::int64_t per_second = 1;    // of a timestamp
  std::string words = {};         // what it is, for a person: "a list"
  std::shared_ptr<Field> values;  // of a dictionary: what the indices, told by the members above, point to

  /// What the cells are: through the dictionary where there is one.
  const Field& held() const { return values ? *values : *this; }
};

/// The type of column that a field becomes by itself; nothing that is read (`other`) is text here.
ColumnType natural_type(const Field& field);

/// The unit of a time column, "" for others.
std::string natural_unit(const Field& field);

/// The columns of a table's schema (a struct).
Result<std::vector<Field>> fields_of(const ArrowSchema& schema, const std::string& file);

}  // namespace fallline::c_data
