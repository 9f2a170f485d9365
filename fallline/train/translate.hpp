// SPDX-License-Identifier: Apache-2.0
// What the features of one encoder are in those of another. Columns are matched by name, wherever they stand: numbers by their centres and
// scales, f = (x - c) s, so that
//   f_from = (s_from / s_to) f_to + (c_to - c_from) s_from,
// levels by their texts, hashed texts by their buckets, numbered features by their numbers, crosses by their two columns. A weighted sum of
// the old features becomes one of the new ones that is the same function of the raw columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fallline/data/encoder.hpp"

namespace fallline {

struct FeatureTerm {
  std::size_t feature = 0;
  double factor = 1;
};

/// Feature i of `from` is constants[i] plus the terms [starts[i], starts[i + 1]) in the features of `to`; without a term it is gone.
struct Translation {
  std::vector<double> constants;
  std::vector<std::size_t> starts = {0};
  std::vector<FeatureTerm> terms;
  std::size_t width = 0;  // of `to`

  std::size_t features() const { return constants.size(); }
};

Translation translate(const Encoder& from, const Encoder& to);

/// Weights [units, features of `from`] as [units, features of `to`], and what the constants add to each unit. New features weigh 0.
struct MovedWeights {
  std::vector<double> weights;
  std::vector<double> shift;
};
MovedWeights move_weights(const Translation& translation, const std::vector<double>& weights, std::size_t units);

/// Names for a person, of whole columns where all their features are meant: those of `from` that are gone, those of `to` that are new.
std::vector<std::string> gone_features(const Translation& translation, const Encoder& from);
std::vector<std::string> new_features(const Translation& translation, const Encoder& to);

}  // namespace fallline
