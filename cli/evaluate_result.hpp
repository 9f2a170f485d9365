// SPDX-License-Identifier: Apache-2.0
// How the metrics of a model are told: as tables for a person, as one JSON object.
#pragma once

#include <string>
#include <vector>

#include "fallline/train/evaluate.hpp"

namespace fallline::cli {

std::string metrics_text(const Metrics& metrics, const std::vector<std::string>& classes);
std::string metrics_json(const Metrics& metrics, const std::vector<std::string>& classes);

}  // namespace fallline::cli
