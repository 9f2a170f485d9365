// SPDX-License-Identifier: Apache-2.0
// Adafactor: the mean square of a matrix is kept as means of its rows and of its columns, and the step is measured by the tensor's size.
//   kappa = 1 - t^(-decay_exp);   q = g^2 + eps1;   r <- kappa r + (1 - kappa) row means of q;   c likewise of columns;   V = r c'/mean(r)
//   u = g/sqrt(V);   u <- u/max(1, rms(u)/clip);   alpha = max(eps2, rms(theta)) min(eta, 1/sqrt(t));   theta <- theta - alpha u
// Shazeer & Stern 2018, Algorithms 4 and 6; anything but a matrix keeps V as the running mean of q. relative=false: eta for the minimum;
// scale_parameter=false: 1 for the maximum. eps1_at=clamp is PyTorch's: q = g^2, mean(r) >= eps1, V >= eps1^2, and rms(theta) is taken
// before weight decay. f32_decay works out kappa in float. r and c lie at the beginning of one state array.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/detail/norms.hpp"
#include "fallline/optim/tensor_rule.hpp"

namespace fallline {

struct Adafactor {
  static constexpr std::string_view name = "adafactor";
  static constexpr std::string_view cites = "Shazeer & Stern 2018";
  static constexpr std::string_view summary =
      "The mean square of a matrix told by its rows and columns, and steps in proportion to the tensor's size.";
  static constexpr std::size_t slots = 1;  // r and c, or v
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // the step's length moves with the shrinking weights

  enum class EpsilonAt { grad, clamp };

  double learning_rate = 0.01;
  double decay_exp = 0.8;
  double eps1 = 1e-30;
  EpsilonAt eps1_at = EpsilonAt::grad;
  double eps2 = 1e-3;
  double clip = 1;
  bool relative = true;
  bool scale_parameter = true;
  bool f32_decay = false;

  static constexpr auto fields() {
    return std::array{
        field<&Adafactor::learning_rate>("learning_rate", positive, "largest step as a share of the tensor's size"),
        field<&Adafactor::decay_exp>("decay_exp", positive, "power with which the newest square loses weight"),
        field<&Adafactor::eps1>("eps1", nonnegative, "keeps the mean square from zero"),
        choice<&Adafactor::eps1_at>("eps1_at", "grad|clamp", "how: added to the squared gradient, or as a least mean square"),
        field<&Adafactor::eps2>("eps2", nonnegative, "least size that a tensor counts as having"),
        field<&Adafactor::clip>("clip", nonnegative, "largest root mean square of the step before scaling; 0 is off"),
        flag<&Adafactor::relative>("relative", "the rate is at most 1/sqrt(t)"),
        flag<&Adafactor::scale_parameter>("scale_parameter", "steps are in proportion to the tensor's size"),
        flag<&Adafactor::f32_decay>("f32_decay", "work out the weight of the newest square in float"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.01,eps1=2.220446049250313e-16,eps1_at=clamp"},
      Preset{"keras", "learning_rate=0.001,eps1=1e-30"},
      Preset{"optax", "learning_rate=1,eps1=1e-30,relative=false,f32_decay=true"},
  };

  bool decays_itself() const { return eps1_at == EpsilonAt::clamp; }

  template <class T>
  double apply(Step step, const TensorUpdate<T, slots>& update) const {
    const std::size_t n = update.gradient.size();
    if (is_factored(update.info)) {
      divide_factored(step, update);
    } else {
      divide(step, update);
    }
    const double size = rms<T>(update.theta);
    const double length = clip > 0 ? rms<T>(update.gradient) / clip : 0;
    const double rate = relative ? std::min(step.learning_rate, 1 / std::sqrt(static_cast<double>(step.t))) : step.learning_rate;
    const double alpha = scale_parameter ? std::max(eps2, size) * rate : rate;
    const T scale = static_cast<T>(alpha / std::max(1.0, length));
    const T decay = static_cast<T>(step.learning_rate * step.weight_decay);
    for (std::size_t i = 0; i < n; ++i) {
      update.gradient[i] = scale * update.gradient[i] + decay * update.theta[i];
    }
    return alpha;
  }

 private:
  template <class T>
  static double rms(std::span<const T> values) {
    return values.empty() ? 0 : detail::norm<T>(values) / std::sqrt(static_cast<double>(values.size()));
  }

  /// A single row or column is its own product.
  static bool is_factored(const TensorInfo& info) { return info.shape.size() == 2 && info.shape[0] > 1 && info.shape[1] > 1; }

  double kept(std::int64_t t) const {
    return f32_decay ? static_cast<double>(1 - std::pow(static_cast<float>(t), static_cast<float>(-decay_exp)))
                     : 1 - std::pow(static_cast<double>(t), -decay_exp);
  }

  /// Puts u where the gradient was.
  template <class T>
  void divide(Step step, const TensorUpdate<T, slots>& update) const {
    const double keep = kept(step.t);
    const bool clamp = eps1_at == EpsilonAt::clamp;
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      T& g = update.gradient[i];
      T& v = update.slots[0][i];
      v = static_cast<T>(keep) * v + static_cast<T>(1 - keep) * (g * g + static_cast<T>(clamp ? 0 : eps1));
      g = quotient(g, static_cast<double>(v));
    }
  }

  template <class T>
  void divide_factored(Step step, const TensorUpdate<T, slots>& update) const {
    const std::size_t rows = update.info.shape[0];
    const std::size_t columns = update.info.shape[1];
    const std::span<T> r = update.slots[0].first(rows);
    const std::span<T> c = update.slots[0].subspan(rows, columns);
    const double keep = kept(step.t);
    const bool clamp = eps1_at == EpsilonAt::clamp;
    const auto mean = [&](std::size_t first, std::size_t stride, std::size_t count) {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const double g = static_cast<double>(update.gradient[first + i * stride]);
        sum += g * g + (clamp ? 0 : eps1);
      }
      return sum / static_cast<double>(count);
    };
    double all = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      r[i] = static_cast<T>(keep * static_cast<double>(r[i]) + (1 - keep) * mean(i * columns, 1, columns));
      all += static_cast<double>(r[i]) / static_cast<double>(rows);
    }
    for (std::size_t j = 0; j < columns; ++j) {
      c[j] = static_cast<T>(keep * static_cast<double>(c[j]) + (1 - keep) * mean(j, columns, rows));
    }
    const double middle = clamp ? std::max(all, eps1) : all;
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      const double row = static_cast<double>(r[i / columns]);
      update.gradient[i] = quotient(update.gradient[i], middle > 0 ? row / middle * static_cast<double>(c[i % columns]) : 0);
    }
  }

  template <class T>
  T quotient(T g, double square) const {
    const double held = eps1_at == EpsilonAt::clamp ? std::max(square, eps1 * eps1) : square;
    return held > 0 ? static_cast<T>(static_cast<double>(g) / std::sqrt(held)) : T(0);
  }
};

}  // namespace fallline
