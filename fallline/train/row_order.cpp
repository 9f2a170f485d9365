// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/row_order.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {

/// The rows, put into the order of a permutation.
void append_shuffled(std::span<const std::uint32_t> rows, const Permutation& permutation, ThreadPool& pool,
                     std::vector<std::uint32_t>& order) {
  const std::size_t before = order.size();
  order.resize(before + rows.size());
  constexpr std::size_t range = 16384;
  pool.run((rows.size() + range - 1) / range, [&](std::size_t r) {
    for (std::size_t i = r * range; i < std::min(rows.size(), (r + 1) * range); ++i) {
      order[before + i] = rows[permutation(i)];
    }
  });
}

}  // namespace

std::size_t usual_window(double bytes_of_a_row) {
  constexpr double bytes = 64.0 * (1U << 20U);
  return static_cast<std::size_t>(std::max(1.0, bytes / std::max(1.0, bytes_of_a_row)));
}

RowOrder::RowOrder(const PartRows& rows, OrderOptions options, ThreadPool& pool)
    : rows_(rows),
      options_(std::move(options)),
      pool_(pool),
      groups_((rows.rows() + options_.group - 1) / options_.group),
      groups_of_a_window_(std::max<std::size_t>(1, rows.rows() <= options_.window ? groups_ : options_.window / options_.group)) {}

void RowOrder::begin(std::uint32_t epoch, std::size_t place) {
  expects(place <= rows_.size(), "a place lies in the epoch");
  epoch_ = epoch;
  window_ = 0;
  ready_.clear();
  taken_ = 0;
  while (place > 0 && fill()) {
    const std::size_t passed = std::min(place, ready_.size() - taken_);
    taken_ += passed;
    place -= passed;
  }
  if (taken_ < ready_.size()) {
    tell_window();
  }
}

std::span<const std::uint32_t> RowOrder::next(std::size_t most) {
  while (ready_.size() - taken_ < most && fill()) {
    tell_window();
  }
  const auto batch = std::span<const std::uint32_t>(ready_).subspan(taken_, std::min(most, ready_.size() - taken_));
  taken_ += batch.size();
  return batch;
}

/// One more window behind what is ready; false where the epoch has no more.
bool RowOrder::fill() {
  if (window_ >= windows()) {
    return false;
  }
  const std::vector<std::uint32_t> groups = groups_of(window_);
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t group : groups) {
    rows_.append(group * options_.group, std::min(rows_.rows(), (group + std::size_t{1}) * options_.group), rows);
  }
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  // Windows differ by their seeds, which are drawn for each epoch.
  const std::uint64_t seed = windows() == 1 ? options_.seed : Random(options_.seed, Purpose::window_order, epoch_).bits(window_);
  if (options_.shuffle) {
    append_shuffled(rows, Permutation(rows.size(), seed, options_.purpose, epoch_), pool_, ready_);
  } else {
    ready_.insert(ready_.end(), rows.begin(), rows.end());
  }
  ++window_;
  return true;
}

void RowOrder::tell_window() const {
  if (options_.on_window) {
    options_.on_window(groups_of(window_ - 1), groups_of(window_));
  }
}

std::vector<std::uint32_t> RowOrder::groups_of(std::size_t window) const {
  const std::size_t first = std::min(groups_, window * groups_of_a_window_);
  std::vector<std::uint32_t> groups(std::min(groups_of_a_window_, groups_ - first));
  std::iota(groups.begin(), groups.end(), static_cast<std::uint32_t>(first));
  if (options_.shuffle && windows() > 1) {
    const Permutation turns(groups_, options_.seed, Purpose::group_order, epoch_);
    std::transform(groups.begin(), groups.end(), groups.begin(), [&](std::uint32_t k) { return static_cast<std::uint32_t>(turns(k)); });
  }
  return groups;
}

}  // namespace fallline
