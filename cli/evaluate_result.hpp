// SPDX-License-Identifier: Apache-2.0
// How the metrics of a model are told: as tables for a person, as one JSON object.
#pragma once

#include <string>
#include <vector>

#include "fallline/train/evaluate.hpp"

namespace fallline::cli {

std::string metrics_text(const Metrics& metrics, const TargetCoding& target);
std::string metrics_json(const Metrics& metrics, const TargetCoding& target);

}  // namespace fallline::cli
