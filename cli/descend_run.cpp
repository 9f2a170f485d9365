// SPDX-License-Identifier: Apache-2.0
#include "cli/descend_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/descend_walk.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

constexpr std::size_t curvature_limit = 200;  // coordinates up to which the end is checked for being a saddle
constexpr std::string_view no_minimum = "The end is no minimum: the function curves downward there, as at a saddle. Start beside it.";

/// Cholesky, with a little added to the diagonal so that flat directions pass.
bool positive_semidefinite(std::vector<double>& h, std::size_t n) {
  double largest = 0;
  for (const double x : h) {
    largest = std::max(largest, std::abs(x));
  }
  for (std::size_t j = 0; j < n; ++j) {
    double pivot = h[j * n + j] + 1e-7 * std::max(largest, 1e-300);
    for (std::size_t k = 0; k < j; ++k) {
      pivot -= h[j * n + k] * h[j * n + k];
    }
    if (!(pivot > 0)) {
      return false;
    }
    h[j * n + j] = std::sqrt(pivot);
    for (std::size_t i = j + 1; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) {
        h[i * n + j] -= h[i * n + k] * h[j * n + k];
      }
      h[i * n + j] /= h[j * n + j];
    }
  }
  return true;
}

bool curves_downward(const DescendRequest& request, Landscape& landscape, const std::vector<double>& x) {
  const std::size_t n = x.size();
  if (n > curvature_limit || !landscape.info().smooth || request.chain.l1 > 0) {
    return false;
  }
  std::vector<double> h(n * n);
  landscape.hessian(x, {h.data(), n, n});
  for (std::size_t i = 0; i < n; ++i) {
    h[i * n + i] += request.chain.l2;
  }
  return std::all_of(h.begin(), h.end(), [](double a) { return std::isfinite(a); }) && !positive_semidefinite(h, n);
}

Error not_finite(const Landscape& landscape, const std::vector<double>& start) {
  return usage_error(fmt::format("{} or its gradient is not finite at the start {}; begin elsewhere, with --start.",
                                 fallline::quoted(landscape.spec()), point_text(start)));
}

bool finite_at(Landscape& landscape, const std::vector<double>& x) {
  std::vector<double> gradient(x.size());
  const double value = landscape.value_and_gradient(x, gradient);
  return std::isfinite(value) && std::all_of(gradient.begin(), gradient.end(), [](double g) { return std::isfinite(g); });
}

Result<Descended> descend_once(const DescendRequest& request, Landscape& landscape, bool with_path, StopToken stop) {
  Descended out;
  out.start = request.start.empty() ? landscape.info().start : request.start;
  if (!finite_at(landscape, out.start)) {
    return not_finite(landscape, out.start);
  }
  auto end = walk(request, landscape, out.start, request.seed, with_path, stop);
  if (!end) {
    return end.error();
  }
  out.end = std::move(*end);
  return out;
}

MultistartOptions starts_in_box(const DescendRequest& request, const LandscapeInfo& info) {
  MultistartOptions options{.starts = request.restarts, .seed = request.seed, .threads = request.threads};
  for (const Interval& side : info.box) {
    options.low.push_back(side.low);
    options.high.push_back(side.high);
  }
  return options;
}

/// The number of the run to tell of: of the lowest minimum, else of one that was interrupted, else the first.
std::size_t best_run(const MultistartResult& found) {
  if (!found.minima.empty()) {
    return found.minima.front().lowest;
  }
  const auto stopped =
      std::find_if(found.runs.begin(), found.runs.end(), [](const auto& run) { return run.outcome == Outcome::interrupted; });
  return stopped == found.runs.end() ? 0 : static_cast<std::size_t>(stopped - found.runs.begin());
}

std::size_t with_outcome(const MultistartResult& found, Outcome outcome) {
  return static_cast<std::size_t>(
      std::count_if(found.runs.begin(), found.runs.end(), [outcome](const auto& run) { return run.outcome == outcome; }));
}

Result<Descended> descend_often(const DescendRequest& request, Landscape& landscape, bool with_path, StopToken stop) {
  const RunFromStart one = [&](std::size_t k, const std::vector<double>& start) {
    const auto own = landscape.clone();
    return walk(request, *own, start, request.seed + k, false, stop);
  };
  auto found = multistart(one, starts_in_box(request, landscape.info()));
  if (!found) {
    return found.error();
  }
  const std::size_t best = best_run(*found);
  Descended out;
  out.diverged = with_outcome(*found, Outcome::diverged);
  out.start = found->starts[best];
  out.end = found->runs[best];
  out.minima = std::move(found->minima);
  if (with_path && !stop.stop_requested()) {
    auto again = walk(request, landscape, out.start, request.seed + best, true, stop);
    if (!again) {
      return again.error();
    }
    out.end = std::move(*again);
  }
  out.end.why = fmt::format("Of {} starts {} converged and {} diverged. The best: {}", request.restarts,
                            with_outcome(*found, Outcome::converged), out.diverged, out.end.why);
  return out;
}

}  // namespace

Result<Descended> descend(const DescendRequest& request, const Landscape& landscape, bool with_path, StopToken stop) {
  const auto own = landscape.clone();
  auto out = request.restarts > 0 ? descend_often(request, *own, with_path, stop) : descend_once(request, *own, with_path, stop);
  if (!out) {
    return out;
  }
  out->start_value = own->value(out->start);
  out->learning_rate = request.learning_rate.value_or(*default_learning_rate(request.optimizer));
  if (stop.stop_requested()) {
    out->end.outcome = Outcome::interrupted;
  }
  if (out->end.outcome == Outcome::converged && curves_downward(request, *own, out->end.x)) {
    out->warnings.emplace_back(no_minimum);
  }
  return out;
}

}  // namespace fallline::cli
