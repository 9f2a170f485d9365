// SPDX-License-Identifier: Apache-2.0
// Where encoded rows are put: in memory where the run's ceiling allows it, else in a store.
#pragma once

#include "fallline/data/encode/bind.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// What rows are encoded from. target: nullable. weight: "" for none.
struct Origin {
  Source& source;
  const Schema& schema;
  const Encoder& encoder;
  const TargetCoding* target;
  const std::string& weight;
  ThreadPool& pool;
};

/// A data set of the schema's rows: its arrays of their size or, for the entries of sparse rows, with room for them; or a store without
/// rows.
template <class T>
Result<Dataset<T>> room_for_rows(const Origin& origin, const Binding& binding, const Place& place);

}  // namespace fallline::encoding
