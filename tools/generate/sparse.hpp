// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tools/generate/options.hpp"

namespace generate {

/// LIBSVM text: y and about `nonzeros` entries a row of positive values whose squares sum to 1, as tf-idf gives them; feature j is drawn
/// the more often the smaller j is. Of 80,000 rows, 47,000 features and 66 non-zeros it has the shape of RCV1.
void write_sparse(const Options& options);

}  // namespace generate
