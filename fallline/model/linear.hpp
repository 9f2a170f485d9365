// SPDX-License-Identifier: Apache-2.0
// LinearModel: scores = W x + b, with a head that turns scores into a prediction. Linear, logistic, softmax and perceptron models are this
// one family with different losses; in a network x is what its hidden layers make of the features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/math/rows.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/model/network/hidden.hpp"

namespace fallline {

/// What a prediction is made of scores.
/// value: activation(score). binary: one score, its sign picks the class (a tie goes to the first). multiclass: as many scores as
/// classes, the largest wins (a tie goes to the first).
enum class HeadKind { value, binary, multiclass };

/// Activation of a regression head.
enum class OutputActivation { identity, sigmoid, tanh, relu, softplus, exp };

struct LinearModel {
  std::string model;  // linear, logistic, softmax, perceptron, mlp
  std::string loss;   // a name of the list of losses
  HeadKind head = HeadKind::value;
  OutputActivation activation = OutputActivation::identity;
  bool probabilities = false;  // the scores have a meaning as log odds: logistic and cross_entropy
  HiddenLayers hidden = {};    // none but in networks
  std::size_t features = 0;    // inputs of the weights: features of the data, or units of the last hidden layer
  std::size_t outputs = 1;     // rows of weights: 1, or the number of classes
  bool intercept = true;
  bool double_precision = false;  // weights and arithmetic of prediction: float unless true
  std::vector<double> weights;    // [outputs, features], floats held exactly unless double_precision
  std::vector<double> bias;       // [outputs], zeros without intercept

  /// Features of the data.
  std::size_t inputs() const { return hidden.empty() ? features : hidden.features; }
  /// Numbers that training moved.
  std::size_t parameters() const { return weights.size() + (intercept ? outputs : 0) + hidden.parameters(); }
};

/// Scores of all rows, [rows, outputs], computed in double: a row's scores depend on that row alone.
template <class T>
std::vector<double> linear_scores(const LinearModel& model, const Rows<T>& rows, ThreadPool& pool);

/// Those of the rows picked[0], picked[1], ... alone, [picked, outputs].
template <class T>
std::vector<double> linear_scores(const LinearModel& model, const Rows<T>& rows, std::span<const std::uint32_t> picked, ThreadPool& pool);

/// Class index by the head's rule; scores: [outputs].
std::size_t predicted_class(HeadKind head, std::span<const double> scores);

/// P(class) from the scores of one row, safe for scores of any size; out: [classes]. Binary: out = {1 - p, p}.
void class_probabilities(HeadKind head, std::span<const double> scores, std::span<double> out);

/// The prediction of a regression head from its score.
double activate(OutputActivation activation, double score);

Result<OutputActivation> parse_output_activation(std::string_view name);
std::string_view output_activation_name(OutputActivation activation);

}  // namespace fallline
