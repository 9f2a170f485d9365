// SPDX-License-Identifier: Apache-2.0
// Learning-rate schedules: the rate of step t as a function of k = t - 1, the number of steps done, and the base rate.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/result.hpp"

namespace fallline {

/// rate(k, base) -> learning rate of step k + 1.
struct Schedule {
  std::string spec;
  std::function<double(std::int64_t k, double base)> rate;
  std::function<double(std::int64_t k)> momentum;  // empty unless the schedule drives the momentum of the rule too
  std::function<void(double metric)> observe;      // empty unless the rate depends on a measure such as the loss; then call it after each
};

struct ScheduleInfo {
  std::string name;
  std::string cites;
  std::string summary;
  std::vector<FieldValue> fields;
};

/// "constant", "cosine:total=1000,end=0.1,warmup=50", "step:every=30,gamma=0.1". Any schedule takes warmup=N: a straight rise over the
/// first N steps in front of it. `total_steps` stands in for `total` where the spec leaves it open.
Result<Schedule> make_schedule(std::string_view spec, std::int64_t total_steps);

std::vector<ScheduleInfo> list_schedules();

}  // namespace fallline
