// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/bound_words.hpp"

#include <algorithm>

#include "fallline/data/encode/words.hpp"

namespace fallline::encoding {

namespace {

constexpr std::size_t block_texts = 256;

/// The features of the texts [first, last).
BoundWords words_of_block(const EncodedColumn& column, const WordWeights& weights, const std::vector<std::string>& texts, std::size_t first,
                          std::size_t last) {
  BoundWords block;
  for (std::size_t i = first; i < last; ++i) {
    const std::vector<BucketCount> counts = bucket_counts(texts[i], column.hash.bits);
    for (const BucketCount& count : counts) {
      block.features.push_back(static_cast<std::uint32_t>(column.first) + count.bucket);
    }
    const std::vector<double> values = weights.of(counts);
    block.values.insert(block.values.end(), values.begin(), values.end());
    block.starts.push_back(block.features.size());
  }
  return block;
}

}  // namespace

BoundWords bound_words(const EncodedColumn& column, const std::vector<std::string>& texts, ThreadPool& pool) {
  const WordWeights weights(column.hash);
  std::vector<BoundWords> blocks((texts.size() + block_texts - 1) / block_texts);
  pool.run(blocks.size(), [&](std::size_t b) {
    blocks[b] = words_of_block(column, weights, texts, b * block_texts, std::min(texts.size(), (b + 1) * block_texts));
  });
  BoundWords all;
  all.starts = {0};
  if (column.text.missing) {
    all.features.push_back(static_cast<std::uint32_t>(column.first) + (std::uint32_t{1} << column.hash.bits));
    all.values.push_back(1);
  }
  all.starts.push_back(all.features.size());
  for (BoundWords& block : blocks) {
    const std::uint64_t before = all.features.size();
    for (const std::uint64_t start : block.starts) {
      all.starts.push_back(before + start);
    }
    all.features.insert(all.features.end(), block.features.begin(), block.features.end());
    all.values.insert(all.values.end(), block.values.begin(), block.values.end());
    block = {};
  }
  return all;
}

}  // namespace fallline::encoding
