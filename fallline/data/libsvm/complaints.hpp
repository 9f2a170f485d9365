// SPDX-License-Identifier: Apache-2.0
// The sentences about what is wrong with a line: where, what stands there, what was expected.
#pragma once

#include "fallline/base/result.hpp"
#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/libsvm/lines.hpp"

namespace fallline::libsvm {

Error line_fault(const csv::FileText& file, const Fault& fault);

}  // namespace fallline::libsvm
