// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/problem.hpp"

#include <algorithm>
#include <cmath>

#include "fallline/base/expects.hpp"
#include "fallline/base/split.hpp"
#include "fallline/model/hidden_activation.hpp"
#include "fallline/model/linear_pass.hpp"
#include "fallline/model/network/initial.hpp"

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
    if (center_ != 0 || spread_ != 1) {
      target_.resize(rows_.rows);
      std::transform(rows_.target.begin(), rows_.target.end(), target_.begin(),
                     [&](T y) { return static_cast<T>((static_cast<double>(y) - center_) / spread_); });
      rows_.target = target_;
    }
  }
  const Split split{options.validation, options.seed};
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
  pass_ = make_pass(*loss_);
  if (!options_.network.hidden.empty()) {
    network_ = static_cast<NetworkPass<T>*>(pass_.get());
    for (const network::Tensor& tensor : network_->network().tensors) {
      tensors_.push_back({tensor.name, tensor.shape, tensor.penalised});
    }
  } else {
    tensors_.push_back({"weights", {outputs_, rows_.features}, true});
    if (intercept_) {
      tensors_.push_back({"intercept", {outputs_}, false});
    }
  }
  parameters_ = Parameters<T>(tensors_).size();
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
Parameters<T> Problem<T>::start() {
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
double Problem<T>::metric(std::span<const std::uint32_t> rows, std::span<const T> theta) const {
  constexpr std::size_t at_once = std::size_t{1} << 18U;  // rows whose scores are held
  const LinearModel now = working_model(theta);
  double sum = 0;
  double weights = 0;
  for (std::size_t first = 0; first < rows.size(); first += at_once) {
    const auto some = rows.subspan(first, std::min(at_once, rows.size() - first));
    const std::vector<double> scores = linear_scores<T>(now, rows_, some, pool_);
    for (std::size_t k = 0; k < some.size(); ++k) {
      const std::uint32_t i = some[k];
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
  }
  const double mean = weights > 0 ? sum / weights : 0;
  return head_ == HeadKind::value ? std::sqrt(mean) : mean;
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
  const auto stored = [](double x) { return static_cast<double>(static_cast<T>(x)); };
  if (network_ != nullptr) {
    model.hidden = hidden_layers(theta);
    model.features = options_.network.hidden.back();
    theta = theta.subspan(model.hidden.parameters());
  }
  const std::size_t weights = outputs_ * model.features;
  model.weights.resize(weights);
  for (std::size_t c = 0; c < outputs_; ++c) {
    for (std::size_t j = 0; j < model.features; ++j) {
      const std::size_t at = network_ != nullptr ? j * outputs_ + c : c * model.features + j;
      model.weights[c * model.features + j] = stored(spread_ * static_cast<double>(theta[at]));
    }
    model.bias.push_back(intercept_ ? stored(spread_ * static_cast<double>(theta[weights + c]) + center_) : 0);
  }
  return model;
}

template <class T>
HiddenLayers Problem<T>::hidden_layers(std::span<const T> theta) const {
  HiddenLayers hidden{rows_.features, options_.network, hidden_arrays(options_.network, rows_.features)};
  std::vector<T> numbers(theta.begin(), theta.begin() + static_cast<std::ptrdiff_t>(hidden.parameters()));
  const std::vector<T> gathered = buffers();
  numbers.insert(numbers.end(), gathered.begin(), gathered.end());
  const T* from = numbers.data();
  for (NamedArray& array : hidden.arrays) {
    const std::size_t units = array.shape.front();
    const std::size_t inputs = array.values.size() / units;
    for (std::size_t i = 0; i < units; ++i) {
      for (std::size_t j = 0; j < inputs; ++j) {
        array.values[i * inputs + j] = static_cast<double>(from[j * units + i]);
      }
    }
    from += array.values.size();
  }
  return hidden;
}

/// Weights of features that training left out are 0.
template <class T>
void Problem<T>::widen(std::vector<double>& weights, std::size_t units) const {
  std::vector<double> wide(units * data_features_, 0);
  for (std::size_t c = 0; c < units; ++c) {
    for (std::size_t j = 0; j < rows_.features; ++j) {
      wide[c * data_features_ + occupied_.features[j]] = weights[c * rows_.features + j];
    }
  }
  weights = std::move(wide);
}

template <class T>
LinearModel Problem<T>::model(std::span<const T> theta) const {
  LinearModel model = working_model(theta);
  if (occupied_.features.empty()) {
    return model;
  }
  if (network_ != nullptr) {
    NamedArray& first = model.hidden.arrays.front();
    widen(first.values, first.shape[0]);
    first.shape[1] = model.hidden.features = data_features_;
  } else {
    widen(model.weights, outputs_);
    model.features = data_features_;
  }
  return model;
}

template class Problem<float>;
template class Problem<double>;

}  // namespace fallline
