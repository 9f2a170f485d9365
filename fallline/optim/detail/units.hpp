// SPDX-License-Identifier: Apache-2.0
// Stages that look at a unit at a time: the weights that lead into one output, a row or a column of a matrix (TensorInfo::unit_axis), a
// vector as a whole. A row lies side by side; columns are gone through together, row after row.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "fallline/optim/detail/transforms.hpp"
#include "fallline/optim/parameters.hpp"
#include "fallline/optim/rule_loop.hpp"

namespace fallline::detail {

/// Unit u has the values at u * next + i * stride, i < size.
struct Units {
  std::size_t count = 0;
  std::size_t size = 0;
  std::size_t next = 0;
  std::size_t stride = 1;
};

inline Units units_of(const TensorInfo& info) {
  if (info.shape.size() < 2) {
    return {1, info.size(), info.size(), 1};
  }
  const std::size_t units = info.shape[std::min(info.unit_axis, info.shape.size() - 1)];
  const std::size_t size = units > 0 ? info.size() / units : 0;
  return info.unit_axis == 0 ? Units{units, size, size, 1} : Units{units, size, 1, units};
}

/// The norm of each unit, into `norms`, which keeps its room from call to call.
template <class T>
void measure_units(const Units& units, std::span<const T> values, std::vector<double>& norms) {
  norms.assign(units.count, 0);
  if (units.stride == 1) {
    for (std::size_t u = 0; u < units.count; ++u) {
      norms[u] = length<T>(values.subspan(u * units.next, units.size), 0);
    }
    return;
  }
  for (std::size_t i = 0; i < units.size; ++i) {
    for (std::size_t u = 0; u < units.count; ++u) {
      const double x = static_cast<double>(values[i * units.stride + u]);
      norms[u] += x * x;
    }
  }
  for (std::size_t u = 0; u < units.count; ++u) {
    if (std::isfinite(norms[u])) {
      norms[u] = std::sqrt(norms[u]);
      continue;
    }
    std::vector<T> unit(units.size);  // squares beyond double
    for (std::size_t i = 0; i < units.size; ++i) {
      unit[i] = values[i * units.stride + u];
    }
    norms[u] = length<T>(unit, 0);
  }
}

template <class T>
void scale_unit(const Units& units, std::size_t unit, double factor, std::span<T> values) {
  for (std::size_t i = 0; i < units.size; ++i) {
    values[unit * units.next + i * units.stride] *= static_cast<T>(factor);
  }
}

/// Each unit's gradient is shortened to `share` of its weights' norm, reckoned as `floor` at least (Brock et al. 2021).
template <class T>
void clip_adaptively(const Parameters<T>& theta, double share, double floor, Parameters<T>& gradient, std::vector<double>& scratch,
                     std::vector<double>& norms) {
  for (std::size_t t = 0; t < theta.tensors(); ++t) {
    const Units units = units_of(theta.info(t));
    measure_units<T>(units, theta.tensor(t), norms);
    measure_units<T>(units, std::span<const T>(gradient.tensor(t)), scratch);
    for (std::size_t u = 0; u < units.count; ++u) {
      const double most = share * std::max(norms[u], floor);
      if (scratch[u] > most) {
        scale_unit(units, u, most / scratch[u], gradient.tensor(t));
      }
    }
  }
}

/// Units of penalised tensors that are longer than `most` are scaled back to it (Srivastava et al. 2014).
template <class T>
void keep_within(double most, Parameters<T>& theta, std::vector<double>& norms) {
  for (std::size_t t = 0; t < theta.tensors(); ++t) {
    if (!theta.info(t).penalised) {
      continue;
    }
    const Units units = units_of(theta.info(t));
    measure_units<T>(units, std::span<const T>(theta.tensor(t)), norms);
    for (std::size_t u = 0; u < units.count; ++u) {
      if (norms[u] > most) {
        scale_unit(units, u, most / norms[u], theta.tensor(t));
      }
    }
  }
}

}  // namespace fallline::detail
