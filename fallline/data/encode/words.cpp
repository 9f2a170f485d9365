// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "fallline/data/encode/hash.hpp"

namespace fallline::encoding {

namespace {

constexpr char32_t no_character = 0xFFFD;  // where the bytes are not UTF-8

/// The next character, taken off the front.
char32_t next_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char head = byte(0);
  const std::size_t size = head < 0x80 ? 1 : head >= 0xF0 ? 4 : head >= 0xE0 ? 3 : 2;
  char32_t code = size == 1 ? head : head & (0xFFU >> (size + 1));
  bool whole = size <= text.size() && (head < 0x80 || (head >= 0xC2 && head < 0xF5));
  for (std::size_t i = 1; whole && i < size; ++i) {
    whole = (byte(i) & 0xC0) == 0x80;
    code = code << 6 | (byte(i) & 0x3FU);
  }
  text.remove_prefix(whole ? size : 1);
  return whole ? code : no_character;
}

void append(std::string& text, char32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  const char32_t head = more == 1 ? 0xC0 : more == 2 ? 0xE0 : 0xF0;
  text += static_cast<char>(head | code >> (6 * more));
  for (int i = more - 1; i >= 0; --i) {
    text += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
  }
}

struct Range {
  char32_t first;
  char32_t last;
};

/// What is neither letter nor digit beyond ASCII.
constexpr std::array separators{Range{0x80, 0xA9},     Range{0xAB, 0xB4},     Range{0xB6, 0xB9},     Range{0xBB, 0xBF},
                                Range{0xD7, 0xD7},     Range{0xF7, 0xF7},     Range{0x37E, 0x37E},   Range{0x387, 0x387},
                                Range{0x589, 0x58A},   Range{0x5BE, 0x5BE},   Range{0x5F3, 0x5F4},   Range{0x60C, 0x60D},
                                Range{0x61B, 0x61F},   Range{0x66A, 0x66D},   Range{0x6D4, 0x6D4},   Range{0x964, 0x965},
                                Range{0x2000, 0x206F}, Range{0x20A0, 0x20CF}, Range{0x2190, 0x2BFF}, Range{0x2E00, 0x2E7F},
                                Range{0x3000, 0x3004}, Range{0x3008, 0x3020}, Range{0x3030, 0x3030}, Range{0x30FB, 0x30FB},
                                Range{0xFE10, 0xFE6F}, Range{0xFEFF, 0xFF0F}, Range{0xFF1A, 0xFF20}, Range{0xFF3B, 0xFF3E},
                                Range{0xFF40, 0xFF40}, Range{0xFF5B, 0xFF65}, Range{0xFFE0, 0xFFFF}, Range{0x1F000, 0x1FAFF}};

bool is_word(char32_t c) {
  if (c < 0x80) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  const Range* const end = separators.data() + separators.size();
  const Range* const at = std::lower_bound(separators.data(), end, c, [](const Range& range, char32_t x) { return range.last < x; });
  return at == end || c < at->first;
}

/// Capitals from first to last in steps of `step`, the small letter standing `shift` after each.
struct Capitals {
  char32_t first;
  char32_t last;
  char32_t step;
  std::int32_t shift;
};

constexpr std::array capitals{
    Capitals{'A', 'Z', 1, 32},       Capitals{0xC0, 0xD6, 1, 32},    Capitals{0xD8, 0xDE, 1, 32},    Capitals{0x100, 0x12E, 2, 1},
    Capitals{0x130, 0x130, 1, -199}, Capitals{0x132, 0x136, 2, 1},   Capitals{0x139, 0x147, 2, 1},   Capitals{0x14A, 0x176, 2, 1},
    Capitals{0x178, 0x178, 1, -121}, Capitals{0x179, 0x17D, 2, 1},   Capitals{0x386, 0x386, 1, 38},  Capitals{0x388, 0x38A, 1, 37},
    Capitals{0x38C, 0x38C, 1, 64},   Capitals{0x38E, 0x38F, 1, 63},  Capitals{0x391, 0x3A1, 1, 32},  Capitals{0x3A3, 0x3AB, 1, 32},
    Capitals{0x3C2, 0x3C2, 1, 1},    Capitals{0x400, 0x40F, 1, 80},  Capitals{0x410, 0x42F, 1, 32},  Capitals{0x460, 0x480, 2, 1},
    Capitals{0x48A, 0x4BE, 2, 1},    Capitals{0x4C0, 0x4C0, 1, 15},  Capitals{0x4C1, 0x4CD, 2, 1},   Capitals{0x4D0, 0x52E, 2, 1},
    Capitals{0x531, 0x556, 1, 48},   Capitals{0x1E00, 0x1E94, 2, 1}, Capitals{0x1EA0, 0x1EFE, 2, 1}, Capitals{0xFF21, 0xFF3A, 1, 32}};

char32_t folded(char32_t c) {
  for (const Capitals& range : capitals) {
    if (c <= range.last) {
      return c >= range.first && (c - range.first) % range.step == 0 ? static_cast<char32_t>(static_cast<std::int64_t>(c) + range.shift)
                                                                     : c;
    }
  }
  return c;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  while (!text.empty()) {
    const char32_t c = next_character(text);
    const bool word = is_word(c);
    if (word && !inside) {
      words.emplace_back();
    }
    if (word) {
      append(words.back(), folded(c));
    }
    inside = word;
  }
  return words;
}

std::vector<std::uint64_t> gram_hashes(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(2 * words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t word = fnv(words[i]);
    hashes.push_back(fold_hash(word));
    if (i + 1 < words.size()) {
      hashes.push_back(fold_hash(fnv(words[i + 1], fnv(" ", word))));  // of "one two", without putting them together
    }
  }
  return hashes;
}

std::vector<BucketCount> bucket_counts(std::string_view text, std::uint32_t bits) {
  std::vector<std::uint32_t> buckets;
  for (const std::uint64_t hash : gram_hashes(text)) {
    buckets.push_back(bucket_of(hash, bits));
  }
  std::sort(buckets.begin(), buckets.end());
  std::vector<BucketCount> counts;
  for (const std::uint32_t bucket : buckets) {
    if (counts.empty() || counts.back().bucket != bucket) {
      counts.push_back({bucket, 0});
    }
    ++counts.back().count;
  }
  return counts;
}

std::vector<double> inverse_frequencies(const HashCoding& coding) {
  const auto all = static_cast<double>(coding.documents);
  std::vector<double> frequencies(std::size_t{1} << coding.bits, std::log(1 + all) + 1);
  for (std::size_t i = 0; i < coding.buckets.size(); ++i) {
    frequencies[coding.buckets[i]] = std::log((1 + all) / (1 + static_cast<double>(coding.occurred[i]))) + 1;
  }
  return frequencies;
}

WordWeights::WordWeights(const HashCoding& coding) {
  if (coding.tfidf) {
    idf_ = inverse_frequencies(coding);
  }
}

std::vector<double> WordWeights::of(const std::vector<BucketCount>& counts) const {
  std::vector<double> weights(counts.size(), 1);
  if (idf_.empty()) {
    return weights;
  }
  double squares = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    weights[i] = counts[i].count * idf_[counts[i].bucket];
    squares += weights[i] * weights[i];
  }
  for (double& weight : weights) {
    weight /= std::sqrt(squares);
  }
  return weights;
}

}  // namespace fallline::encoding
