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

/// Standard deviation of each target over all rows, for fields told in units of it; 1 where the target does not vary.
template <class T>
std::vector<double> deviations(Feed<T>& feed) {
  const std::size_t targets = feed.kind().targets;
  const auto count = static_cast<double>(feed.rows());
  std::vector<double> mean(targets, 0);
  std::vector<double> square(targets, 0);
  feed.each_target([&](std::size_t /*first*/, std::span<const T> target, std::span<const T> /*weight*/) {
    for (std::size_t i = 0; i < target.size(); ++i) {
      mean[i % targets] += static_cast<double>(target[i]) / count;
    }
  });
  feed.each_target([&](std::size_t /*first*/, std::span<const T> target, std::span<const T> /*weight*/) {
    for (std::size_t i = 0; i < target.size(); ++i) {
      const double from_mean = static_cast<double>(target[i]) - mean[i % targets];
      square[i % targets] += from_mean * from_mean;
    }
  });
  std::transform(square.begin(), square.end(), square.begin(), [&](double sum) { return sum > 0 ? std::sqrt(sum / count) : 1; });
  return square;
}

double geometric_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += std::log(value);
  }
  return values.size() == 1 ? values.front() : std::exp(sum / static_cast<double>(values.size()));
}

}  // namespace

template <class T>
Problem<T>::Problem(const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model, const TrainOptions& options,
                    ThreadPool& pool)
    : feed_(data, {options.validation, options.held_out_seed.value_or(options.seed)}, options.shuffle_window, pool),
      data_features_(data.features),
      options_(model),
      chain_(options.chain),
      intercept_(model.intercept),
      pool_(pool),
      seed_(options.seed) {
  chain_.noise_seed = options.seed;
  auto loss = make_loss(model.loss);
  expects(loss.has_value(), "the model was resolved");
  activation_ = *parse_output_activation(model.output_activation);
  const Head head = head_of((*loss)->info(), activation_, target);
  head_ = head.kind;
  outputs_ = head.outputs;
  model_activation_ = head.activation;
  expects(head_ != HeadKind::value || data.targets == outputs_, "the data has the targets of its coding");
  data_loss_ = model.loss;
  loss_ = std::move(*loss);
  center_.assign(outputs_, 0);
  spread_.assign(outputs_, 1);
  scale_target(target);
  given_ = options.start;
  pass_ = make_pass(*loss_);
  if (!options_.network.hidden.empty()) {
    network_ = static_cast<NetworkPass<T>*>(pass_.get());
    for (const network::Tensor& tensor : network_->network().tensors) {
      tensors_.push_back({tensor.name, tensor.shape, tensor.penalised, 1});  // a unit is a column of [inputs, outputs]
    }
  } else {
    tensors_.push_back({"weights", {outputs_, features()}, true});
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
  const std::vector<double> sds = several || info.task == LossTask::regression ? deviations(feed_) : std::vector<double>();
  for (std::size_t c = 0; c < sds.size(); ++c) {
    if (info.task == LossTask::regression && activation_ == OutputActivation::identity) {  // another fixes the units of its output
      center_[c] = intercept_ ? target.column(c).center : 0;
      spread_[c] = target.column(c).spread;
    }
    data_losses_.push_back(loss_->rescaled(sds[c])->spec());
    losses.push_back(loss_->rescaled(sds[c] / spread_[c]));
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
  feed_.scale(center_, spread_);
}

template <class T>
std::unique_ptr<Pass<T>> Problem<T>::make_pass(const Loss& loss) {
  if (options_.network.hidden.empty()) {
    return std::make_unique<LinearPass<T>>(feed_.kind(), feed_.whole(), loss, activation_, outputs_, intercept_);
  }
  return std::make_unique<NetworkPass<T>>(feed_.kind(), feed_.whole(), &loss, activation_,
                                          make_network<T>(options_.network, features(), outputs_, intercept_), rows_at_once);
}

template <class T>
Parameters<T> Problem<T>::fresh_start() {
  Parameters<T> theta(tensors_);
  if (network_ != nullptr) {
    const Network<T> fresh = make_network<T>(options_.network, features(), outputs_, intercept_);
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
  return batch(feed_.take(rows), theta, gradient, Mode());
}

/// Not a number where the rows could not be read (Feed::fault).
template <class T>
double Problem<T>::batch(const Picked<T>& rows, std::span<const T> theta, std::span<T> gradient, const Mode& mode) {
  if (rows.numbers.empty()) {
    return std::nan("");
  }
  pass_->read(rows.rows);
  return (*pass_)(rows.numbers, theta, gradient, mode, pool_);
}

template <class T>
double Problem<T>::batch(Part part, std::span<const T> theta, std::span<T> gradient) {
  return over(*pass_, part, theta, gradient, Mode());
}

template <class T>
double Problem<T>::training_batch(std::span<const std::uint32_t> rows, std::span<const T> theta, std::span<T> gradient, std::int64_t step) {
  return training_batch(feed_.take(rows), theta, gradient, step);
}

template <class T>
double Problem<T>::training_batch(const Picked<T>& rows, std::span<const T> theta, std::span<T> gradient, std::int64_t step) {
  return batch(rows, theta, gradient, Mode{true, seed_, static_cast<std::uint64_t>(step)});
}

template <class T>
double Problem<T>::training_batch(std::span<const T> theta, std::span<T> gradient, std::int64_t step) {
  return over(*pass_, Part::training, theta, gradient, Mode{true, seed_, static_cast<std::uint64_t>(step)});
}

template <class T>
bool Problem<T>::takes_full_batch_at_once() const {
  return network_ != nullptr && (network_->network().mixes_rows() || options_.network.dropout > 0);
}

/// Segment after segment, their sums in double.
template <class T>
double Problem<T>::over(Pass<T>& pass, Part part, std::span<const T> theta, std::span<T> gradient, const Mode& mode) {
  const bool at_once = mode.training && takes_full_batch_at_once();
  double loss = 0;
  std::vector<double> sum(gradient.size(), 0);
  const double count = static_cast<double>(rows(part));
  feed_.each(part, at_once, [&](const Picked<T>& some) {
    pass.read(some.rows);
    const double own = pass(some.numbers, theta, gradient, mode, pool_);
    const double share = static_cast<double>(some.numbers.size()) / count;
    if (share == 1) {
      loss = own;
      sum.clear();
      return;
    }
    loss += own * share;
    for (std::size_t j = 0; j < gradient.size(); ++j) {
      sum[j] += static_cast<double>(gradient[j]) * share;
    }
  });
  std::transform(sum.begin(), sum.end(), gradient.begin(), [](double x) { return static_cast<T>(x); });
  return loss;
}

template <class T>
void Problem<T>::soften(double width) {
  soft_pass_.reset();
  soft_loss_ = loss_->softened(width);
  expects(soft_loss_ != nullptr, "a loss that is softened has a kink");
  soft_pass_ = make_pass(*soft_loss_);
}

template class Problem<float>;
template class Problem<double>;

}  // namespace fallline
