// SPDX-License-Identifier: Apache-2.0
// For tests of sparse steps: how far they are from dense ones once coordinates are touched again after many steps, and the settings that
// this has to hold for. Weights are neither gone nor still where they were after a million steps of these.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "fallline/optim/schedule.hpp"
#include "fallline/optim/sparse.hpp"
#include "fallline/optim/testing.hpp"

namespace fallline::testing {

/// "sgd" with "l2=1" is "sgd:l2=1".
inline std::string with(const std::string& name, const std::string& settings) {
  return settings.empty() ? name : name + (name.find(':') == std::string::npos ? ":" : ",") + settings;
}

inline const std::vector<std::string> main_rules{"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "ftrl"};

/// Every schedule, with numbers where it asks for some. That of plateau sees a loss that stops falling.
inline std::vector<std::string> every_schedule() {
  std::vector<std::string> specs;
  for (const ScheduleInfo& info : list_schedules()) {
    specs.push_back(info.name == "multistep"   ? "multistep:milestones=100/700,gamma=0.3"
                    : info.name == "piecewise" ? "piecewise:boundaries=100/700,values=0.02/0.01/0.001"
                    : info.name == "plateau"   ? "plateau:patience=1"
                                               : info.name);
  }
  return specs;
}

/// A rule with each decay, each form of L1 and each average that it goes with.
inline std::vector<std::string> specs_for_many_steps(const std::string& rule) {
  std::vector<std::string> specs;
  for (const char* decay : {"", "l2=1e-5", "weight_decay=1e-5", "weight_decay=1e-6,decay=fixed"}) {
    for (const char* l1 : {"", "l1=1e-6", "l1=1e-6,l1_form=truncated,truncate_every=7", "l1=1e-6,l1_form=cumulative"}) {
      for (const char* average : {"", "average=ema,average_decay=0.99999", "average=mean,average_start=4,average_every=3"}) {
        const std::string spec = with(with(with(rule, decay), l1), average);
        if (make_optimizer<double>(spec).has_value()) {
          specs.push_back(spec);
        }
      }
    }
  }
  return specs;
}

/// The largest difference, relative to each number of x; 1e-9 counts as zero.
template <class A, class B>
double distance(std::span<const A> x, std::span<const B> y) {
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double one = static_cast<double>(x[i]);
    const double off = std::abs(one - static_cast<double>(y[i]));
    most = std::max(most, std::isfinite(off) ? off / std::max(std::abs(one), 1e-9) : std::numeric_limits<double>::infinity());
  }
  return most;
}

/// One weight is touched by five steps, then none of two by `missed`, then both by three more: how far they are from the dense path in the
/// end, and what they are evaluated at.
inline double apart_after_missing(std::int64_t missed, const std::string& spec, const std::string& schedule, double base) {
  const auto dense = make(spec);
  auto sparse = make_sparse_optimizer<double>(spec);
  const std::int64_t horizon = missed + 8;
  const auto rates = make_schedule(schedule, horizon);
  if (dense == nullptr || !sparse || !rates) {
    ADD_FAILURE() << spec << " under " << schedule;
    return std::numeric_limits<double>::infinity();
  }
  Parameters<double> a = vector<double>({0.5, -0.8});
  Parameters<double> b = a;
  Parameters<double> written = a;
  dense->start(a);
  (*sparse)->start(b, 2 * horizon);
  const std::vector<std::size_t> both{0, 1};
  const std::int64_t observed_every = std::max<std::int64_t>(1, missed / 20);  // or the rate would fall below all numbers
  std::vector<double> gradient;
  for (std::int64_t t = 1; t <= horizon; ++t) {
    const std::span<const std::size_t> touched = std::span(both).first(t <= 5 ? 1 : t > missed + 5 ? 2 : 0);
    std::fill(written.values().begin(), written.values().end(), 0.0);
    gradient.clear();
    for (const std::size_t c : touched) {
      gradient.push_back(std::sin(static_cast<double>(3 * t + static_cast<std::int64_t>(c))));
      written.values()[c] = gradient.back();
    }
    if (rates->observe && t % observed_every == 0) {
      rates->observe(1 / static_cast<double>(std::min<std::int64_t>(t, 300)));
    }
    const double rate = rates->rate(t - 1, base);
    dense->step(a, written, rate);
    (*sparse)->step(b, touched, gradient, rate);
  }
  return std::max(distance<double, double>(a.values(), (*sparse)->settled(b).values()),
                  distance<double, double>(dense->evaluation(a).values(), (*sparse)->evaluation(b).values()));
}

}  // namespace fallline::testing
