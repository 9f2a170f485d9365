// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/optim/detail/registry.hpp"
#include "fallline/optim/schedules.hpp"

namespace fallline {

namespace {

/// The straight rise in front of any schedule.
struct Warmup {
  std::int64_t warmup = 0;

  static constexpr auto fields() { return std::array{field<&Warmup::warmup>("warmup", nonnegative, "steps of a straight rise in front")}; }
};

Result<std::vector<double>> parse_list(std::string_view name, std::string_view text) {
  std::vector<double> list;
  for (const std::string_view part : split(text, '/')) {
    const auto value = parse_double(part);
    if (!value) {
      return usage_error(fmt::format("{} takes numbers separated by /, as in 10/20/30, not {}.", name, quoted(text)));
    }
    list.push_back(*value);
  }
  return list;
}

template <class S>
Result<bool> set_list(S& schedule, std::string_view name, std::string_view text) {
  if constexpr (requires { S::lists(); }) {
    for (const auto& list : S::lists()) {
      if (list.name == name) {
        const auto values = parse_list(name, text);
        if (!values) {
          return values.error();
        }
        schedule.*(list.member) = *values;
        return true;
      }
    }
  }
  return false;
}

template <class S>
std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const auto& f : S::fields()) {
    names.emplace_back(f.name);
  }
  if constexpr (requires { S::lists(); }) {
    for (const auto& list : S::lists()) {
      names.emplace_back(list.name);
    }
  }
  for (const auto& f : Warmup::fields()) {
    if (std::find(names.begin(), names.end(), f.name) == names.end()) {
      names.emplace_back(f.name);
    }
  }
  return names;
}

template <LearningRateSchedule S>
Result<void> set(S& schedule, Warmup& front, const Setting& setting) {
  Result<bool> known = set_field(schedule, setting.name, setting.value);
  if (known && !*known) {
    known = set_list(schedule, setting.name, setting.value);
  }
  if (known && !*known) {
    known = set_field(front, setting.name, setting.value);
  }
  if (!known) {
    return Error{known.error().code, fmt::format("{}: {}", S::name, known.error().message)};
  }
  return *known ? Result<void>() : unknown_option(S::name, setting.name, option_names<S>());
}

template <LearningRateSchedule S>
Result<Schedule> make(std::string_view spec, const std::vector<Setting>& settings, std::int64_t total_steps) {
  S schedule;
  Warmup front;
  for (const Setting& setting : settings) {
    if (Result<void> done = set(schedule, front, setting); !done) {
      return done.error();
    }
  }
  if constexpr (requires { schedule.total; }) {
    if (schedule.total == 0) {
      schedule.total = std::max<std::int64_t>(total_steps - front.warmup, 1);
    }
  }
  const auto shared = std::make_shared<S>(std::move(schedule));
  Schedule made{.spec = std::string(spec), .rate = {}, .momentum = {}, .observe = {}};
  made.rate = [shared, rise = front.warmup](std::int64_t k, double base) {
    return k < rise ? shared->rate(0, base) * static_cast<double>(k + 1) / static_cast<double>(rise) : shared->rate(k - rise, base);
  };
  if constexpr (requires { shared->cycle_momentum; }) {
    if (shared->cycle_momentum) {
      made.momentum = [shared, rise = front.warmup](std::int64_t k) { return shared->momentum(std::max<std::int64_t>(k - rise, 0)); };
    }
  }
  if constexpr (requires { shared->observe(0.0); }) {
    made.observe = [shared](double metric) { shared->observe(metric); };
  }
  return made;
}

}  // namespace

Result<Schedule> make_schedule(std::string_view spec, std::int64_t total_steps) {
  const auto [name, text] = detail::split_spec(spec);
  const auto settings = parse_settings(text);
  if (!settings) {
    return settings.error();
  }
  std::vector<std::string> names;
  Schedules::for_each([&]<class S>() { names.emplace_back(S::name); });
  Result<Schedule> made = detail::unknown_name("schedule", name, names);
  Schedules::for_each([&, name = name]<class S>() {
    if (S::name == name) {
      made = make<S>(spec, *settings, total_steps);
    }
  });
  return made;
}

std::vector<ScheduleInfo> list_schedules() {
  std::vector<ScheduleInfo> all;
  Schedules::for_each([&]<class S>() {
    ScheduleInfo info{std::string(S::name), std::string(S::cites), std::string(S::summary), field_values(S())};
    for (const FieldValue& value : field_values(Warmup())) {
      const auto same = [&](const FieldValue& own) { return own.info.name == value.info.name; };
      if (std::none_of(info.fields.begin(), info.fields.end(), same)) {
        info.fields.push_back(value);
      }
    }
    all.push_back(std::move(info));
  });
  return all;
}

}  // namespace fallline
