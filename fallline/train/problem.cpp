// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/problem.hpp"

#include <algorithm>
#include <cmath>

#include "fallline/base/expects.hpp"
#include "fallline/base/split.hpp"
#include "fallline/model/hidden_activation.hpp"
#include "fallline/model/linear_pass.hpp"
#include "fallline/model/loss_of_each.hpp"
#include "fallline/model/network/initial.hpp"
#include "fallline/train/head.hpp"

namespace fallline {

namespace {

constexpr std::size_t rows_at_once = 1024;  // of a network, unless a batch is larger and normalised as one

template <class T>
std::vector<T> buffers_of(const Network<T>& network) {
  std::vector<T> values;
  for (const PlacedLayer<T>& placed : network.layers) {
    for (const auto& [name, buffer] : placed.layer->buffers()) {
      values.insert(values.end(), buffer.begin(), buffer.end());
    }
  }
  return values;
}

/// Standard deviation of a target over all rows, for fields told in units of it; 1 where the target does not vary.
template <class T>
double deviation(const Rows<T>& rows, std::size_t target) {
  const auto count = static_cast<double>(rows.rows);
  double mean = 0;
  for (std::size_t i = target; i < rows.target.size(); i += rows.targets) {
    mean += static_cast<double>(rows.target[i]) / count;
  }
  double square = 0;
  for (std::size_t i = target; i < rows.target.size(); i += rows.targets) {
    square += (static_cast<double>(rows.target[i]) - mean) * (static_cast<double>(rows.target[i]) - mean);
  }
  const double sd = std::sqrt(square / count);
  return sd > 0 ? sd : 1;
}

double geometric_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += std::log(value);
  }
  return values.size() == 1 ? values.front() : std::exp(sum / static_cast<double>(values.size()));
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
      occupied_(occupied_features(rows_, data.room)),
      room_(data.room),
      target_(buffer_in<T>(data.room)),
      options_(model),
      chain_(options.chain),
      intercept_(model.intercept),
      training_(buffer_in<std::uint32_t>(data.room)),
      validation_(buffer_in<std::uint32_t>(data.room)),
      window_(options.shuffle_window),
      pool_(pool) {
  chain_.noise_seed = options.seed;
  if (!occupied_.features.empty()) {
    rows_.columns = occupied_.columns;
    rows_.features = occupied_.features.size();
  }
  auto loss = make_loss(model.loss);
  expects(loss.has_value(), "the model was resolved");
  activation_ = *parse_output_activation(model.output_activation);
  const Head head = head_of((*loss)->info(), activation_, target);
  head_ = head.kind;
  outputs_ = head.outputs;
  model_activation_ = head.activation;
  expects(head_ != HeadKind::value || rows_.targets == outputs_, "the data has the targets of its coding");
  data_loss_ = model.loss;
  loss_ = std::move(*loss);
  center_.assign(outputs_, 0);
  spread_.assign(outputs_, 1);
  scale_target(target);
  const Split split{options.validation, options.held_out_seed.value_or(options.seed)};
  std::size_t held_out = 0;
  for (std::uint32_t i = 0; i < rows_.rows; ++i) {
    held_out += split.holds_out(i) ? 1 : 0;
  }
  validation_.reserve(held_out);
  training_.reserve(rows_.rows - held_out);
  for (std::uint32_t i = 0; i < rows_.rows; ++i) {
    (split.holds_out(i) ? validation_ : training_).push_back(i);
  }
  seed_ = options.seed;
  given_ = options.start;
  pass_ = make_pass(*loss_);
  if (!options_.network.hidden.empty()) {
    network_ = static_cast<NetworkPass<T>*>(pass_.get());
    for (const network::Tensor& tensor : network_->network().tensors) {
      tensors_.push_back({tensor.name, tensor.shape, tensor.penalised, 1});  // a unit is a column of [inputs, outputs]
    }
  } else {
    tensors_.push_back({"weights", {outputs_, rows_.features}, true});
    if (intercept_) {
      tensors_.push_back({"intercept", {outputs_}, false});
    }
  }
  parameters_ = Parameters<T>(tensors_).size();
}

/// The target, the loss and the penalties in internal units.
template <class T>
void Problem<T>::scale_target(const TargetCoding& target) {
  const LossInfo info = loss_->info();  // a copy: the loss may be rescaled below
  const bool several = head_ == HeadKind::value && outputs_ > 1;
  std::vector<std::unique_ptr<Loss>> losses;
  for (std::size_t c = 0; c < (several || info.task == LossTask::regression ? outputs_ : 0); ++c) {
    if (info.task == LossTask::regression && activation_ == OutputActivation::identity) {  // another fixes the units of its output
      center_[c] = intercept_ ? target.column(c).center : 0;
      spread_[c] = target.column(c).spread;
    }
    const double sd = deviation(rows_, c);
    data_losses_.push_back(loss_->rescaled(sd)->spec());
    losses.push_back(loss_->rescaled(sd / spread_[c]));
  }
  if (losses.empty()) {
    return;
  }
  const double spread = geometric_mean(spread_);
  unit_ = std::pow(spread, info.degree);
  if (options_.network.hidden.empty()) {  // hidden weights have no unit of the target's
    chain_.l2 *= std::pow(spread, 2 - info.degree);
    chain_.l1 *= std::pow(spread, 1 - info.degree);
    chain_.max_norm /= spread;
  }
  if (several) {
    loss_ = loss_of_each(std::move(losses));
  } else {
    data_loss_ = data_losses_.front();
    data_losses_.clear();
    loss_ = std::move(losses.front());
  }
  const auto is = [](double number) { return [number](double x) { return x == number; }; };
  if (std::all_of(center_.begin(), center_.end(), is(0)) && std::all_of(spread_.begin(), spread_.end(), is(1))) {
    return;
  }
  target_.resize(rows_.target.size());
  for (std::size_t i = 0; i < rows_.rows; ++i) {
    for (std::size_t c = 0; c < outputs_; ++c) {
      const std::size_t at = i * outputs_ + c;
      target_[at] = static_cast<T>((static_cast<double>(rows_.target[at]) - center_[c]) / spread_[c]);
    }
  }
  rows_.target = target_;
}

template <class T>
std::size_t Problem<T>::shuffle_window() const {
  const double entries = static_cast<double>(rows_.values.size()) / static_cast<double>(std::max<std::size_t>(1, rows_.rows));
  const double of_a_row =
      rows_.sparse ? entries * (sizeof(float) + sizeof(std::uint32_t)) : static_cast<double>(rows_.dense.stride()) * sizeof(float);
  return window_.value_or(usual_window(of_a_row));
}

template <class T>
RowOrder Problem<T>::order(Purpose purpose, bool shuffle) const {
  OrderOptions options{seed_, purpose, shuffle, shuffle_window()};
  if (room_) {
    options.on_group = [rows = &rows_](std::size_t first, std::size_t count) {
      if (rows->sparse) {
        const std::uint64_t entry = rows->starts[first];
        const auto entries_of_group = static_cast<std::size_t>(rows->starts[first + count] - entry);
        ScratchRoom::soon(rows->columns.data() + entry, entries_of_group * sizeof(std::uint32_t));
        ScratchRoom::soon(rows->values.data() + entry, entries_of_group * sizeof(T));
      } else {
        ScratchRoom::soon(rows->dense.row(first).data(), count * rows->dense.stride() * sizeof(T));
      }
    };
  }
  return RowOrder(training_, std::move(options), pool_);
}

template <class T>
std::unique_ptr<Pass<T>> Problem<T>::make_pass(const Loss& loss) {
  if (options_.network.hidden.empty()) {
    return std::make_unique<LinearPass<T>>(rows_, loss, activation_, outputs_, intercept_);
  }
  return std::make_unique<NetworkPass<T>>(rows_, &loss, activation_,
                                          make_network<T>(options_.network, rows_.features, outputs_, intercept_), rows_at_once);
}

template <class T>
Parameters<T> Problem<T>::fresh_start() {
  Parameters<T> theta(tensors_);
  if (network_ != nullptr) {
    const Network<T> fresh = make_network<T>(options_.network, rows_.features, outputs_, intercept_);
    const auto activation = parse_activation(options_.network.activation);
    const auto initial = parse_initial(options_.initial);
    expects(activation && initial, "the model was resolved");
    initialise<T>(fresh.tensors, *initial, activation_info(*activation).init, seed_, theta.values());
    set_buffers(buffers_of(fresh));
  }
  return theta;
}

template <class T>
Parameters<T> Problem<T>::start() {
  Parameters<T> theta = fresh_start();
  if (!given_) {
    return theta;
  }
  std::vector<T> gathered = buffers();
  const std::vector<double> numbers = numbers_of(*given_);
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (!std::isnan(numbers[k])) {
      (k < parameters_ ? theta.values()[k] : gathered[k - parameters_]) = static_cast<T>(numbers[k]);
    }
  }
  set_buffers(gathered);
  return theta;
}

