// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/online_judge.hpp"

#include <cmath>
#include <limits>

#include "fallline/base/expects.hpp"

namespace fallline {

void OnlineSums::add(double loss, double weight) {
  ++rows_;
  weight_ += weight;
  loss_ += weight * loss;
}

Progressive OnlineSums::means(bool roots) const {
  const double none = std::numeric_limits<double>::quiet_NaN();
  Progressive means{rows_, weight_ > 0 ? loss_ / weight_ : none, weight_ > 0 ? 0 : none};
  for (const double sum : metric_) {
    const double mean = sum / weight_;
    means.metric += (roots ? std::sqrt(mean) : mean) / static_cast<double>(metric_.size());
  }
  return means;
}

OnlineJudge::OnlineJudge(const LinearModel& like, OutputActivation activation)
    : head_(like.head), link_(activation), activation_(like.activation) {
  for (const std::string& spec : like.losses.empty() ? std::vector{like.loss} : like.losses) {
    auto loss = make_loss(spec);
    expects(loss.has_value(), "a model's loss is one of the list");
    losses_.push_back(std::move(*loss));
  }
}

double OnlineJudge::judge(std::span<const double> scores, std::span<const double> targets, double weight, OnlineSums& all,
                          OnlineSums& recent) {
  scratch_.assign(scores.begin(), scores.end());
  double loss = 0;
  for (std::size_t k = 0; k < losses_.size(); ++k) {
    const std::size_t outputs = losses_.size() == 1 ? scores.size() : 1;
    loss += losses_[k]->block(link_, &targets[k], nullptr, 1, outputs, &scratch_[k]) / static_cast<double>(losses_.size());
  }
  for (OnlineSums* sums : {&all, &recent}) {
    sums->add(loss, weight);
    for (std::size_t k = 0; k < metrics(); ++k) {
      const double residual = roots() ? activate(activation_, scores[k]) - targets[k] : 0;
      const bool right = !roots() && predicted_class(head_, scores) == static_cast<std::size_t>(targets[0]);
      sums->add_metric(k, weight * (roots() ? residual * residual : right ? 1 : 0));
    }
  }
  return loss;
}

}  // namespace fallline
