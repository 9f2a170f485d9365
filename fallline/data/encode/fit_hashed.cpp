// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/fit_hashed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/hash.hpp"
#include "fallline/data/encode/words.hpp"

namespace fallline::encoding {

namespace {

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

/// Distinct hashes, as many as a few MiB hold: what is told of them needs no more.
class Hashes {
 public:
  void add(std::uint64_t hash) {
    if (full_) {
      return;
    }
    all_.push_back(hash);
    if (all_.size() >= std::max(most, 2 * distinct_)) {
      settle();
      full_ = distinct_ >= most;
    }
  }

  /// Ascending, each once.
  const std::vector<std::uint64_t>& settle() {
    std::sort(all_.begin(), all_.end());
    all_.erase(std::unique(all_.begin(), all_.end()), all_.end());
    distinct_ = all_.size();
    return all_;
  }
  /// Whether some were left out.
  bool full() const { return full_; }

 private:
  static constexpr std::size_t most = std::size_t{1} << 20U;
  std::vector<std::uint64_t> all_;
  std::size_t distinct_ = 0;
  bool full_ = false;
};

/// How many distinct hashes share their bucket with another.
std::uint64_t colliding(const std::vector<std::uint64_t>& hashes, std::uint32_t bits) {
  std::vector<std::uint32_t> held(std::size_t{1} << bits);
  for (const std::uint64_t hash : hashes) {
    ++held[bucket_of(hash, bits)];
  }
  std::uint64_t shared = 0;
  for (const std::uint32_t n : held) {
    shared += n > 1 ? n : 0;
  }
  return shared;
}

void fit_frequencies(const std::vector<std::string>& levels, const Statistics& statistics, HashCoding& hash) {
  std::vector<std::uint64_t> occurred(std::size_t{1} << hash.bits);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (statistics.counts[i] > 0) {
      for (const BucketCount& found : bucket_counts(levels[i], hash.bits)) {
        occurred[found.bucket] += statistics.counts[i];
      }
    }
  }
  hash.documents = statistics.present;
  for (std::size_t bucket = 0; bucket < occurred.size(); ++bucket) {
    if (occurred[bucket] > 0) {
      hash.buckets.push_back(static_cast<std::uint32_t>(bucket));
      hash.occurred.push_back(occurred[bucket]);
    }
  }
}

}  // namespace

std::string fit_hashed(const std::vector<std::string>& levels, const Statistics& statistics, EncodedColumn& column) {
  HashCoding& hash = column.hash;
  Hashes all;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (statistics.counts[i] == 0) {
      continue;
    }
    if (hash.words) {
      for (const std::uint64_t gram : gram_hashes(levels[i])) {
        all.add(gram);
      }
    } else {
      all.add(text_hash(levels[i]));
    }
  }
  if (hash.tfidf) {
    fit_frequencies(levels, statistics, hash);
  }
  const std::vector<std::uint64_t>& hashes = all.settle();
  const std::uint64_t shared = colliding(hashes, hash.bits);
  const double share = hashes.empty() ? 0 : 100 * static_cast<double>(shared) / static_cast<double>(hashes.size());
  return fmt::format("column {} is hashed: {} {} fall into 2^{} = {} features, {} of them ({}%) share one with another",
                     quoted(column.name), (all.full() ? "the first " : "") + count(hashes.size()),
                     hash.words ? "words and pairs of words" : "levels", hash.bits, count(std::uint64_t{1} << hash.bits), count(shared),
                     brief(share, 2));
}

}  // namespace fallline::encoding
