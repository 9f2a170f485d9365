// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/finite_sum.hpp"

#include <fmt/format.h>

#include "fallline/optim/detail/registry.hpp"
#include "fallline/optim/methods.hpp"

namespace fallline {

namespace {

template <class M>
Result<SumMethodChoice> make(std::string_view text) {
  const Result<M> method = with_settings(M(), text);
  if (!method) {
    return method.error();
  }
  return SumMethodChoice{method->learning_rate,
                         [method = *method](const FiniteSum& sum, std::span<const double> start) { return method.begin(sum, start); }};
}

}  // namespace

Result<SumMethodChoice> make_sum_method(std::string_view spec) {
  const auto [name, text] = detail::split_spec(spec);
  std::vector<std::string> names;
  SumMethods::for_each([&]<class M>() { names.emplace_back(M::name); });
  Result<SumMethodChoice> made = detail::unknown_name("method for finite sums", name, names);
  SumMethods::for_each([&, name = name, text = text]<class M>() {
    if (M::name == name) {
      made = make<M>(text);
    }
  });
  return made;
}

bool is_sum_method(std::string_view spec) {
  const std::string_view name = detail::split_spec(spec).name;
  bool found = false;
  SumMethods::for_each([&]<class M>() { found = found || M::name == name; });
  return found;
}

}  // namespace fallline
