// SPDX-License-Identifier: Apache-2.0
#include "cli/descend_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "cli/descend_walk.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/random.hpp"
#include "fallline/base/text.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline::cli {

namespace {

constexpr double same_place = 1e-4;           // of the box's width, in each coordinate
constexpr std::size_t curvature_limit = 200;  // coordinates up to which the end is checked for being a saddle
constexpr std::string_view no_minimum = "The end is no minimum: the function curves downward there, as at a saddle. Start beside it.";

std::vector<double> random_start(const LandscapeInfo& info, std::uint64_t seed, std::size_t restart) {
  const Random random(seed, Purpose::initial_weights, static_cast<std::uint32_t>(restart));
  std::vector<double> start;
  for (std::size_t i = 0; i < info.dimension; ++i) {
    start.push_back(info.box[i].low + (info.box[i].high - info.box[i].low) * random.uniform(i));
  }
  return start;
}

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

bool usable(const MinimizeResult& end) { return end.outcome != Outcome::diverged && std::isfinite(end.value); }

bool near(const LandscapeInfo& info, const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - b[i]) > same_place * (info.box[i].high - info.box[i].low)) {
      return false;
    }
  }
  return true;
}

/// ends: best first.
std::vector<FoundEnd> merged(const LandscapeInfo& info, const std::vector<const MinimizeResult*>& ends) {
  std::vector<FoundEnd> minima;
  for (const MinimizeResult* end : ends) {
    if (!usable(*end) || end->outcome == Outcome::interrupted) {
      continue;
    }
    auto at = std::find_if(minima.begin(), minima.end(), [&](const FoundEnd& known) { return near(info, known.x, end->x); });
    if (at == minima.end()) {
      at = minima.insert(at, {end->x, end->value, 0, false});
    }
    ++at->count;
    at->converged = at->converged || end->outcome == Outcome::converged;
  }
  return minima;
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

Result<Descended> descend_often(const DescendRequest& request, Landscape& landscape, bool with_path, StopToken stop) {
  const LandscapeInfo& info = landscape.info();
  std::vector<std::optional<Result<MinimizeResult>>> walks(request.restarts);
  ThreadPool pool(request.threads);
  pool.run(request.restarts, [&](std::size_t k) {
    const auto own = landscape.clone();
    walks[k].emplace(walk(request, *own, random_start(info, request.seed, k), request.seed + k, false, stop));
  });
  std::vector<const MinimizeResult*> ends;
  for (const auto& result : walks) {
    if (!*result) {
      return result->error();
    }
    ends.push_back(&result->value());
  }
  std::vector<std::size_t> order(ends.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (usable(*ends[a]) != usable(*ends[b])) {
      return usable(*ends[a]);
    }
    const bool told_apart = usable(*ends[a]) && ends[a]->value != ends[b]->value;
    return told_apart ? ends[a]->value < ends[b]->value : a < b;
  });
  std::vector<const MinimizeResult*> sorted;
  Descended out;
  std::size_t converged = 0;
  for (const std::size_t k : order) {
    sorted.push_back(ends[k]);
    out.diverged += ends[k]->outcome == Outcome::diverged ? 1U : 0U;
    converged += ends[k]->outcome == Outcome::converged ? 1U : 0U;
  }
  out.minima = merged(info, sorted);
  out.start = random_start(info, request.seed, order.front());
  out.end = *sorted.front();
  if (with_path && !stop.stop_requested()) {
    auto again = walk(request, landscape, out.start, request.seed + order.front(), true, stop);
    if (!again) {
      return again.error();
    }
    out.end = std::move(*again);
  }
  out.end.why =
      fmt::format("Of {} starts {} converged and {} diverged. The best: {}", request.restarts, converged, out.diverged, out.end.why);
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
