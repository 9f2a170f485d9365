// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/bound_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/words.hpp"

namespace fallline::encoding {

namespace {

/// What a distinct text makes takes 12 bytes for each of its words and pairs.
std::uint64_t bytes_of(const BoundWords::Block& block) {
  return block.starts.capacity() * sizeof(std::uint32_t) + block.features.capacity() * sizeof(std::uint32_t) +
         block.values.capacity() * sizeof(double);
}

/// The features of the places [first, last), of which 0 is that of missing cells.
BoundWords::Block block_of(const EncodedColumn& column, const WordWeights& weights, const std::vector<std::string>& texts,
                           std::size_t first, std::size_t last) {
  const auto first_feature = static_cast<std::uint32_t>(column.first);
  BoundWords::Block block;
  for (std::size_t place = first; place < last; ++place) {
    if (place > 0) {
      const std::vector<BucketCount> counts = bucket_counts(texts[place - 1], column.hash.bits);
      for (const BucketCount& count : counts) {
        block.features.push_back(first_feature + count.bucket);
      }
      const std::vector<double> values = weights.of(counts);
      block.values.insert(block.values.end(), values.begin(), values.end());
    } else if (column.text.missing) {
      block.features.push_back(first_feature + (std::uint32_t{1} << column.hash.bits));
      block.values.push_back(1);
    }
    block.starts.push_back(static_cast<std::uint32_t>(block.features.size()));
  }
  block.features.shrink_to_fit();
  block.values.shrink_to_fit();
  return block;
}

}  // namespace

Result<BoundWords> bound_words(const EncodedColumn& column, const std::vector<std::string>& texts, ThreadPool& pool, const Memory* memory) {
  const WordWeights weights(column.hash);
  const std::size_t places = texts.size() + 1;
  const std::uint64_t most = memory != nullptr ? std::max(std::uint64_t{8} << 20U, memory->limit() / 4) : UINT64_MAX;
  BoundWords all;
  all.blocks.resize((places + BoundWords::block_places - 1) / BoundWords::block_places);
  std::atomic<std::uint64_t> bytes = 0;
  pool.run(all.blocks.size(), [&](std::size_t b) {
    const std::size_t first = b * BoundWords::block_places;
    if (bytes.load() <= most) {
      all.blocks[b] = block_of(column, weights, texts, first, std::min(places, first + BoundWords::block_places));
      bytes += bytes_of(all.blocks[b]);
    }
  });
  if (bytes.load() > most) {
    return no_room_error(
        fmt::format("The words of the {} different texts in column {} take more than the memory has room for: {} and more. Pass a larger "
                    "--memory, or take the column out.",
                    grouped(static_cast<std::int64_t>(texts.size())), quoted(column.name), in_megabytes(bytes.load())));
  }
  return all;
}

}  // namespace fallline::encoding
