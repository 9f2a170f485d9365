// SPDX-License-Identifier: Apache-2.0
#include "cli/models.hpp"

#include <array>
#include <string_view>

#include "fallline/data/encoder.hpp"
#include "fallline/train/train.hpp"

namespace fallline::cli {

namespace {

struct ModelEntry {
  std::string_view name;
  std::size_t classes;  // of a target that it fits; 0: numbers
  std::string_view summary;
};

constexpr std::array entries{
    ModelEntry{"linear", 0, "a weighted sum of the features; for a target of numbers"},
    ModelEntry{"logistic", 2, "the probability of the second of two classes from a weighted sum"},
    ModelEntry{"softmax", 3, "the probability of each of several classes from a weighted sum a class"},
    ModelEntry{"perceptron", 2, "the sign of a weighted sum picks one of two classes, without probabilities"},
    ModelEntry{"mlp", 3, "a network: hidden layers under a linear, logistic or softmax head, as the target asks"},
};

/// The loss that training itself would take.
std::string default_loss(const ModelEntry& entry) {
  TargetCoding target;
  target.classification = entry.classes > 0;
  for (std::size_t i = 0; i < entry.classes; ++i) {
    target.classes.push_back(std::to_string(i));
  }
  ModelOptions options;
  options.model = entry.name;
  const Result<ModelOptions> resolved = resolve_model(options, target);
  return resolved ? resolved->loss : std::string();
}

}  // namespace

std::vector<ModelInfo> list_models() {
  std::vector<ModelInfo> models;
  for (const ModelEntry& entry : entries) {
    models.push_back({std::string(entry.name), default_loss(entry), std::string(entry.summary)});
  }
  return models;
}

}  // namespace fallline::cli
