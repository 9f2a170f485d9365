// SPDX-License-Identifier: Apache-2.0
// TypeList<A, B, ...>: the lists of rules, tensor rules, methods and schedules, as types. A list is read from front to back.
#pragma once

#include <cstddef>
#include <type_traits>

namespace fallline {

template <class... Members>
struct TypeList {
  static constexpr std::size_t size = sizeof...(Members);

  /// Calls visit.operator()<Member>() for each member in order.
  template <class Visit>
  static constexpr void for_each(Visit&& visit) {
    (visit.template operator()<Members>(), ...);
  }

  /// Calls visit.operator()<Member>() for the member at `index`.
  template <class Visit>
  static constexpr void at(std::size_t index, Visit&& visit) {
    std::size_t i = 0;
    (void)((i++ == index && (visit.template operator()<Members>(), true)) || ...);
  }

  /// Where Member stands in the list.
  template <class Member>
  static constexpr std::size_t index_of() {
    std::size_t i = 0;
    (void)((std::is_same_v<Member, Members> || (++i, false)) || ...);
    return i;
  }
};

}  // namespace fallline
