// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/train/head.hpp"
#include "fallline/train/translate.hpp"

namespace fallline {

namespace {

constexpr double as_drawn = std::numeric_limits<double>::quiet_NaN();

std::string shape_text(const std::vector<std::size_t>& shape) {
  return fmt::format("{} inputs and {} units", grouped(static_cast<std::int64_t>(shape[1])), grouped(static_cast<std::int64_t>(shape[0])));
}

std::string few_of(std::vector<std::string> names) {
  constexpr std::size_t few = 10;
  const std::size_t count = names.size();
  names.resize(std::min(count, few));
  return join(names, ", ") + (count > few ? fmt::format(" and {} more", count - few) : "");
}

/// The new model before anything is taken: its shape, every number as drawn.
LinearModel bare(const ModelOptions& options, const Head& head, std::size_t features) {
  LinearModel model;
  model.model = options.model;
  model.loss = options.loss;
  model.head = head.kind;
  model.activation = head.activation;
  model.outputs = head.outputs;
  model.intercept = options.intercept;
  model.hidden = {features, options.network, hidden_arrays(options.network, features)};
  for (NamedArray& array : model.hidden.arrays) {
    std::fill(array.values.begin(), array.values.end(), as_drawn);
  }
  model.features = options.network.hidden.empty() ? features : options.network.hidden.back();
  model.weights.assign(head.outputs * model.features, as_drawn);
  model.bias.assign(head.outputs, as_drawn);
  return model;
}

const NamedArray* find(const HiddenLayers& hidden, const std::string& name) {
  const auto at = std::find_if(hidden.arrays.begin(), hidden.arrays.end(), [&](const NamedArray& array) { return array.name == name; });
  return at == hidden.arrays.end() ? nullptr : &*at;
}

class Mover {
 public:
  Mover(const Model& from, const std::string& name, const Encoder& encoder, const TargetCoding& target, LinearModel start)
      : from_(from),
        name_(name),
        encoder_(encoder),
        target_(target),
        translation_(translate(from.encoder, encoder)),
        start_(std::move(start)) {}

  Result<Transfer> run() {
    for (std::size_t k = 1; k <= start_.hidden.options.hidden.size(); ++k) {
      move_layer(k);
    }
    move_head();
    if (taken_.empty()) {
      return usage_error(fmt::format("--init-from {}: nothing of it fits. {}. Train without it.", quoted(name_), join(drawn_, "; ")));
    }
    tell();
    return Transfer{std::move(start_), std::move(notes_)};
  }

 private:
  void move_layer(std::size_t k) {
    const std::string layer = fmt::format("layer {}", k);
    const NamedArray* old = find(from_.linear.hidden, layer + " weights");
    const auto& widths = start_.hidden.options.hidden;
    const std::vector<std::size_t> shape = {widths[k - 1], k == 1 ? encoder_.features : widths[k - 2]};
    if (old == nullptr) {
      drawn_.push_back(fmt::format("{}: {} has no such layer", layer, quoted(name_)));
      return;
    }
    if (old->shape[0] != shape[0] || (k > 1 && old->shape[1] != shape[1])) {
      drawn_.push_back(fmt::format("{}: it has {} there and {} here", layer, shape_text(old->shape), shape_text(shape)));
      return;
    }
    if (k == 1 && translation_.terms.empty()) {
      drawn_.push_back(layer + ": no feature is the same");
      return;
    }
    std::vector<std::string> rest;
    for (NamedArray& array : start_.hidden.arrays) {
      if (!array.name.starts_with(layer + " ")) {
        continue;
      }
      if (const NamedArray* same = find(from_.linear.hidden, array.name)) {
        array.values = same->values;
      } else {
        rest.push_back(array.name.substr(layer.size() + 1));
      }
    }
    if (k == 1) {
      move_first(layer);
    }
    taken_.push_back(layer + (rest.empty() ? "" : fmt::format(" (but for its {})", join(rest, ", "))));
  }

  void move_first(const std::string& layer) {
    for (NamedArray& array : start_.hidden.arrays) {
      if (array.name == layer + " weights") {
        MovedWeights moved = move_weights(translation_, array.values, array.shape[0]);
        array.values = std::move(moved.weights);
        shift_ = std::move(moved.shift);
        moved_ = true;
      } else if (array.name == layer + " bias") {
        for (std::size_t unit = 0; unit < shift_.size(); ++unit) {
          array.values[unit] += shift_[unit];
        }
      }
    }
  }

