// SPDX-License-Identifier: Apache-2.0
// What predictions cost, summed as they are made: the loss of each in the units of the data, and what the metric is worked out of.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "fallline/model/linear.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/train/online.hpp"

namespace fallline {

class OnlineSums {
 public:
  void add(double loss, double weight);
  void add_metric(std::size_t k, double x) { metric_[k] += x; }
  void start(std::size_t metrics) { *this = OnlineSums(metrics); }

  OnlineSums() = default;
  explicit OnlineSums(std::size_t metrics) : metric_(metrics, 0) {}
  /// roots: the metric is of squares.
  Progressive means(bool roots) const;

  template <class Archive>
  void state(Archive& archive, const std::string& name) {
    archive(name + ".rows", rows_);
    archive(name + ".weight", weight_);
    archive(name + ".loss", loss_);
    archive(name + ".metric", std::span(metric_));
  }

 private:
  std::int64_t rows_ = 0;
  double weight_ = 0;
  double loss_ = 0;
  std::vector<double> metric_;  // of classes one: the weight predicted rightly; of numbers the squares of each target
};

/// The loss and the head of a model, for rows one at a time.
class OnlineJudge {
 public:
  /// activation: that of the loss, as in training.
  OnlineJudge(const LinearModel& like, OutputActivation activation);

  /// scores: of one row, in the units of the data, as linear_scores has them; targets: one for each score of numbers, else the class.
  /// Adds to both sums, and gives back the loss.
  double judge(std::span<const double> scores, std::span<const double> targets, double weight, OnlineSums& all, OnlineSums& recent);

  std::size_t metrics() const { return losses_.size(); }
  bool roots() const { return head_ == HeadKind::value; }

 private:
  HeadKind head_;
  OutputActivation link_;        // of the loss
  OutputActivation activation_;  // of the prediction
  std::vector<std::unique_ptr<Loss>> losses_;
  std::vector<double> scratch_;
};

}  // namespace fallline
