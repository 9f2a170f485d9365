// SPDX-License-Identifier: Apache-2.0
// What must be the same for a run to be gone on with: the program's version, its kernels, every option that changes the numbers, and the
// data.
#pragma once

#include <string>

#include "fallline/base/result.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/train/checkpoint.hpp"
#include "fallline/train/train.hpp"

namespace fallline {

/// The options of the library by the names of the command line, for those who tell none of their own. Budgets are left out: they may grow.
Facts options_told(const ModelOptions& model, const TrainOptions& options);

/// How many rows and features, and a digest of the encoded rows with their targets and weights, of the target's classes and of the names
/// of the features. One pass over memory: 11 GB/s on one core.
template <class T>
Result<std::string> data_identity(const Dataset<T>& data, const TargetCoding& target, const TrainOptions& options);

/// Facts of a run: the version of the program, the kernels in use and the options.
Facts identity(const Facts& options);

/// Whether a checkpoint was written with these facts of `identity`; else an error that names the first that differs, both values and what
/// to do. A version is a matter of the data error, an option of the usage error.
Result<void> check_identity(const Checkpoint& state, const Facts& now);

/// How far a run had come. spent: of its budget, in the budget's own units. over: nobody interrupted it.
struct Progress {
  std::int64_t steps = 0;
  std::int64_t epochs = 0;
  std::int64_t spent = 0;
  bool over = false;
};
Progress progress_of(const Checkpoint& state);

}  // namespace fallline