template <class T>
FullLook Problem<T>::first_look(std::span<const T> theta) {
  FullLook first = look(theta);
  if (given_) {
    const std::vector<T> gathered = buffers();
    const FullLook fresh = look(fresh_start().values());
    set_buffers(gathered);
    first.loss = std::max(first.loss, fresh.loss);  // what is told stays that of the start itself
    first.gradient_norm = fresh.gradient_norm > 0 ? fresh.gradient_norm : first.gradient_norm;
  }
  return first;
}

template <class T>
std::vector<T> Problem<T>::buffers() const {
  return network_ != nullptr ? buffers_of(network_->network()) : std::vector<T>();
}

template <class T>
void Problem<T>::set_buffers(std::span<const T> values) {
  if (network_ == nullptr) {
    return;
  }
  for (const PlacedLayer<T>& placed : network_->network().layers) {
    for (auto& [name, buffer] : placed.layer->buffers()) {
      std::copy_n(values.begin(), buffer.size(), buffer.begin());
      values = values.subspan(buffer.size());
    }
  }
}

template <class T>
void Problem<T>::watch_units() {
  if (network_ != nullptr) {
    network_->watch_units(true);
  }
}

template <class T>
std::vector<UnitActivity> Problem<T>::units() const {
  return network_ != nullptr ? network_->units() : std::vector<UnitActivity>();
}

