// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/hidden_activation.hpp"

#include <fmt/format.h>

#include "fallline/base/text.hpp"

namespace fallline {

namespace {

template <class A>
ActivationInfo info_of(const A& activation) {
  static_assert(HiddenActivation<A>);
  return {std::string(A::name), std::string(A::cites), std::string(A::summary), A::init, field_values(activation)};
}

/// f(activation) for each member of the list at its defaults.
template <std::size_t index = 0, class F>
void for_each_activation(F&& f) {
  if constexpr (index < std::variant_size_v<activations::Any>) {
    f(std::variant_alternative_t<index, activations::Any>());
    for_each_activation<index + 1>(f);
  }
}

}  // namespace

Result<activations::Any> parse_activation(std::string_view spec) {
  const auto colon = spec.find(':');
  const std::string_view name = spec.substr(0, colon);
  const std::string_view settings = colon == std::string_view::npos ? std::string_view() : spec.substr(colon + 1);
  std::vector<std::string> names;
  Result<activations::Any> made = usage_error("");
  bool known = false;
  for_each_activation([&](const auto& activation) {
    names.emplace_back(activation.name);
    if (activation.name == name) {
      known = true;
      const auto set = with_settings(activation, settings);
      made = set ? Result<activations::Any>(*set) : set.error();
    }
  });
  if (known) {
    return made;
  }
  return usage_error(
      fmt::format("There is no activation {}.{} The activations are {}.", quoted(name), did_you_mean(name, names), join(names, ", ")));
}

ActivationInfo activation_info(const activations::Any& activation) {
  ActivationInfo info;
  activations::visit(activation, [&](const auto& a) { info = info_of(a); });
  return info;
}

std::vector<ActivationInfo> list_activations() {
  std::vector<ActivationInfo> infos;
  for_each_activation([&](const auto& activation) { infos.push_back(info_of(activation)); });
  return infos;
}

}  // namespace fallline
