// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/landscape.hpp"

#include <fmt/format.h>

#include <utility>

#include "fallline/base/text.hpp"
#include "fallline/model/landscape_named.hpp"
#include "fallline/model/landscapes.hpp"

namespace fallline {

namespace {

constexpr std::size_t default_dimension = 2;

/// f(landscape) for each member of the list at its defaults.
template <std::size_t index = 0, class F>
void for_each_landscape(F&& f) {
  if constexpr (index < std::variant_size_v<landscapes::Any>) {
    f(std::variant_alternative_t<index, landscapes::Any>());
    for_each_landscape<index + 1>(f);
  }
}

Error bad_dimension(std::string_view name, Dimensions allowed, std::size_t dimension) {
  const std::string range = allowed.least == allowed.most ? fmt::format("exists in {} dimensions only", allowed.least)
                                                          : fmt::format("takes {} to {} dimensions", allowed.least, allowed.most);
  return usage_error(fmt::format("The landscape {} {}, not {}.", name, range, dimension));
}

template <class L>
Result<std::unique_ptr<Landscape>> made_with(L landscape, std::string_view settings, std::size_t dimension) {
  if (dimension < L::dimensions.least || dimension > L::dimensions.most) {
    return bad_dimension(L::name, L::dimensions, dimension);
  }
  const Result<L> set = with_settings(landscape, settings);
  if (!set) {
    return set.error();
  }
  return std::unique_ptr<Landscape>(std::make_unique<NamedLandscape<L>>(*set, dimension));
}

}  // namespace

Result<std::unique_ptr<Landscape>> make_landscape(std::string_view spec, std::optional<std::size_t> dimension) {
  const auto colon = spec.find(':');
  const std::string_view name = spec.substr(0, colon);
  const std::string_view settings = colon == std::string_view::npos ? std::string_view() : spec.substr(colon + 1);
  std::vector<std::string> names;
  std::optional<Result<std::unique_ptr<Landscape>>> made;
  for_each_landscape([&](const auto& landscape) {
    names.emplace_back(landscape.name);
    if (landscape.name == name) {
      made.emplace(made_with(landscape, settings, dimension.value_or(default_dimension)));
    }
  });
  if (!made) {
    return usage_error(
        fmt::format("There is no landscape {}.{} The landscapes are {}.", quoted(name), did_you_mean(name, names), join(names, ", ")));
  }
  return std::move(*made);
}

std::vector<LandscapeInfo> list_landscapes() {
  std::vector<LandscapeInfo> infos;
  for_each_landscape([&](const auto& landscape) { infos.push_back(info_of(landscape, default_dimension)); });
  return infos;
}

}  // namespace fallline
