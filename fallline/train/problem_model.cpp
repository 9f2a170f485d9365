// SPDX-License-Identifier: Apache-2.0
// The two ways between the parameters of training and a model in the units of the data.
#include <algorithm>

#include "fallline/train/problem.hpp"

namespace fallline {

template <class T>
LinearModel Problem<T>::working_model(std::span<const T> theta) const {
  LinearModel model;
  model.model = options_.model;
  model.loss = data_loss_;
  model.losses = data_losses_;
  model.head = head_;
  model.activation = model_activation_;
  model.probabilities = loss().task == LossTask::multiclass || (loss().name == "logistic" && head_ == HeadKind::binary);
  model.features = features();
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
      model.weights[c * model.features + j] = stored(spread_[c] * static_cast<double>(theta[at]));
    }
    model.bias.push_back(intercept_ ? stored(spread_[c] * static_cast<double>(theta[weights + c]) + center_[c]) : 0);
  }
  return model;
}

template <class T>
HiddenLayers Problem<T>::hidden_layers(std::span<const T> theta) const {
  HiddenLayers hidden{features(), options_.network, hidden_arrays(options_.network, features())};
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

/// Weights of features that training left out are those of the start that was given, else 0.
template <class T>
void Problem<T>::widen(std::vector<double>& weights, std::size_t units) const {
  std::vector<double> wide(units * data_features_, 0);
  if (given_) {
    const std::vector<double>& given = given_->hidden.empty() ? given_->weights : given_->hidden.arrays.front().values;
    std::transform(given.begin(), given.end(), wide.begin(),
                   [](double w) { return std::isnan(w) ? 0 : static_cast<double>(static_cast<T>(w)); });
  }
  for (std::size_t c = 0; c < units; ++c) {
    for (std::size_t j = 0; j < features(); ++j) {
      wide[c * data_features_ + feed_.occupied().features[j]] = weights[c * features() + j];
    }
  }
  weights = std::move(wide);
}

template <class T>
LinearModel Problem<T>::model(std::span<const T> theta) const {
  LinearModel model = working_model(theta);
  if (feed_.occupied().features.empty()) {
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

/// The numbers of a model in the order of training: parameters, then what the layers gathered besides.
template <class T>
std::vector<double> Problem<T>::numbers_of(const LinearModel& model) const {
  std::vector<double> numbers;
  const auto add = [&](const std::vector<double>& values, std::size_t units, bool of_data, bool by_input) {
    const std::size_t stored = values.size() / units;
    const std::size_t inputs = of_data ? features() : stored;
    const std::size_t first = numbers.size();
    numbers.resize(first + inputs * units);
    for (std::size_t i = 0; i < units; ++i) {
      for (std::size_t j = 0; j < inputs; ++j) {
        numbers[first + (by_input ? j * units + i : i * inputs + j)] = values[i * stored + (of_data ? feature_of_data(j) : j)];
      }
    }
  };
  for (const NamedArray& array : model.hidden.arrays) {
    add(array.values, array.shape.front(), &array == model.hidden.arrays.data(), true);
  }
  const auto gathered = numbers.begin() + static_cast<std::ptrdiff_t>(model.hidden.parameters());
  const std::vector<double> buffers(gathered, numbers.end());
  numbers.erase(gathered, numbers.end());
  const std::size_t head = numbers.size();
  add(model.weights, outputs_, model.hidden.empty(), !model.hidden.empty());
  const std::size_t inputs = (numbers.size() - head) / outputs_;
  for (std::size_t k = 0; k < inputs * outputs_; ++k) {
    numbers[head + k] /= spread_[model.hidden.empty() ? k / inputs : k % outputs_];
  }
  for (std::size_t c = 0; intercept_ && c < outputs_; ++c) {
    numbers.push_back((model.bias[c] - center_[c]) / spread_[c]);
  }
  numbers.insert(numbers.end(), buffers.begin(), buffers.end());
  return numbers;
}

template <class T>
bool Problem<T>::fits(const LinearModel& model) const {
  const auto alike = [](const NamedArray& a, const NamedArray& b) {
    return a.name == b.name && a.shape == b.shape && a.values.size() == b.values.size();
  };
  const std::vector<NamedArray> arrays = hidden_arrays(options_.network, data_features_);
  const std::size_t inputs = network_ != nullptr ? options_.network.hidden.back() : data_features_;
  return model.hidden.options.hidden == options_.network.hidden && model.weights.size() == outputs_ * inputs &&
         model.bias.size() == outputs_ &&
         std::equal(arrays.begin(), arrays.end(), model.hidden.arrays.begin(), model.hidden.arrays.end(), alike);
}

template LinearModel Problem<float>::working_model(std::span<const float>) const;
template HiddenLayers Problem<float>::hidden_layers(std::span<const float>) const;
template void Problem<float>::widen(std::vector<double>&, std::size_t) const;
template LinearModel Problem<float>::model(std::span<const float>) const;
template std::vector<double> Problem<float>::numbers_of(const LinearModel&) const;
template bool Problem<float>::fits(const LinearModel&) const;
template LinearModel Problem<double>::working_model(std::span<const double>) const;
template HiddenLayers Problem<double>::hidden_layers(std::span<const double>) const;
template void Problem<double>::widen(std::vector<double>&, std::size_t) const;
template LinearModel Problem<double>::model(std::span<const double>) const;
template std::vector<double> Problem<double>::numbers_of(const LinearModel&) const;
template bool Problem<double>::fits(const LinearModel&) const;

}  // namespace fallline
