// SPDX-License-Identifier: Apache-2.0
// What is in a model, for programs.
#pragma once

#include <string>

#include "fallline/train/model_file.hpp"

namespace fallline::cli {

std::string show_json(const Model& model);

/// feature,coefficient,standardized with the intercept first; in front the class, where there is a score a class.
std::string show_csv(const Model& model);

}  // namespace fallline::cli
