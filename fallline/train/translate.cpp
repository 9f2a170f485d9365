// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/translate.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>

namespace fallline {

namespace {

bool same_hash(const HashCoding& a, const HashCoding& b) { return a.bits == b.bits && a.words == b.words && a.tfidf == b.tfidf; }

class Translator {
 public:
  Translator(const Encoder& from, const Encoder& to) : from_(from), to_(to) {
    for (const EncodedColumn& column : to.columns) {
      column_of_.emplace(column.name, &column);
    }
    translation_.width = to.features;
  }

  /// In the order in which an encoder lays out its features.
  Translation run() {
    for (const EncodedColumn& column : from_.columns) {
      if (column.features > 0) {
        add_column(column);
      }
    }
    for (const Cross& cross : from_.crosses) {
      add_cross(cross);
    }
    if (from_.matrix) {
      add_matrix(*from_.matrix);
    }
    return std::move(translation_);
  }

 private:
  void add(double constant, std::vector<FeatureTerm> terms) {
    translation_.constants.push_back(terms.empty() ? 0 : constant);
    translation_.terms.insert(translation_.terms.end(), terms.begin(), terms.end());
    translation_.starts.push_back(translation_.terms.size());
  }
  void add_gone() { add(0, {}); }
  /// One feature of `to`, where it has it.
  void add_same(bool there, std::size_t feature) { add(0, there ? std::vector<FeatureTerm>{{feature, 1}} : std::vector<FeatureTerm>()); }

  void add_column(const EncodedColumn& column) {
    const auto at = column_of_.find(column.name);
    const EncodedColumn* same = at == column_of_.end() ? nullptr : at->second;
    if (same == nullptr || same->features == 0 || same->type != column.type || !same_hash(same->hash, column.hash)) {
      for (std::size_t i = 0; i < column.features; ++i) {
        add_gone();
      }
    } else if (holds_numbers(column.type)) {
      add_number(column, *same);
    } else if (column.hash.bits > 0) {
      add_hashed(column, *same);
    } else {
      add_levels(column, *same);
    }
  }

  /// Where a number is missing each encoder puts in its own; the indicator makes up for the difference.
  void add_number(const EncodedColumn& column, const EncodedColumn& same) {
    const NumberCoding& a = column.number;
    const NumberCoding& b = same.number;
    const double unit = column.type == ColumnType::time ? seconds_in(same.unit) / seconds_in(column.unit) : 1;
    std::vector<FeatureTerm> terms = {{same.first, unit * a.scale / b.scale}};
    if (b.indicator) {
      terms.push_back({same.first + 1, (a.impute - unit * b.impute) * a.scale});
    }
    add((unit * b.center - a.center) * a.scale, terms);
    if (a.indicator) {
      add_same(b.indicator, same.first + 1);
    }
  }

  void add_hashed(const EncodedColumn& column, const EncodedColumn& same) {
    const std::size_t buckets = std::size_t{1} << column.hash.bits;
    for (std::size_t i = 0; i < buckets; ++i) {
      add_same(true, same.first + i);
    }
    if (column.text.missing) {
      add_same(same.text.missing, same.first + buckets);
    }
  }

  /// Levels that the old encoder did not know were `other` to it.
  void add_levels(const EncodedColumn& column, const EncodedColumn& same) {
    const std::vector<std::string>& levels = same.text.levels;
    for (const std::string& level : column.text.levels) {
      const auto at = std::lower_bound(levels.begin(), levels.end(), level);
      add_same(at != levels.end() && *at == level, same.first + static_cast<std::size_t>(at - levels.begin()));
    }
    if (column.text.other) {
      const std::unordered_set<std::string> known(column.text.levels.begin(), column.text.levels.end());
      std::vector<FeatureTerm> terms;
      for (std::size_t i = 0; i < levels.size(); ++i) {
        if (!known.contains(levels[i])) {
          terms.push_back({same.first + i, 1});
        }
      }
      if (same.text.other) {
        terms.push_back({same.first + levels.size(), 1});
      }
      add(0, terms);
    }
    if (column.text.missing) {
      add_same(same.text.missing, same.first + levels.size() + (same.text.other ? 1 : 0));
    }
  }

  std::span<const FeatureTerm> terms_of(std::size_t feature) const {
    return std::span(translation_.terms)
        .subspan(translation_.starts[feature], translation_.starts[feature + 1] - translation_.starts[feature]);
  }

