// SPDX-License-Identifier: Apache-2.0
// Where encoded rows are put: in memory where the run's ceiling allows it, else in a file.
#pragma once

#include "fallline/data/encode/bind.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// A data set of the schema's rows: its arrays of their size or, for the entries of sparse rows, with room for them; or a file without
/// rows.
template <class T>
Result<Dataset<T>> room_for_rows(Source& source, const Schema& schema, const Encoder& encoder, const Binding& binding, ThreadPool& pool,
                                 const Place& place);

}  // namespace fallline::encoding
