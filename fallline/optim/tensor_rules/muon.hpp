// SPDX-License-Identifier: Apache-2.0
// Muon: the momentum of a matrix is made orthogonal before the step, so that all its directions move alike. Other tensors step by Adam.
//   buffer=ema:   m <- mu m + (1 - mu) g,  U = m, or (1 - mu) g + mu m if nesterov;  debias divides as Adam does for its start at zero
//   buffer=grad:  m <- mu m + g,           U = m, or g + mu m
//   theta <- theta - eta s NS(U)     with NS of detail/newton_schulz.hpp
// Jordan et al. 2024. scale s: original sqrt(max(1, rows/cols)), width sqrt(max(1, cols/rows)), rms * sqrt(max(rows, cols)), none.
// bf16 rounds inside NS to bfloat16; otherwise it runs in the working precision.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "fallline/optim/detail/newton_schulz.hpp"
#include "fallline/optim/tensor_rule.hpp"

namespace fallline {

struct Muon {
  static constexpr std::string_view name = "muon";
  static constexpr std::string_view cites = "Jordan et al. 2024";
  static constexpr std::string_view summary = "Momentum made orthogonal, for matrices; other tensors step by Adam.";
  static constexpr std::size_t slots = 2;  // m, v of Adam
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // an orthogonal step does not shrink with the gradient

  enum class Buffer { ema, grad };
  enum class Scale { original, width, rms, none };

  double learning_rate = 1e-3;
  double momentum = 0.95;
  bool nesterov = true;
  Buffer buffer = Buffer::ema;
  bool debias = false;
  std::int64_t ns_steps = 5;
  double a = 3.4445;
  double b = -4.775;
  double c = 2.0315;
  double epsilon = 1e-7;
  Scale scale = Scale::original;
  double rms = 0.2;
  bool bf16 = false;
  double adam_beta1 = 0.9;
  double adam_beta2 = 0.999;
  double adam_epsilon = 1e-8;
  double adam_rate = 1;

  static constexpr auto fields() {
    return std::array{
        field<&Muon::learning_rate>("learning_rate", positive, "length of the step along every direction of a matrix"),
        field<&Muon::momentum>("momentum", below_one, "share of the velocity kept each step"),
        flag<&Muon::nesterov>("nesterov", "look ahead along the velocity"),
        choice<&Muon::buffer>("buffer", "ema|grad", "the velocity: a mean of gradients, or a decaying sum"),
        flag<&Muon::debias>("debias", "correct the mean for its start at zero"),
        field<&Muon::ns_steps>("ns_steps", Range{0, 100}, "rounds that make the velocity orthogonal"),
        field<&Muon::a>("a", any_number, "first coefficient of a round"),
        field<&Muon::b>("b", any_number, "second coefficient of a round"),
        field<&Muon::c>("c", any_number, "third coefficient of a round"),
        field<&Muon::epsilon>("epsilon", nonnegative, "added to the norm of the velocity"),
        choice<&Muon::scale>("scale", "original|width|rms|none", "factor on the step from the matrix's shape"),
        field<&Muon::rms>("rms", positive, "root mean square of a step's coordinates under scale=rms"),
        flag<&Muon::bf16>("bf16", "make orthogonal in bfloat16, as on accelerators"),
        field<&Muon::adam_beta1>("adam_beta1", below_one, "beta1 of Adam for tensors that are no matrices"),
        field<&Muon::adam_beta2>("adam_beta2", below_one, "beta2 of that Adam"),
        field<&Muon::adam_epsilon>("adam_epsilon", nonnegative, "epsilon of that Adam"),
        field<&Muon::adam_rate>("adam_rate", positive, "its rate as a share of the learning rate"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.001,buffer=ema,epsilon=1e-7,scale=original,bf16=true,weight_decay=0.1,decay=decoupled"},
      Preset{"keras", "learning_rate=0.001,buffer=grad,epsilon=1e-7,scale=rms,weight_decay=0.004,decay=decoupled"},
      Preset{"optax", "buffer=ema,debias=true,epsilon=1e-8,scale=width"},
  };

  template <class T>
  double apply(Step step, const TensorUpdate<T, slots>& update) const {
    if (update.info.shape.size() != 2) {
      adam(step, update);
      return step.learning_rate;
    }
    const std::size_t rows = update.info.shape[0];
    const std::size_t cols = update.info.shape[1];
    push(step, update);
    const bool tall = rows > cols;
    std::vector<T> x(update.gradient.begin(), update.gradient.end());
    x = tall ? detail::transposed<T>(update.gradient, rows, cols) : x;
    detail::orthogonalize(x, std::min(rows, cols), std::max(rows, cols), {a, b, c, epsilon, ns_steps, bf16});
    x = tall ? detail::transposed<T>(x, cols, rows) : x;
    const double rate = step.learning_rate * factor(static_cast<double>(rows), static_cast<double>(cols));
    std::transform(x.begin(), x.end(), update.gradient.begin(), [rate](T value) { return static_cast<T>(rate) * value; });
    return rate;
  }

 private:
  double factor(double rows, double cols) const {
    switch (scale) {
      case Scale::original:
        return std::sqrt(std::max(1.0, rows / cols));
      case Scale::width:
        return std::sqrt(std::max(1.0, cols / rows));
      case Scale::rms:
        return rms * std::sqrt(std::max(rows, cols));
      case Scale::none:
        break;
    }
    return 1;
  }

  /// Puts U where the gradient was.
  template <class T>
  void push(Step step, const TensorUpdate<T, slots>& update) const {
    const double t = static_cast<double>(step.t);
    const double share = buffer == Buffer::ema ? 1 - momentum : 1;
    const double now = debias ? 1 - std::pow(momentum, t) : 1;
    const double next = debias ? 1 - std::pow(momentum, t + 1) : 1;
    const T take = static_cast<T>(share);
    const T of_m = static_cast<T>(nesterov ? momentum / next : 1 / now);
    const T of_g = static_cast<T>(nesterov ? share / now : 0);
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      T& m = update.slots[0][i];
      m = static_cast<T>(momentum) * m + take * update.gradient[i];
      update.gradient[i] = of_m * m + of_g * update.gradient[i];
    }
  }

  template <class T>
  void adam(Step step, const TensorUpdate<T, slots>& update) const {
    const double t = static_cast<double>(step.t);
    const T of_m = static_cast<T>(step.learning_rate * adam_rate / (1 - std::pow(adam_beta1, t)));
    const T correct = static_cast<T>(1 / (1 - std::pow(adam_beta2, t)));
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      const T g = update.gradient[i];
      T& m = update.slots[0][i];
      T& v = update.slots[1][i];
      m = static_cast<T>(adam_beta1) * m + static_cast<T>(1 - adam_beta1) * g;
      v = static_cast<T>(adam_beta2) * v + static_cast<T>(1 - adam_beta2) * g * g;
      const T den = std::sqrt(correct * v) + static_cast<T>(adam_epsilon);
      update.gradient[i] = den == T(0) ? T(0) : of_m * m / den;
    }
  }
};

}  // namespace fallline
