// SPDX-License-Identifier: Apache-2.0
// The columns of an encoder and what was decided for each: for `show` of a model and for train --explain-input alike.
#pragma once

#include <string>
#include <vector>

#include "fallline/data/encoder.hpp"

namespace fallline::cli {

/// "number", "time in days since 1970-01-01".
std::string type_text(ColumnType type, const std::string& unit);

/// "(x - 38.6) * 0.073", "5 levels: a, b, ...", "left out: holds only '7'".
std::string coding_text(const EncodedColumn& column);

/// One row a column, then one a cross, with a head: name, type, missing, features, encoding.
std::vector<std::vector<std::string>> column_table(const Encoder& encoder);

std::string columns_json(const Encoder& encoder);
std::string crosses_json(const Encoder& encoder);

/// The name of the target, or a list of the names of several.
std::string target_names_json(const TargetCoding& target);

}  // namespace fallline::cli
