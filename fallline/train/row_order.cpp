// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/row_order.hpp"

#include <algorithm>
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
  constexpr double bytes = 192.0 * (1U << 20U);
  return std::max(rows_of_a_group, static_cast<std::size_t>(bytes / std::max(1.0, bytes_of_a_row)));
}

RowOrder::RowOrder(std::span<const std::uint32_t> rows, OrderOptions options, ThreadPool& pool)
    : rows_(rows), options_(std::move(options)), pool_(pool) {
  if (options_.shuffle && rows_.size() > options_.window) {
    groups_ = rows_.back() / rows_of_a_group + 1;
  }
}

void RowOrder::begin(std::uint32_t epoch, std::size_t place) {
  expects(place <= rows_.size(), "a place lies in the epoch");
  epoch_ = epoch;
  place_ = 0;
  window_ = 0;
  ready_.clear();
  taken_ = 0;
  if (!options_.shuffle) {
    place_ = place;
    return;
  }
  while (place > 0 && fill()) {
    const std::size_t passed = std::min(place, ready_.size() - taken_);
    taken_ += passed;
    place -= passed;
  }
}

std::span<const std::uint32_t> RowOrder::next(std::size_t most) {
  if (!options_.shuffle) {
    const auto batch = rows_.subspan(place_, std::min(most, rows_.size() - place_));
    place_ += batch.size();
    return batch;
  }
  while (ready_.size() - taken_ < most && fill()) {
  }
  const auto batch = std::span<const std::uint32_t>(ready_).subspan(taken_, std::min(most, ready_.size() - taken_));
  taken_ += batch.size();
  return batch;
}

/// One more window behind what is ready; false where the epoch has no more.
bool RowOrder::fill() {
  const std::size_t at_once = std::max<std::size_t>(1, options_.window / rows_of_a_group);
  const std::size_t first = window_ * at_once;
  if (first >= std::max<std::size_t>(1, groups_)) {
    return false;
  }
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  if (groups_ == 0) {
    append_shuffled(rows_, Permutation(rows_.size(), options_.seed, options_.purpose, epoch_), pool_, ready_);
  } else {
    const Permutation turns(groups_, options_.seed, Purpose::group_order, epoch_);
    std::vector<std::uint32_t> rows;
    for (std::size_t k = first; k < std::min(groups_, first + at_once); ++k) {
      const auto number = static_cast<std::size_t>(turns(k));
      const auto members = group(number);
      rows.insert(rows.end(), members.begin(), members.end());
      if (options_.on_group && !members.empty()) {
        options_.on_group(members.front(), members.back() - members.front() + std::size_t{1});
      }
    }
    // Windows differ by their seeds, which are drawn for each epoch.
    const std::uint64_t seed = Random(options_.seed, Purpose::window_order, epoch_).bits(window_);
    append_shuffled(rows, Permutation(rows.size(), seed, options_.purpose, epoch_), pool_, ready_);
  }
  ++window_;
  return true;
}

std::span<const std::uint32_t> RowOrder::group(std::size_t number) const {
  const auto first = std::lower_bound(rows_.begin(), rows_.end(), number * rows_of_a_group);
  const auto last = std::lower_bound(first, rows_.end(), (number + 1) * rows_of_a_group);
  return {first, last};
}

}  // namespace fallline
