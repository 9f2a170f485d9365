// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/problem.hpp"

#include <algorithm>
#include <cmath>

#include "fallline/base/expects.hpp"
#include "fallline/base/split.hpp"

namespace fallline {

namespace {

/// Standard deviation of the target over all rows, for fields told in units of it; 1 where the target does not vary.
template <class T>
double deviation(std::span<const T> target) {
  double mean = 0;
  for (const T y : target) {
    mean += static_cast<double>(y) / static_cast<double>(target.size());
  }
  double square = 0;
  for (const T y : target) {
    square += (static_cast<double>(y) - mean) * (static_cast<double>(y) - mean);
  }
  const double sd = std::sqrt(square / static_cast<double>(target.size()));
  return sd > 0 ? sd : 1;
}

HeadKind head_of(const LossInfo& loss, const TargetCoding& target) {
  if (!target.classification) {
    return HeadKind::value;
  }
  return loss.task == LossTask::binary && target.classes.size() == 2 ? HeadKind::binary : HeadKind::multiclass;
}

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
Problem<T>::Problem(const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model, const TrainOptions& options,
                    ThreadPool& pool)
    : rows_(data.view()),
      data_features_(rows_.features),
      occupied_(occupied_features(rows_)),
      options_(model),
      chain_(options.chain),
      intercept_(model.intercept),
      pool_(pool) {
  chain_.noise_seed = options.seed;
  if (!occupied_.features.empty()) {
    rows_.columns = occupied_.columns;
    rows_.features = occupied_.features.size();
  }
  auto loss = make_loss(model.loss);
  expects(loss.has_value(), "the model was resolved");
  activation_ = *parse_output_activation(model.output_activation);
  head_ = head_of((*loss)->info(), target);
  outputs_ = head_ == HeadKind::multiclass ? target.classes.size() : 1;
  data_loss_ = model.loss;
  loss_ = std::move(*loss);
  const LossInfo info = loss_->info();  // a copy: the loss may be rescaled below
  if (info.task == LossTask::regression) {
    const bool scaled = activation_ == OutputActivation::identity;  // another activation fixes the units of its output
    center_ = scaled && intercept_ ? target.center : 0;
    spread_ = scaled ? target.spread : 1;
    unit_ = std::pow(spread_, info.degree);
    const double sd = deviation<T>(rows_.target);
    data_loss_ = loss_->rescaled(sd)->spec();
    loss_ = loss_->rescaled(sd / spread_);
    chain_.l2 *= std::pow(spread_, 2 - info.degree);
    chain_.l1 *= std::pow(spread_, 1 - info.degree);
    chain_.max_norm /= spread_;
    if (center_ != 0 || spread_ != 1) {
      target_.resize(rows_.rows);
      std::transform(rows_.target.begin(), rows_.target.end(), target_.begin(),
                     [&](T y) { return static_cast<T>((static_cast<double>(y) - center_) / spread_); });
      rows_.target = target_;
    }
  }
  const Split split{options.validation, options.seed};
  for (std::uint32_t i = 0; i < rows_.rows; ++i) {
    (split.holds_out(i) ? validation_ : training_).push_back(i);
  }
  pass_ = std::make_unique<LinearPass<T>>(rows_, *loss_, activation_, outputs_, intercept_);
}

template <class T>
Parameters<T> Problem<T>::start() const {
  std::vector<TensorInfo> tensors = {{"weights", {outputs_, rows_.features}, true}};
  if (intercept_) {
    tensors.push_back({"intercept", {outputs_}, false});
  }
  return Parameters<T>(std::move(tensors));
}

template <class T>
double Problem<T>::batch(std::span<const std::uint32_t> rows, std::span<const T> theta, std::span<T> gradient) {
  return (*pass_)(rows, theta, gradient, pool_);
}

template <class T>
double Problem<T>::metric(std::span<const std::uint32_t> rows, std::span<const T> theta) const {
  const LinearModel now = working_model(theta);
  const std::vector<double> scores = linear_scores<T>(now, rows_, rows, pool_);
  double sum = 0;
  double weights = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const std::uint32_t i = rows[k];
    const double weight = rows_.weight.empty() ? 1 : static_cast<double>(rows_.weight[i]);
    const auto row = std::span(scores).subspan(k * outputs_, outputs_);
    if (head_ == HeadKind::value) {
      const double r = activate(now.activation, row[0]) - (static_cast<double>(rows_.target[i]) * spread_ + center_);
      sum += weight * r * r;
    } else {
      sum += predicted_class(head_, row) == static_cast<std::size_t>(rows_.target[i]) ? weight : 0;
    }
    weights += weight;
  }
  const double mean = weights > 0 ? sum / weights : 0;
  return head_ == HeadKind::value ? std::sqrt(mean) : mean;
}

template <class T>
double Problem<T>::penalty(std::span<const T> theta) const {
  double square = 0;
  double absolute = 0;
  for (const T w : theta.first(outputs_ * rows_.features)) {
    square += static_cast<double>(w) * static_cast<double>(w);
    absolute += std::abs(static_cast<double>(w));
  }
  return chain_.l2 / 2 * square + chain_.l1 * absolute;
}

template <class T>
FullLook Problem<T>::look(std::span<const T> theta) {
  gradient_.resize(theta.size());
  FullLook look;
  look.loss = batch(training_, theta, gradient_);
  look.objective = look.loss + penalty(theta);
  const std::size_t weights = outputs_ * rows_.features;
  double square = 0;
  for (std::size_t j = 0; j < theta.size(); ++j) {
    const double w = theta[j];
    double g = gradient_[j];
    if (j < weights) {
      g = norm_of_smallest_subgradient(g + chain_.l2 * w, w, chain_.l1);
    }
    square += g * g;
  }
  look.gradient_norm = std::sqrt(square);
  return look;
}

template <class T>
void Problem<T>::soften(double width) {
  soft_pass_.reset();
  soft_loss_ = loss_->softened(width);
  expects(soft_loss_ != nullptr, "a loss that is softened has a kink");
  soft_pass_ = std::make_unique<LinearPass<T>>(rows_, *soft_loss_, activation_, outputs_, intercept_);
}

template <class T>
double Problem<T>::value_and_gradient(std::span<const double> theta, std::span<double> gradient) {
  theta_.resize(theta.size());
  gradient_.resize(theta.size());
  std::transform(theta.begin(), theta.end(), theta_.begin(), [](double x) { return static_cast<T>(x); });
  const double loss = (soft_pass_ ? *soft_pass_ : *pass_)(training_, theta_, gradient_, pool_);
  const std::size_t weights = outputs_ * rows_.features;
  double square = 0;
  for (std::size_t j = 0; j < theta.size(); ++j) {
    const double l2 = j < weights ? chain_.l2 : 0;
    gradient[j] = static_cast<double>(gradient_[j]) + l2 * theta[j];
    square += l2 * theta[j] * theta[j];
  }
  return loss + square / 2;
}

template <class T>
LinearModel Problem<T>::working_model(std::span<const T> theta) const {
  LinearModel model;
  model.model = options_.model;
  model.loss = data_loss_;
  model.head = head_;
  model.activation = loss().task == LossTask::counts ? OutputActivation::exp : activation_;
  model.probabilities = loss().task == LossTask::multiclass || (loss().name == "logistic" && head_ == HeadKind::binary);
  model.features = rows_.features;
  model.outputs = outputs_;
  model.intercept = intercept_;
  model.double_precision = sizeof(T) == sizeof(double);
  const std::size_t weights = outputs_ * rows_.features;
  const auto stored = [](double x) { return static_cast<double>(static_cast<T>(x)); };
  for (std::size_t j = 0; j < weights; ++j) {
    model.weights.push_back(stored(spread_ * static_cast<double>(theta[j])));
  }
  for (std::size_t c = 0; c < outputs_; ++c) {
    model.bias.push_back(intercept_ ? stored(spread_ * static_cast<double>(theta[weights + c]) + center_) : 0);
  }
  return model;
}

template <class T>
LinearModel Problem<T>::model(std::span<const T> theta) const {
  LinearModel model = working_model(theta);
  if (occupied_.features.empty()) {
    return model;
  }
  std::vector<double> weights(outputs_ * data_features_, 0);
  for (std::size_t c = 0; c < outputs_; ++c) {
    for (std::size_t j = 0; j < rows_.features; ++j) {
      weights[c * data_features_ + occupied_.features[j]] = model.weights[c * rows_.features + j];
    }
  }
  model.weights = std::move(weights);
  model.features = data_features_;
  return model;
}

template class Problem<float>;
template class Problem<double>;

}  // namespace fallline
