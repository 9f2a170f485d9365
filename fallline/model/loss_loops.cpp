// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/loss_loops.hpp"

#include <array>
#include <variant>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fallline/model/loss_loops.cpp"
#include "fallline/math/targets.hpp"
//
#include <hwy/foreach_target.h>  // IWYU pragma: keep
//
#include <hwy/highway.h>

#include "fallline/math/dual.hpp"
#include "fallline/model/activation.hpp"

HWY_BEFORE_NAMESPACE();
namespace fallline::HWY_NAMESPACE {

/// sum of weight x value, and the slopes times weight / outputs, row after row.
template <class T>
sum_of<T> weigh(const T* value, const T* weight, std::size_t rows, T share, T* slopes) {
  sum_of<T> sum(0);
  for (std::size_t i = 0; i < rows; ++i) {
    const T w = weight == nullptr ? T(1) : weight[i];
    sum += static_cast<sum_of<T>>(w) * static_cast<sum_of<T>>(value[i]);
    slopes[i] *= w * share;
  }
  return sum * static_cast<sum_of<T>>(share);
}

/// The sign that one-against-the-rest gives a class index for output c; one output means the second class is +1.
template <class T>
T sign_of(T index, std::size_t outputs, std::size_t c) {
  const T positive_class = outputs == 1 ? T(1) : T(c);
  return index == positive_class ? T(1) : T(-1);
}

template <class L, class T>
sum_of<T> score_loss(const L& loss, OutputActivation activation, const T* target, const T* weight, std::size_t rows, std::size_t outputs,
                     T* scores) {
  std::array<T, largest_block> value;
  sum_of<T> sum(0);
  for (std::size_t c = 0; c < outputs; ++c) {
    T* own = scores + c * rows;
    if constexpr (L::task == LossTask::binary) {
      for (std::size_t i = 0; i < rows; ++i) {
        const LossAt<T> at = loss.at(own[i], sign_of(target[i], outputs, c));
        value[i] = at.value;
        own[i] = at.slope;
      }
    } else if (activation == OutputActivation::identity || L::task == LossTask::counts) {
      for (std::size_t i = 0; i < rows; ++i) {
        const LossAt<T> at = loss.at(own[i], target[i]);
        value[i] = at.value;
        own[i] = at.slope;
      }
    } else {
      for (std::size_t i = 0; i < rows; ++i) {
        const Activated<T> out = activated(activation, own[i]);
        const LossAt<T> at = loss.at(out.value, target[i]);
        value[i] = at.value;
        own[i] = at.slope * out.slope;
      }
    }
    sum += weigh(value.data(), weight, rows, T(1) / T(outputs), own);
  }
  return sum;
}

template <class T>
sum_of<T> any_loss(const losses::Any& any, OutputActivation activation, const T* target, const T* weight, std::size_t rows,
                   std::size_t outputs, T* scores) {
  const auto run = [&](const auto& loss) {
    if constexpr (BlockLoss<std::decay_t<decltype(loss)>>) {
      std::array<T, largest_block> value;
      loss.at_block(scores, rows, outputs, target, value.data());
      const sum_of<T> sum = weigh(value.data(), weight, rows, T(1), scores);
      for (std::size_t c = 1; c < outputs && weight != nullptr; ++c) {
        for (std::size_t i = 0; i < rows; ++i) {
          scores[c * rows + i] *= weight[i];
        }
      }
      return sum;
    } else {
      return score_loss(loss, activation, target, weight, rows, outputs, scores);
    }
  };
  return visit_loss(any, run);
}

double any_float(const losses::Any& any, OutputActivation activation, const float* target, const float* weight, std::size_t rows,
                 std::size_t outputs, float* scores) {
  return any_loss(any, activation, target, weight, rows, outputs, scores);
}
double any_double(const losses::Any& any, OutputActivation activation, const double* target, const double* weight, std::size_t rows,
                  std::size_t outputs, double* scores) {
  return any_loss(any, activation, target, weight, rows, outputs, scores);
}
Dual<double> any_dual(const losses::Any& any, OutputActivation activation, const Dual<double>* target, const Dual<double>* weight,
                      std::size_t rows, std::size_t outputs, Dual<double>* scores) {
  return any_loss(any, activation, target, weight, rows, outputs, scores);
}

}  // namespace fallline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fallline {

double loss_block(const losses::Any& loss, OutputActivation activation, const float* target, const float* weight, std::size_t rows,
                  std::size_t outputs, float* scores) {
  return FALLLINE_DISPATCH(any_float)(loss, activation, target, weight, rows, outputs, scores);
}
double loss_block(const losses::Any& loss, OutputActivation activation, const double* target, const double* weight, std::size_t rows,
                  std::size_t outputs, double* scores) {
  return FALLLINE_DISPATCH(any_double)(loss, activation, target, weight, rows, outputs, scores);
}
Dual<double> loss_block(const losses::Any& loss, OutputActivation activation, const Dual<double>* target, const Dual<double>* weight,
                        std::size_t rows, std::size_t outputs, Dual<double>* scores) {
  return FALLLINE_DISPATCH(any_dual)(loss, activation, target, weight, rows, outputs, scores);
}

}  // namespace fallline
#endif  // HWY_ONCE
