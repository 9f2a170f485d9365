// SPDX-License-Identifier: Apache-2.0
// What a problem is worth at a point: objective, gradient and metric over all rows of a part.
#include <algorithm>
#include <cmath>

#include "fallline/base/expects.hpp"
#include "fallline/train/head.hpp"
#include "fallline/train/problem.hpp"

namespace fallline {

namespace {

double norm_of_smallest_subgradient(double g, double w, double l1) {
  if (l1 == 0) {
    return g;
  }
  if (w != 0) {
    return g + std::copysign(l1, w);
  }
  return std::max(std::abs(g) - l1, 0.0);
}

}  // namespace

template <class T>
template <class Visit>
void Problem<T>::visit_parameters(Visit visit) const {
  std::size_t place = 0;
  for (const TensorInfo& tensor : tensors_) {
    for (const std::size_t end = place + tensor.size(); place < end; ++place) {
      visit(place, tensor.penalised);
    }
  }
}

template <class T>
double Problem<T>::target_in_data_units(const Rows<T>& rows, std::size_t row, std::size_t c) const {
  return static_cast<double>(rows.target[row * outputs_ + c]) * spread_[c] + center_[c];
}

template <class T>
template <class Visit>
void Problem<T>::visit_scores(Part part, std::size_t most, std::span<const T> theta, Visit visit) {
  const std::size_t at_once = std::max<std::size_t>(1, (std::size_t{1} << 18U) / outputs_);  // rows whose scores are held
  const LinearModel now = working_model(theta);
  const auto visit_some = [&](const Picked<T>& all) {
    for (std::size_t first = 0; first < all.numbers.size(); first += at_once) {
      const auto some = all.numbers.subspan(first, std::min(at_once, all.numbers.size() - first));
      visit(all.rows, some, linear_scores<T>(now, all.rows, some, pool_));
    }
  };
  if (most >= rows(part)) {
    return feed_.each(part, false, visit_some);
  }
  std::vector<std::uint32_t> first(most);
  for (std::size_t i = 0; i < most; ++i) {
    first[i] = feed_.number(part, i);
  }
  visit_some(feed_.take(first));
}

template <class T>
double Problem<T>::metric(Part part, std::span<const T> theta, std::size_t most) {
  std::vector<double> sums(head_ == HeadKind::value ? outputs_ : 1, 0);
  double weights = 0;
  visit_scores(part, most, theta, [&](const Rows<T>& rows, std::span<const std::uint32_t> some, const std::vector<double>& scores) {
    for (std::size_t k = 0; k < some.size(); ++k) {
      const std::uint32_t i = some[k];
      const double weight = rows.weight.empty() ? 1 : static_cast<double>(rows.weight[i]);
      const auto row = std::span(scores).subspan(k * outputs_, outputs_);
      if (head_ == HeadKind::value) {
        for (std::size_t c = 0; c < outputs_; ++c) {
          const double r = activate(model_activation_, row[c]) - target_in_data_units(rows, i, c);
          sums[c] += weight * r * r;
        }
      } else {
        sums[0] += predicted_class(head_, row) == static_cast<std::size_t>(rows.target[i]) ? weight : 0;
      }
      weights += weight;
    }
  });
  double metric = 0;
  for (const double sum : sums) {
    const double mean = weights > 0 ? sum / weights : 0;
    metric += head_ == HeadKind::value ? std::sqrt(mean) : mean;
  }
  return metric / static_cast<double>(sums.size());
}

template <class T>
double Problem<T>::told_loss(Part part, std::span<const T> theta, double internal) {
  if (data_losses_.empty()) {
    return in_data_units(internal);
  }
  std::vector<std::unique_ptr<Loss>> losses;
  for (const std::string& spec : data_losses_) {
    auto loss = make_loss(spec);
    expects(loss.has_value(), "the model was resolved");
    losses.push_back(std::move(*loss));
  }
  double sum = 0;
  visit_scores(part, rows(part), theta, [&](const Rows<T>& rows, std::span<const std::uint32_t> some, std::vector<double> scores) {
    for (std::size_t c = 0; c < outputs_; ++c) {
      for (std::size_t k = 0; k < some.size(); ++k) {
        const double target = target_in_data_units(rows, some[k], c);
        const double weight = rows.weight.empty() ? 1 : static_cast<double>(rows.weight[some[k]]);
        sum += losses[c]->block(activation_, &target, &weight, 1, 1, &scores[k * outputs_ + c]);
      }
    }
  });
  return sum / (static_cast<double>(rows(part) * outputs_) * feed_.whole().mean_weight);
}

template <class T>
double Problem<T>::penalty(std::span<const T> theta) const {
  double square = 0;
  double absolute = 0;
  visit_parameters([&](std::size_t j, bool penalised) {
    const double w = penalised ? static_cast<double>(theta[j]) : 0;
    square += w * w;
    absolute += std::abs(w);
  });
  return chain_.l2 / 2 * square + chain_.l1 * absolute;
}

template <class T>
FullLook Problem<T>::look(std::span<const T> theta) {
  gradient_.resize(theta.size());
  FullLook look;
  look.loss = batch(Part::training, theta, gradient_);
  look.objective = look.loss + penalty(theta);
  look.told_loss = told_loss(Part::training, theta, look.loss);
  look.told_objective = data_losses_.empty() ? in_data_units(look.objective) : look.told_loss + in_data_units(look.objective - look.loss);
  double square = 0;
  visit_parameters([&](std::size_t j, bool penalised) {
    const double w = theta[j];
    const double g = gradient_[j];
    const double own = penalised ? norm_of_smallest_subgradient(g + chain_.l2 * w, w, chain_.l1) : g;
    square += own * own;
  });
  look.gradient_norm = std::sqrt(square);
  return look;
}

template <class T>
double Problem<T>::value_and_gradient(std::span<const double> theta, std::span<double> gradient) {
  theta_.resize(theta.size());
  gradient_.resize(theta.size());
  std::transform(theta.begin(), theta.end(), theta_.begin(), [](double x) { return static_cast<T>(x); });
  const double loss = over(soft_pass_ ? *soft_pass_ : *pass_, Part::training, theta_, gradient_, Mode{true, seed_, 0});
  double square = 0;
  visit_parameters([&](std::size_t j, bool penalised) {
    const double l2 = penalised ? chain_.l2 : 0;
    gradient[j] = static_cast<double>(gradient_[j]) + l2 * theta[j];
    square += l2 * theta[j] * theta[j];
  });
  return loss + square / 2;
}

template double Problem<float>::metric(Part, std::span<const float>, std::size_t);
template double Problem<float>::told_loss(Part, std::span<const float>, double);
template double Problem<float>::penalty(std::span<const float>) const;
template FullLook Problem<float>::look(std::span<const float>);
template double Problem<float>::value_and_gradient(std::span<const double>, std::span<double>);
template double Problem<double>::metric(Part, std::span<const double>, std::size_t);
template double Problem<double>::told_loss(Part, std::span<const double>, double);
template double Problem<double>::penalty(std::span<const double>) const;
template FullLook Problem<double>::look(std::span<const double>);
template double Problem<double>::value_and_gradient(std::span<const double>, std::span<double>);

}  // namespace fallline
