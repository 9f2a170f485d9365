// SPDX-License-Identifier: Apache-2.0
// Hidden activations by name: "relu", "leaky_relu:slope=0.1".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/result.hpp"
#include "fallline/model/activations.hpp"

namespace fallline {

struct ActivationInfo {
  std::string name;
  std::string cites;
  std::string summary;
  Init init = Init::glorot;
  std::vector<FieldValue> fields;
};

/// A usage error offers the nearest known name.
Result<activations::Any> parse_activation(std::string_view spec);

ActivationInfo activation_info(const activations::Any& activation);
std::vector<ActivationInfo> list_activations();

}  // namespace fallline
