// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/loss_of_each.hpp"

#include <utility>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {

class LossOfEach final : public Loss {
 public:
  explicit LossOfEach(std::vector<std::unique_ptr<Loss>> losses) : losses_(std::move(losses)) {}

  const LossInfo& info() const override { return losses_.front()->info(); }
  std::string spec() const override { return losses_.front()->spec(); }

  std::unique_ptr<Loss> rescaled(double factor) const override {
    return each([factor](const Loss& loss) { return loss.rescaled(factor); });
  }
  std::unique_ptr<Loss> softened(double width) const override {
    return each([width](const Loss& loss) { return loss.softened(width); });
  }

  double block(OutputActivation activation, const float* target, const float* weight, std::size_t rows, std::size_t outputs,
               float* scores) const override {
    return mean(activation, target, weight, rows, outputs, scores);
  }
  double block(OutputActivation activation, const double* target, const double* weight, std::size_t rows, std::size_t outputs,
               double* scores) const override {
    return mean(activation, target, weight, rows, outputs, scores);
  }
  Dual<double> block(OutputActivation activation, const Dual<double>* target, const Dual<double>* weight, std::size_t rows,
                     std::size_t outputs, Dual<double>* scores) const override {
    return mean(activation, target, weight, rows, outputs, scores);
  }

 private:
  /// Null where one of them is.
  template <class Make>
  std::unique_ptr<Loss> each(const Make& make) const {
    std::vector<std::unique_ptr<Loss>> made;
    for (const auto& loss : losses_) {
      made.push_back(make(*loss));
      if (made.back() == nullptr) {
        return nullptr;
      }
    }
    return std::make_unique<LossOfEach>(std::move(made));
  }

  template <class T>
  sum_of<T> mean(OutputActivation activation, const T* target, const T* weight, std::size_t rows, std::size_t outputs, T* scores) const {
    expects(outputs == losses_.size(), "every target has its loss");
    sum_of<T> sum(0);
    for (std::size_t c = 0; c < outputs; ++c) {
      sum += losses_[c]->block(activation, target + c * rows, weight, rows, 1, scores + c * rows);
    }
    const T share = T(1) / T(outputs);
    for (std::size_t i = 0; i < rows * outputs; ++i) {
      scores[i] *= share;
    }
    return sum / static_cast<sum_of<T>>(T(outputs));
  }

  std::vector<std::unique_ptr<Loss>> losses_;
};

}  // namespace

std::unique_ptr<Loss> loss_of_each(std::vector<std::unique_ptr<Loss>> losses) {
  expects(!losses.empty(), "there is a target");
  return std::make_unique<LossOfEach>(std::move(losses));
}

}  // namespace fallline
