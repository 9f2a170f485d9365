// SPDX-License-Identifier: Apache-2.0
// Momentum: the step is a decaying sum of past gradients, so that what agrees adds up and what alternates cancels.
//   m <- mu m + (1 - tau) g;   theta <- theta - eta m                        (buffer=grad, heavy ball)
//   m <- mu m + (1 - tau) eta g;   theta <- theta - m                        (buffer=step)
//   theta <- theta - eta (g + mu m)   or   theta <- theta - (eta g + mu m)   (nesterov)
// Polyak 1964; Nesterov 1983 in the one-gradient form of Sutskever et al. 2013 and Bengio et al. 2012, where the stored theta is the
// look-ahead point. The buffers differ only where the rate changes: buffer=grad rescales the whole history at once.
#pragma once

#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct Momentum {
  static constexpr std::string_view name = "momentum";
  static constexpr std::string_view also_called = "sgd";
  static constexpr std::string_view cites = "Polyak 1964";
  static constexpr std::string_view summary = "Steps along a decaying sum of past gradients, like a heavy ball.";
  static constexpr std::size_t slots = 1;  // m
  static constexpr bool gradient_descent_like = true;
  static constexpr std::size_t linear_slots = 1;
  static constexpr bool steady_metric = true;
  static constexpr bool proximal = true;

  enum class Buffer { grad, step };
  enum class First { zero, grad };

  double learning_rate = 0.01;
  double momentum = 0.9;
  double dampening = 0;
  bool nesterov = false;
  Buffer buffer = Buffer::grad;
  First first = First::zero;

  static constexpr auto fields() {
    return std::array{
        field<&Momentum::learning_rate>("learning_rate", positive, "length of the step for a gradient of one, before momentum"),
        field<&Momentum::momentum>("momentum", below_one, "share of the velocity kept each step"),
        field<&Momentum::dampening>("dampening", unit, "share of the gradient left out of the velocity"),
        flag<&Momentum::nesterov>("nesterov", "look ahead: step along g + momentum * velocity"),
        choice<&Momentum::buffer>("buffer", "grad|step", "what the velocity sums: gradients, or steps (rate inside)"),
        choice<&Momentum::first>("first", "zero|grad", "the first velocity: dampened like the others, or the gradient itself"),
    };
  }

  static constexpr std::array variants{Variant{"nesterov", "Nesterov 1983; Sutskever et al. 2013",
                                               "Momentum that looks ahead along its velocity before it turns.", "nesterov=true"}};
  static constexpr std::array presets{Preset{"torch", "learning_rate=0.001,first=grad"}, Preset{"keras", "learning_rate=0.01,buffer=step"},
                                      Preset{"optax", "buffer=grad"}, Preset{"ensmallen", "learning_rate=0.01,momentum=0.5,buffer=step"}};

  double tail(std::int64_t /*t*/) const { return momentum / (1 - momentum); }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m) const {
    m *= static_cast<T>(std::pow(momentum, steps));
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double eta_all = step.learning_rate;
    const double share_all = first == First::grad && step.t == 1 ? 1 : 1 - dampening;
    const double steady = (1 - dampening) / (1 - momentum);
    const T mu = static_cast<T>(momentum);
    const T share = static_cast<T>(share_all);
    const T inside = static_cast<T>(buffer == Buffer::step ? eta_all : 1);
    const T outside = static_cast<T>(buffer == Buffer::step ? 1 : eta_all);
    const T metric = static_cast<T>(eta_all * (nesterov ? 1 + momentum * steady : steady));
    return [mu, share, inside, outside, metric, ahead = nesterov](T /*theta*/, T g, T& m) {
      const T pull = inside * g;
      m = mu * m + share * pull;
      const T look = pull + mu * m;
      return Update<T>{outside * (ahead ? look : m), metric};
    };
  }
};

}  // namespace fallline
