// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/sag.hpp"

#include <algorithm>

#include "fallline/optim/methods/gradient_table.hpp"

namespace fallline {

namespace {

class SagMethod final : public SumMethod {
 public:
  SagMethod(const FiniteSum& sum, std::span<const double> start) : table_(sum, start) {}

  std::int64_t direction(std::span<const double> theta, std::uint32_t row, std::span<double> direction) override {
    table_.refresh(theta, row, direction);
    std::copy(table_.mean().begin(), table_.mean().end(), direction.begin());
    return 1;
  }

  std::vector<StateArray> save() const override { return table_.save(); }
  Result<void> restore(const std::vector<StateArray>& state) override { return table_.restore(state); }

 private:
  GradientTable table_;
};

}  // namespace

std::unique_ptr<SumMethod> Sag::begin(const FiniteSum& sum, std::span<const double> start) const {
  return std::make_unique<SagMethod>(sum, start);
}

}  // namespace fallline
