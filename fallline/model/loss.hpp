// SPDX-License-Identifier: Apache-2.0
// Loss: any loss of the list, chosen by name at run time ("logistic", "quantile:tau=0.9"), evaluated on a block of scores at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/result.hpp"
#include "fallline/math/dual.hpp"
#include "fallline/model/linear.hpp"
#include "fallline/model/loss_concept.hpp"

namespace fallline {

struct LossInfo {
  std::string name;
  std::string cites;
  std::string summary;
  LossTask task = LossTask::regression;
  bool smooth = true;
  double curvature = 0;
  double degree = 0;
  std::vector<FieldValue> fields;
};

class Loss {
 public:
  virtual ~Loss() = default;
  virtual const LossInfo& info() const = 0;

  /// "huber:delta=2" with every field that differs from its default.
  virtual std::string spec() const = 0;

  /// The same loss where residuals come `factor` times as large: fields in units of the target (Huber's delta) grow with them.
  virtual std::unique_ptr<Loss> rescaled(double factor) const = 0;

  /// A smooth loss a little below this one, its kink rounded off over `width`; null where there is no kink, or none that may be.
  virtual std::unique_ptr<Loss> softened(double width) const = 0;

  /// Value and slopes of a block. scores: [outputs][rows] (output-major, `rows` apart), replaced by d(row loss)/d(score) times the row's
  /// weight; target: [rows] a number or a class index (see LossTask; of several targets loss_of_each.hpp), rows <= largest_block; weight:
  /// [rows] or null. Returns sum of weight x row loss, a row's loss being the mean over its outputs.
  virtual double block(OutputActivation activation, const float* target, const float* weight, std::size_t rows, std::size_t outputs,
                       float* scores) const = 0;
  virtual double block(OutputActivation activation, const double* target, const double* weight, std::size_t rows, std::size_t outputs,
                       double* scores) const = 0;
  virtual Dual<double> block(OutputActivation activation, const Dual<double>* target, const Dual<double>* weight, std::size_t rows,
                             std::size_t outputs, Dual<double>* scores) const = 0;
};

/// A usage error offers the nearest known name.
Result<std::unique_ptr<Loss>> make_loss(std::string_view spec);

std::vector<LossInfo> list_losses();

/// The share of the target that the loss gives to all classes alike: 0 for a loss without that field.
double label_smoothing(const LossInfo& info);

/// The spec with that share; a usage error for a loss without the field, or one that sets another share.
Result<std::string> with_label_smoothing(std::string_view spec, double share);

}  // namespace fallline
