// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/saga.hpp"

#include "fallline/optim/methods/gradient_table.hpp"

namespace fallline {

namespace {

class SagaMethod final : public SumMethod {
 public:
  SagaMethod(const FiniteSum& sum, std::span<const double> start) : table_(sum, start) {}

  std::int64_t direction(std::span<const double> theta, std::uint32_t row, std::span<double> direction) override {
    before_.assign(table_.mean().begin(), table_.mean().end());
    table_.refresh(theta, row, direction);
    for (std::size_t j = 0; j < direction.size(); ++j) {
      direction[j] += before_[j];
    }
    return 1;
  }

  std::vector<StateArray> save() const override { return table_.save(); }
  Result<void> restore(const std::vector<StateArray>& state) override { return table_.restore(state); }

 private:
  GradientTable table_;
  std::vector<double> before_;  // the mean that goes with the old gradient
};

}  // namespace

std::unique_ptr<SumMethod> Saga::begin(const FiniteSum& sum, std::span<const double> start) const {
  return std::make_unique<SagaMethod>(sum, start);
}

}  // namespace fallline