template <class T>
void Problem<T>::forget_units() {
  if (network_ != nullptr) {
    network_->forget_units();
  }
}

template <class T>
double Problem<T>::batch(std::span<const std::uint32_t> rows, std::span<const T> theta, std::span<T> gradient) {
  return (*pass_)(rows, theta, gradient, Mode(), pool_);
}

template <class T>
double Problem<T>::training_batch(std::span<const std::uint32_t> rows, std::span<const T> theta, std::span<T> gradient, std::int64_t step) {
  return (*pass_)(rows, theta, gradient, Mode{true, seed_, static_cast<std::uint64_t>(step)}, pool_);
}

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
double Problem<T>::target_in_data_units(std::size_t row, std::size_t c) const {
  return static_cast<double>(rows_.target[row * outputs_ + c]) * spread_[c] + center_[c];
}

template <class T>
double Problem<T>::metric(std::span<const std::uint32_t> rows, std::span<const T> theta) const {
  constexpr std::size_t at_once = std::size_t{1} << 18U;  // rows whose scores are held
  const LinearModel now = working_model(theta);
  std::vector<double> sums(head_ == HeadKind::value ? outputs_ : 1, 0);
  double weights = 0;
  for (std::size_t first = 0; first < rows.size(); first += at_once) {
    const auto some = rows.subspan(first, std::min(at_once, rows.size() - first));
    const std::vector<double> scores = linear_scores<T>(now, rows_, some, pool_);
    for (std::size_t k = 0; k < some.size(); ++k) {
      const std::uint32_t i = some[k];
      const double weight = rows_.weight.empty() ? 1 : static_cast<double>(rows_.weight[i]);
      const auto row = std::span(scores).subspan(k * outputs_, outputs_);
      if (head_ == HeadKind::value) {
        for (std::size_t c = 0; c < outputs_; ++c) {
          const double r = activate(now.activation, row[c]) - target_in_data_units(i, c);
          sums[c] += weight * r * r;
        }
      } else {
        sums[0] += predicted_class(head_, row) == static_cast<std::size_t>(rows_.target[i]) ? weight : 0;
      }
      weights += weight;
    }
  }
  double metric = 0;
  for (const double sum : sums) {
    const double mean = weights > 0 ? sum / weights : 0;
    metric += head_ == HeadKind::value ? std::sqrt(mean) : mean;
  }
  return metric / static_cast<double>(sums.size());
}

template <class T>
double Problem<T>::told_loss(std::span<const std::uint32_t> rows, std::span<const T> theta, double internal) const {
  if (data_losses_.empty()) {
    return in_data_units(internal);
  }
  const LinearModel now = working_model(theta);
  std::vector<double> scores = linear_scores<T>(now, rows_, rows, pool_);
  double sum = 0;
  for (std::size_t c = 0; c < outputs_; ++c) {
    const auto loss = make_loss(data_losses_[c]);
    expects(loss.has_value(), "the model was resolved");
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const double target = target_in_data_units(rows[k], c);
      const double weight = rows_.weight.empty() ? 1 : static_cast<double>(rows_.weight[rows[k]]);
      sum += (*loss)->block(activation_, &target, &weight, 1, 1, &scores[k * outputs_ + c]);
    }
  }
  return sum / (static_cast<double>(rows.size() * outputs_) * mean_weight(rows_));
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
  look.loss = batch(training_, theta, gradient_);
  look.objective = look.loss + penalty(theta);
  look.told_loss = told_loss(training_, theta, look.loss);
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
void Problem<T>::soften(double width) {
  soft_pass_.reset();
  soft_loss_ = loss_->softened(width);
  expects(soft_loss_ != nullptr, "a loss that is softened has a kink");
  soft_pass_ = make_pass(*soft_loss_);
}

template <class T>
double Problem<T>::value_and_gradient(std::span<const double> theta, std::span<double> gradient) {
  theta_.resize(theta.size());
  gradient_.resize(theta.size());
  std::transform(theta.begin(), theta.end(), theta_.begin(), [](double x) { return static_cast<T>(x); });
  const double loss = (soft_pass_ ? *soft_pass_ : *pass_)(training_, theta_, gradient_, Mode{true, seed_, 0}, pool_);
  double square = 0;
  visit_parameters([&](std::size_t j, bool penalised) {
    const double l2 = penalised ? chain_.l2 : 0;
    gradient[j] = static_cast<double>(gradient_[j]) + l2 * theta[j];
    square += l2 * theta[j] * theta[j];
  });
  return loss + square / 2;
}

template class Problem<float>;
template class Problem<double>;

}  // namespace fallline
