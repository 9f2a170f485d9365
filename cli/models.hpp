// SPDX-License-Identifier: Apache-2.0
// The models that train can fit, for its --model option, its help and `list models`.
#pragma once

#include <string>
#include <vector>

namespace fallline::cli {

struct ModelInfo {
  std::string name;
  std::string loss;  // the one it has unless another is named
  std::string summary;
};

std::vector<ModelInfo> list_models();

}  // namespace fallline::cli
