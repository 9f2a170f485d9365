// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/fetch.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "fallline/base/ahead.hpp"
#include "fallline/base/expects.hpp"
#include "fallline/data/kept/faults.hpp"

namespace fallline::kept {

namespace {

constexpr std::uint64_t close = std::uint64_t{64} << 10U;        // what lies so close is read along: a disk takes as long for less
constexpr std::uint64_t most_at_once = std::uint64_t{2} << 20U;  // a stretch of more is cut, so that its parts are read at the same time
constexpr std::size_t reads_at_once = 4;

}  // namespace

Result<void> Fetched::bring(ScratchFile& file, std::vector<Piece> wanted) {
  std::sort(wanted.begin(), wanted.end(), [](const Piece& a, const Piece& b) { return a.at < b.at; });
  std::vector<Stretch> old = std::exchange(stretches_, {});
  for (const Piece& piece : wanted) {
    Piece* const last = stretches_.empty() ? nullptr : &stretches_.back().whole;
    const std::uint64_t end = piece.at + piece.bytes;
    if (last != nullptr && piece.at <= last->at + last->bytes + close && end - last->at <= most_at_once) {
      last->bytes = std::max(last->bytes, end - last->at);
    } else {
      stretches_.push_back({piece});
    }
  }
  for (std::size_t i = 0; i < std::min(old.size(), stretches_.size()); ++i) {
    stretches_[i].room = std::move(old[i].room);
  }
  old.clear();
  Faults faults;
  do_beside(stretches_.size(), reads_at_once, [&](std::size_t i) {
    Stretch& stretch = stretches_[i];
    const auto read = file.read(stretch.whole.at, static_cast<std::size_t>(stretch.whole.bytes), stretch.room);
    if (read) {
      stretch.bytes = *read;
    } else {
      faults.add(read.error());
    }
  });
  return faults.result();
}

std::span<const std::byte> Fetched::bytes_of(const Piece& piece) const {
  const auto after = std::upper_bound(stretches_.begin(), stretches_.end(), piece.at,
                                      [](std::uint64_t at, const Stretch& stretch) { return at < stretch.whole.at; });
  expects(after != stretches_.begin(), "a piece was brought before");
  const Stretch& stretch = *std::prev(after);
  return stretch.bytes.subspan(static_cast<std::size_t>(piece.at - stretch.whole.at), static_cast<std::size_t>(piece.bytes));
}

}  // namespace fallline::kept
