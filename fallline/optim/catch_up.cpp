// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/catch_up.hpp"

#include "fallline/optim/detail/rule_catch_up.hpp"
#include "fallline/optim/rules.hpp"

namespace fallline {

template <class T>
std::unique_ptr<CatchUp<T>> make_catch_up(std::size_t index, const void* rule) {
  std::unique_ptr<CatchUp<T>> made;
  UpdateRules::at(index,
                  [&]<UpdateRule Rule>() { made = std::make_unique<detail::RuleCatchUp<T, Rule>>(*static_cast<const Rule*>(rule)); });
  return made;
}

template std::unique_ptr<CatchUp<float>> make_catch_up<float>(std::size_t, const void*);
template std::unique_ptr<CatchUp<double>> make_catch_up<double>(std::size_t, const void*);

}  // namespace fallline
