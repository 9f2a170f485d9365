// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/finite_sum.hpp"

#include <fmt/format.h>

#include "fallline/base/random.hpp"
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
  return SumMethodChoice{method->learning_rate, M::rate_over_curvature, M::keeps_table,
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

std::uint32_t row_of_step(std::uint64_t seed, std::int64_t step, std::size_t rows) {
  const auto n = static_cast<std::int64_t>(rows);
  const Random random(seed, Purpose::row_order, static_cast<std::uint32_t>(step / n + 1));
  return static_cast<std::uint32_t>(random.bits(static_cast<std::uint64_t>(step % n)) % rows);
}

}  // namespace fallline
