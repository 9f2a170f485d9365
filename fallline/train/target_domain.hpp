// SPDX-License-Identifier: Apache-2.0
// Whether a loss has a meaning for the targets: counts are not negative.
#pragma once

#include <string>

#include "fallline/base/result.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline {

/// A data error that names the first row where it has none. loss: as make_loss takes it.
template <class T>
Result<void> check_targets(const Dataset<T>& data, const TargetCoding& target, const std::string& loss);

}  // namespace fallline
