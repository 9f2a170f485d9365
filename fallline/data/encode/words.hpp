// SPDX-License-Identifier: Apache-2.0
// Free text as hashed words and pairs of neighbouring words ("bag of words", 1- and 2-grams), with tf-idf weights where asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// The words of a text, in lower case: runs of letters, digits, `_` and combining marks. Beyond ASCII every character is taken for a letter
/// but for the signs of Latin-1, spaces, punctuation, symbols and emoji. Case is folded for Latin, Greek, Cyrillic, Armenian and full-width
/// letters; a final sigma becomes an ordinary one. Texts without spaces between words (Chinese, Thai) are not cut into words.
std::vector<std::string> words_of(std::string_view text);

/// The hashes (encode/hash.hpp) of each word and of each pair "one two".
std::vector<std::uint64_t> gram_hashes(std::string_view text);

/// A bucket and how often it was hit.
struct BucketCount {
  std::uint32_t bucket = 0;
  std::uint32_t count = 0;
};

/// Buckets ascending, each once.
std::vector<BucketCount> bucket_counts(std::string_view text, std::uint32_t bits);

/// What one text puts into its column's buckets.
class WordWeights {
 public:
  explicit WordWeights(const HashCoding& coding);

  /// 1 each, or count x idf brought to length 1, where idf = ln((1 + documents) / (1 + occurred)) + 1.
  std::vector<double> of(const std::vector<BucketCount>& counts) const;

 private:
  std::vector<double> idf_;  // empty: 1 each
};

/// The idf of every bucket, [2^bits].
std::vector<double> inverse_frequencies(const HashCoding& coding);

}  // namespace fallline::encoding
