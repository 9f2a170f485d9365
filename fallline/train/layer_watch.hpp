// SPDX-License-Identifier: Apache-2.0
// The signals of each tensor of the parameters, step by step, for observers that ask for them; costs a copy of the parameters a step, and
// nothing where nobody asks.
#pragma once

#include <vector>

#include "fallline/optim/parameters.hpp"
#include "fallline/train/run.hpp"

namespace fallline {

template <class T>
class LayerWatch {
 public:
  explicit LayerWatch(const std::vector<Observer*>& observers);

  bool asked() const { return !observers_.empty(); }

  /// Around each step of the optimiser: the gradient is what the batch gave, before the optimiser's stages change it.
  void before(const Parameters<T>& theta, const Parameters<T>& gradient);
  void after(const Parameters<T>& theta, std::int64_t step, std::vector<UnitActivity> units);

 private:
  std::vector<Observer*> observers_;  // those that ask
  std::vector<T> theta_;              // before the step
  LayerRecord record_;
};

}  // namespace fallline
