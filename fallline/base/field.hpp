// SPDX-License-Identifier: Apache-2.0
// Field<S>: one option of a plain struct S told once: name, range, meaning. Parsing, help, JSON, reference pages and bindings are
// derived from it; the default is the member's own initialiser.
//
//   struct Momentum {
//     double momentum = 0.9;
//     static constexpr auto fields() { return std::array{field<&Momentum::momentum>("momentum", unit, "share of the velocity kept")}; }
//   };
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fallline/base/result.hpp"

namespace fallline {

/// The values a number may take: low <= x <= high, the ends left out where open.
struct Range {
  double low;
  double high;
  bool low_open = false;
  bool high_open = false;

  constexpr bool holds(double x) const { return (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high); }
};

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr Range any_number{-infinity, infinity, true, true};
inline constexpr Range positive{0, infinity, true, true};
inline constexpr Range nonnegative{0, infinity, false, true};
inline constexpr Range unit{0, 1};
inline constexpr Range below_one{0, 1, false, true};

enum class FieldKind { real, integer, flag, choice };

/// What is known of a field without knowing its struct. `choices` are separated by '|', in the order of the enum.
struct FieldInfo {
  std::string_view name;
  FieldKind kind = FieldKind::real;
  Range range = any_number;
  std::string_view choices;
  std::string_view meaning;
};

/// A field of S with its access; every kind travels as double (flag 0 or 1, choice by index).
template <class S>
struct Field : FieldInfo {
  double (*get)(const S&) = nullptr;
  void (*set)(S&, double) = nullptr;
};

namespace detail {
template <class M>
struct MemberOf;
template <class S, class T>
struct MemberOf<T S::*> {
  using Struct = S;
  using Value = T;
};

template <auto Member>
constexpr auto make_field(FieldInfo info) {
  using S = typename MemberOf<decltype(Member)>::Struct;
  using T = typename MemberOf<decltype(Member)>::Value;
  return Field<S>{info, [](const S& s) { return static_cast<double>(s.*Member); }, [](S& s, double x) { s.*Member = static_cast<T>(x); }};
}
}  // namespace detail

/// A number or, for a bool member, a flag.
template <auto Member>
constexpr auto field(std::string_view name, Range range, std::string_view meaning) {
  using T = typename detail::MemberOf<decltype(Member)>::Value;
  return detail::make_field<Member>({name, std::is_integral_v<T> ? FieldKind::integer : FieldKind::real, range, "", meaning});
}

template <auto Member>
constexpr auto flag(std::string_view name, std::string_view meaning) {
  return detail::make_field<Member>({name, FieldKind::flag, unit, "true|false", meaning});
}

/// An enum member whose values 0, 1, ... are named by `choices`, e.g. "grad|step".
template <auto Member>
constexpr auto choice(std::string_view name, std::string_view choices, std::string_view meaning) {
  return detail::make_field<Member>({name, FieldKind::choice, any_number, choices, meaning});
}

/// The value written as a user would type it: 0.9, true, grad.
std::string format_field(const FieldInfo& info, double value);

/// Reads `text` for the field, checked against its kind and range; the error names the field, the value and what is allowed.
Result<double> parse_field(const FieldInfo& info, std::string_view text);

/// "in [0, 1)", "true or false", "grad or step": what the field accepts, for help and errors.
std::string allowed(const FieldInfo& info);

/// One "name=value" or bare "name" (a flag set to true) of an option such as adam:beta1=0.95,amsgrad=raw.
struct Setting {
  std::string name;
  std::string value;
};

/// Splits "a=1,b=2" into settings.
Result<std::vector<Setting>> parse_settings(std::string_view text);

/// A field with its present value, for lists and JSON.
struct FieldValue {
  FieldInfo info;
  double value;
};

template <class S>
std::vector<FieldValue> field_values(const S& s) {
  std::vector<FieldValue> values;
  for (const auto& f : S::fields()) {
    values.push_back({f, f.get(s)});
  }
  return values;
}

/// Sets the field called `name`; false where S has none of that name.
template <class S>
Result<bool> set_field(S& s, std::string_view name, std::string_view text) {
  for (const auto& f : S::fields()) {
    if (f.name == name) {
      const Result<double> value = parse_field(f, text);
      if (!value) {
        return value.error();
      }
      f.set(s, *value);
      return true;
    }
  }
  return false;
}

/// A usage error that names the nearest of the known options: "adam has no option 'beta3'. Did you mean 'beta1'? It has: ...".
Error unknown_option(std::string_view owner, std::string_view name, const std::vector<std::string>& known);

/// `s` with the settings of "a=1,b=2"; errors name S.
template <class S>
Result<S> with_settings(S s, std::string_view text) {
  const auto settings = parse_settings(text);
  if (!settings) {
    return settings.error();
  }
  for (const Setting& setting : *settings) {
    const Result<bool> known = set_field(s, setting.name, setting.value);
    if (!known) {
      return Error{known.error().code, std::string(S::name) + ": " + known.error().message};
    }
    if (!*known) {
      std::vector<std::string> names;
      for (const FieldValue& value : field_values(s)) {
        names.emplace_back(value.info.name);
      }
      return unknown_option(S::name, setting.name, names);
    }
  }
  return s;
}

}  // namespace fallline
