// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/objective.hpp"

#include <fmt/format.h>

#include "fallline/optim/detail/registry.hpp"
#include "fallline/optim/methods.hpp"

namespace fallline {

namespace {

template <class M>
Result<std::unique_ptr<Method>> make(std::string_view text) {
  const Result<M> method = with_settings(M(), text);
  return method ? Result<std::unique_ptr<Method>>(method->make(describe_method(*method))) : method.error();
}

}  // namespace

Result<std::unique_ptr<Method>> make_method(std::string_view spec) {
  const auto [name, text] = detail::split_spec(spec);
  std::vector<std::string> names;
  Methods::for_each([&]<class M>() { names.emplace_back(M::name); });
  Result<std::unique_ptr<Method>> made = detail::unknown_name("method", name, names);
  Methods::for_each([&, name = name, text = text]<class M>() {
    if (M::name == name) {
      made = make<M>(text);
    }
  });
  return made;
}

bool is_method(std::string_view spec) {
  const std::string_view name = detail::split_spec(spec).name;
  bool found = false;
  Methods::for_each([&]<class M>() { found = found || M::name == name; });
  return found;
}

}  // namespace fallline
