// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/sorted_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/numbers.hpp"

namespace fallline {

namespace {

/// How often the target of a row differs from that of the row before, as a share of what shuffled rows would show; for numbers how much of
/// the way between neighbours shuffled rows would go. Near 1 for rows in no order, near 0 for sorted ones.
template <class T>
double disorder(Feed<T>& feed) {
  const PartRows& rows = feed.part(Part::training);
  const double count = static_cast<double>(rows.size());
  double before = 0;
  double step = 0;
  double mean = 0;
  double square = 0;
  bool begun = false;
  feed.each_target([&](std::size_t first, std::span<const T> target, std::span<const T> /*weight*/) {
    const std::size_t targets = feed.kind().targets;
    for (std::size_t i = 0; i * targets < target.size(); ++i) {
      if (!rows.holds(first + i)) {
        continue;
      }
      const double y = static_cast<double>(target[i * targets]);
      step += begun ? (y - before) * (y - before) : 0;
      mean += y / count;
      square += y * y / count;
      before = y;
      begun = true;
    }
  });
  const double variance = square - mean * mean;
  return variance > 0 ? step / count / (2 * variance) : 1;
}

}  // namespace

template <class T>
std::string warning_of_sorted_rows(Problem<T>& problem, const Plan& plan, const TrainOptions& options) {
  constexpr double sorted_below = 0.05;
  const std::size_t rows = problem.rows(Part::training);
  const std::size_t window = problem.feed().window();
  const bool whole = plan.method || plan.by_rows || plan.full_batch || (options.shuffle && problem.feed().rows() <= window);
  if (whole || rows < 100 || disorder(problem.feed()) > sorted_below) {
    return "";
  }
  const std::string advice =
      options.shuffle ? fmt::format(
                            "rows are shuffled among {} at a time, which mixes them less than all {} would; shuffle the file once, "
                            "or pass a larger --shuffle-window",
                            grouped(static_cast<std::int64_t>(window)), grouped(static_cast<std::int64_t>(rows)))
                      : "with --shuffle off a batch sees one kind of rows only; leave it out";
  return "the file looks sorted by the target: " + advice;
}

template std::string warning_of_sorted_rows(Problem<float>&, const Plan&, const TrainOptions&);
template std::string warning_of_sorted_rows(Problem<double>&, const Plan&, const TrainOptions&);

}  // namespace fallline
