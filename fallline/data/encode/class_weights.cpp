// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/row_store.hpp"

namespace fallline {

namespace {

/// The weight of all training rows of each class.
template <class T>
Result<std::vector<double>> class_totals(const Dataset<T>& data, std::size_t classes, const Split& split) {
  std::vector<double> totals(classes);
  const auto count = [&](std::size_t first, std::span<const T> target, std::span<const T> weight) {
    for (std::size_t i = 0; i < target.size(); ++i) {
      if (!split.holds_out(first + i)) {
        totals[static_cast<std::size_t>(target[i])] += weight.empty() ? 1 : static_cast<double>(weight[i]);
      }
    }
  };
  const Result<void> well = each_target<T>(data, count);
  return well ? Result<std::vector<double>>(std::move(totals)) : well.error();
}

std::vector<double> balanced(const std::vector<double>& totals) {
  double all = 0;
  for (const double total : totals) {
    all += total;
  }
  std::vector<double> weights;
  for (const double total : totals) {
    weights.push_back(total > 0 ? all / (static_cast<double>(totals.size()) * total) : 1);
  }
  return weights;
}

Result<std::vector<double>> named(const TargetCoding& target, const std::map<std::string, double>& by_name) {
  std::vector<double> weights(target.classes.size(), 1);
  for (const auto& [name, weight] : by_name) {
    const auto value = parse_double(name);
    const auto at = std::find(target.classes.begin(), target.classes.end(), target.numeric && value ? shortest(*value) : name);
    if (at == target.classes.end()) {
      return usage_error(fmt::format("--class-weight {}: the target {} has no such class.{} The classes are {}.", name, quoted(target.name),
                                     did_you_mean(name, target.classes), join(target.classes, ", ")));
    }
    weights[static_cast<std::size_t>(at - target.classes.begin())] = weight;
  }
  return weights;
}

}  // namespace

template <class T>
Result<std::vector<double>> weigh_classes(Dataset<T>& data, const TargetCoding& target, const ClassWeights& weights, const Split& split) {
  if (!target.classification) {
    return usage_error(fmt::format("--class-weight: {} is predicted as a number and has no classes.", quoted(target.name)));
  }
  auto each = named(target, weights.by_name);
  if (weights.balanced) {
    const auto totals = class_totals(data, target.classes.size(), split);
    each = totals ? Result<std::vector<double>>(balanced(*totals)) : totals.error();
  }
  if (!each) {
    return each;
  }
  if (data.store) {
    data.store->weigh(*each, split);
    return each;
  }
  if (data.weight.empty()) {
    data.weight.assign(data.rows, T(1));
  }
  for (std::size_t i = 0; i < data.rows; ++i) {
    if (!split.holds_out(i)) {
      data.weight[i] *= static_cast<T>((*each)[static_cast<std::size_t>(data.target[i])]);
    }
  }
  return each;
}

template Result<std::vector<double>> weigh_classes<float>(Dataset<float>&, const TargetCoding&, const ClassWeights&, const Split&);
template Result<std::vector<double>> weigh_classes<double>(Dataset<double>&, const TargetCoding&, const ClassWeights&, const Split&);

}  // namespace fallline
