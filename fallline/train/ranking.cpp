// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/ranking.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace fallline {

namespace {

/// What a buffer may hold without asking for room.
constexpr std::size_t least_items = (std::size_t{4} << 20U) / sizeof(Ranked);

bool stands_before(const Ranked& a, const Ranked& b) { return a.score < b.score || (a.score == b.score && a.row < b.row); }

/// A run that is read from its file some items at a time.
class RunReader {
 public:
  RunReader(ScratchFile& file, std::uint64_t at, std::uint64_t count, std::size_t at_a_time)
      : file_(file), at_(at), left_(count), at_a_time_(at_a_time) {}

  const Ranked& front() const { return items_[next_]; }
  /// Whether there is a front; the first call makes the first item it.
  Result<bool> advance() {
    if (++next_ < items_.size()) {
      return true;
    }
    items_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(at_a_time_, left_)));
    next_ = 0;
    if (items_.empty()) {
      return false;
    }
    const std::span<std::byte> bytes = std::as_writable_bytes(std::span(items_));
    const Result<void> read = file_.read(at_, bytes);
    at_ += bytes.size();
    left_ -= items_.size();
    return read ? Result<bool>(true) : read.error();
  }

 private:
  ScratchFile& file_;
  std::uint64_t at_;
  std::uint64_t left_;
  std::size_t at_a_time_;
  std::vector<Ranked> items_;
  std::size_t next_ = 0;
};

}  // namespace

void Ranking::drop_buffer() {
  buffer_ = std::vector<Ranked>();
  share_.give_back();
}

/// Whether the buffer has more room now.
bool Ranking::grow() {
  const std::size_t wanted = std::max(least_items, 2 * buffer_.capacity());
  const std::uint64_t more = (wanted - buffer_.capacity()) * sizeof(Ranked);
  if (wanted > least_items && !share_.take(more)) {
    return false;
  }
  buffer_.reserve(wanted);
  return true;
}

Result<void> Ranking::add(const Ranked& ranked) {
  if (buffer_.size() == buffer_.capacity() && (!runs_.empty() || !grow())) {
    if (const Result<void> flushed = flush(); !flushed) {
      return flushed;
    }
  }
  buffer_.push_back(ranked);
  ++size_;
  return {};
}

Result<void> Ranking::flush() {
  if (!file_) {
    auto file = ScratchFile::create(*share_.memory());
    if (!file) {
      return file.error();
    }
    file_ = std::move(*file);
  }
  std::sort(buffer_.begin(), buffer_.end(), stands_before);
  const auto at = file_->append(std::as_bytes(std::span(buffer_)));
  if (!at) {
    return at.error();
  }
  runs_.push_back({*at, buffer_.size()});
  buffer_.clear();
  return {};
}

Result<void> Ranking::finish() {
  if (runs_.empty()) {
    std::sort(buffer_.begin(), buffer_.end(), stands_before);
    return {};
  }
  const Result<void> flushed = buffer_.empty() ? Result<void>() : flush();
  drop_buffer();
  return flushed;
}

Result<void> Ranking::each(const Visit& visit) const {
  if (!runs_.empty()) {
    return merge(visit);
  }
  visit(buffer_);
  return {};
}

Result<void> Ranking::merge(const Visit& visit) const {
  constexpr std::size_t some_items = 4096;
  std::vector<RunReader> readers;
  readers.reserve(runs_.size());
  for (const Run& run : runs_) {
    readers.emplace_back(*file_, run.at, run.count, std::max<std::size_t>(16, least_items / runs_.size()));
  }
  const auto later = [&](std::size_t a, std::size_t b) { return stands_before(readers[b].front(), readers[a].front()); };
  std::vector<std::size_t> heap;  // of the runs that have a front, the first of them on top
  const auto push = [&](std::size_t run) -> Result<void> {
    const Result<bool> more = readers[run].advance();
    if (more && *more) {
      heap.push_back(run);
      std::push_heap(heap.begin(), heap.end(), later);
    }
    return more ? Result<void>() : more.error();
  };
  for (std::size_t run = 0; run < readers.size(); ++run) {
    if (const Result<void> pushed = push(run); !pushed) {
      return pushed;
    }
  }
  std::vector<Ranked> some;
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    const std::size_t run = heap.back();
    heap.pop_back();
    some.push_back(readers[run].front());
    if (const Result<void> pushed = push(run); !pushed) {
      return pushed;
    }
    if (some.size() == some_items || heap.empty()) {
      visit(some);
      some.clear();
    }
  }
  return {};
}

}  // namespace fallline