  /// Why the old head is none for the new model; nothing where it is one.
  std::optional<std::string> head_differs() const {
    const LinearModel& old = from_.linear;
    if (old.head == HeadKind::value || start_.head == HeadKind::value) {
      if (old.head != start_.head) {
        return old.head == HeadKind::value ? "it predicts numbers there and classes here" : "it predicts classes there and numbers here";
      }
    } else if (std::vector<std::string> a = from_.target.classes, b = target_.classes;
               std::sort(a.begin(), a.end()), std::sort(b.begin(), b.end()), a != b) {
      return fmt::format("its classes are {} there and {} here", few_of(from_.target.classes), few_of(target_.classes));
    }
    if (old.outputs != start_.outputs || old.activation != start_.activation) {
      return fmt::format("its scores mean another thing with the loss {} there and {} here", old.loss, start_.loss);
    }
    if (old.hidden.empty() != start_.hidden.empty()) {
      return std::string(old.hidden.empty() ? "it stands on the features there and on hidden units here"
                                            : "it stands on hidden units there and on the features here");
    }
    if (old.hidden.empty() && translation_.terms.empty()) {
      return "no feature is the same";
    }
    if (!old.hidden.empty() && old.features != start_.features) {
      return fmt::format("it has {} inputs there and {} here", old.features, start_.features);
    }
    return std::nullopt;
  }

  /// Which output of the old model is the given one of the new.
  std::size_t old_output(std::size_t output) const {
    if (start_.head != HeadKind::multiclass) {
      return output;
    }
    const std::vector<std::string>& classes = from_.target.classes;
    return static_cast<std::size_t>(std::find(classes.begin(), classes.end(), target_.classes[output]) - classes.begin());
  }

  void move_head() {
    const LinearModel& old = from_.linear;
    const std::string head = start_.hidden.empty() ? "the weights" : "the head";
    if (const auto why = head_differs()) {
      drawn_.push_back(head + ": " + *why);
      return;
    }
    MovedWeights moved{old.weights, std::vector<double>(old.outputs, 0)};
    if (old.hidden.empty()) {
      moved = move_weights(translation_, old.weights, old.outputs);
      moved_ = true;
    }
    const bool other_class = start_.head == HeadKind::binary && from_.target.classes != target_.classes;  // the other one stands second
    const bool times = !from_.target.unit.empty() && !target_.unit.empty();
    const double factor = other_class ? -1 : times ? seconds_in(from_.target.unit) / seconds_in(target_.unit) : 1;
    for (std::size_t output = 0; output < start_.outputs; ++output) {
      const std::size_t at = old_output(output);
      for (std::size_t j = 0; j < start_.features; ++j) {
        start_.weights[output * start_.features + j] = factor * moved.weights[at * start_.features + j];
      }
      const double bias = factor * (old.bias[at] + moved.shift[at]);
      start_.bias[output] = bias;
      lost_bias_ = lost_bias_ || (!start_.intercept && bias != 0);
    }
    taken_.push_back(head);
  }

  void tell() {
    notes_.push_back(fmt::format("taken from {}: {}", quoted(name_), join(taken_, ", ")));
    if (!drawn_.empty()) {
      notes_.push_back(fmt::format("drawn afresh: {}", join(drawn_, "; ")));
    }
    const std::vector<std::string> gone = moved_ ? gone_features(translation_, from_.encoder) : std::vector<std::string>();
    if (!gone.empty()) {
      notes_.push_back(fmt::format("features of {} that are not here: {}", quoted(name_), few_of(gone)));
    }
    const std::vector<std::string> fresh = moved_ ? new_features(translation_, encoder_) : std::vector<std::string>();
    if (!fresh.empty()) {
      notes_.push_back(fmt::format("features that {} does not have, so that they weigh 0 at the start: {}", quoted(name_), few_of(fresh)));
    }
    const NetworkOptions& old = from_.linear.hidden.options;
    const NetworkOptions& now = start_.hidden.options;
    if (!now.hidden.empty() && old.activation != now.activation) {
      notes_.push_back(fmt::format("hidden units put out {} here and {} in {}: another function of the same weights", now.activation,
                                   old.activation, quoted(name_)));
    }
    if (lost_bias_) {
      notes_.push_back(fmt::format("without an intercept the one that {} has here is left out", quoted(name_)));
    }
  }

  const Model& from_;
  const std::string& name_;
  const Encoder& encoder_;
  const TargetCoding& target_;
  Translation translation_;
  LinearModel start_;
  std::vector<double> shift_;
  bool moved_ = false;  // weights of features were taken
  bool lost_bias_ = false;
  std::vector<std::string> taken_;
  std::vector<std::string> drawn_;
  std::vector<std::string> notes_;
};

}  // namespace

Result<Transfer> transfer(const Model& from, const std::string& name, const Encoder& encoder, const TargetCoding& target,
                          const ModelOptions& model) {
  const auto loss = make_loss(model.loss);
  const auto activation = parse_output_activation(model.output_activation);
  expects(loss && activation, "the model was resolved");
  const Head head = head_of((*loss)->info(), *activation, target);
  return Mover(from, name, encoder, target, bare(model, head, encoder.features)).run();
}

}  // namespace fallline