  /// The product of two sums of features is one of their products, the features themselves and a constant.
  void add_cross(const Cross& cross) {
    const EncodedColumn& left = from_.columns[cross.left];
    const EncodedColumn& right = from_.columns[cross.right];
    const Cross* same = cross_of(left.name, right.name);
    for (std::size_t k = 0; k < cross.features; ++k) {
      const std::size_t i = left.first + k / right.features;
      const std::size_t j = right.first + k % right.features;
      if (same == nullptr || terms_of(i).empty() || terms_of(j).empty()) {
        add_gone();
        continue;
      }
      const double a = translation_.constants[i];
      const double b = translation_.constants[j];
      const bool swapped = to_.columns[same->left].name != left.name;
      std::vector<FeatureTerm> terms;
      for (const FeatureTerm& l : terms_of(i)) {
        for (const FeatureTerm& r : terms_of(j)) {
          terms.push_back({product_of(*same, swapped ? r.feature : l.feature, swapped ? l.feature : r.feature), l.factor * r.factor});
        }
      }
      const auto add_scaled = [&terms](std::span<const FeatureTerm> of, double factor) {
        for (const FeatureTerm& term : of) {
          if (factor != 0) {
            terms.push_back({term.feature, term.factor * factor});
          }
        }
      };
      add_scaled(terms_of(i), b);
      add_scaled(terms_of(j), a);
      add(a * b, terms);
    }
  }

  std::size_t product_of(const Cross& cross, std::size_t left, std::size_t right) const {
    const EncodedColumn& r = to_.columns[cross.right];
    return cross.first + (left - to_.columns[cross.left].first) * r.features + (right - r.first);
  }

  const Cross* cross_of(const std::string& left, const std::string& right) const {
    for (const Cross& cross : to_.crosses) {
      const std::string& a = to_.columns[cross.left].name;
      const std::string& b = to_.columns[cross.right].name;
      if ((a == left && b == right) || (a == right && b == left)) {
        return &cross;
      }
    }
    return nullptr;
  }

  void add_matrix(const MatrixCoding& matrix) {
    const auto scale_in = [](const MatrixCoding& of, std::size_t j) { return of.scale.empty() ? 1 : of.scale[j]; };
    for (std::size_t i = 0; i < matrix.width; ++i) {
      const std::size_t j = to_.matrix ? to_.matrix->feature_of(matrix.number_of(i)) : 0;
      if (!to_.matrix || j == to_.matrix->width) {
        add_gone();
        continue;
      }
      add(0, {{to_.matrix->first + j, scale_in(matrix, i) / scale_in(*to_.matrix, j)}});
    }
  }

  const Encoder& from_;
  const Encoder& to_;
  std::unordered_map<std::string, const EncodedColumn*> column_of_;
  Translation translation_;
};

/// Names of the features that are marked.
std::vector<std::string> names_of(const Encoder& encoder, const std::vector<bool>& marked) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& whole, std::size_t first, std::size_t features) {
    const auto begin = marked.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(features);
    if (features > 0 && std::find(begin, end, false) == end) {
      names.push_back(whole);
      return;
    }
    for (std::size_t i = first; i < first + features; ++i) {
      if (marked[i]) {
        names.push_back(encoder.feature_name(i));
      }
    }
  };
  for (const EncodedColumn& column : encoder.columns) {
    add(column.name, column.first, column.features);
  }
  for (const Cross& cross : encoder.crosses) {
    add(encoder.columns[cross.left].name + " x " + encoder.columns[cross.right].name, cross.first, cross.features);
  }
  for (std::size_t i = 0; encoder.matrix && i < encoder.matrix->width; ++i) {
    add(encoder.feature_name(encoder.matrix->first + i), encoder.matrix->first + i, 1);
  }
  return names;
}

}  // namespace

Translation translate(const Encoder& from, const Encoder& to) { return Translator(from, to).run(); }

MovedWeights move_weights(const Translation& translation, const std::vector<double>& weights, std::size_t units) {
  const std::size_t inputs = translation.features();
  MovedWeights moved{std::vector<double>(units * translation.width, 0), std::vector<double>(units, 0)};
  for (std::size_t unit = 0; unit < units; ++unit) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const double weight = weights[unit * inputs + i];
      moved.shift[unit] += weight * translation.constants[i];
      for (std::size_t k = translation.starts[i]; k < translation.starts[i + 1]; ++k) {
        moved.weights[unit * translation.width + translation.terms[k].feature] += weight * translation.terms[k].factor;
      }
    }
  }
  return moved;
}

std::vector<std::string> gone_features(const Translation& translation, const Encoder& from) {
  std::vector<bool> gone(translation.features());
  for (std::size_t i = 0; i < gone.size(); ++i) {
    gone[i] = translation.starts[i] == translation.starts[i + 1];
  }
  return names_of(from, gone);
}

std::vector<std::string> new_features(const Translation& translation, const Encoder& to) {
  std::vector<bool> fresh(translation.width, true);
  for (const FeatureTerm& term : translation.terms) {
    fresh[term.feature] = false;
  }
  return names_of(to, fresh);
}

}  // namespace fallline
