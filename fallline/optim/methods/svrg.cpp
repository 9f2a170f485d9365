// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/svrg.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fallline {

namespace {

class SvrgMethod final : public SumMethod {
 public:
  SvrgMethod(const FiniteSum& sum, std::size_t size, double inner)
      : sum_(sum),
        all_(sum.rows),
        every_(std::max<std::int64_t>(1, std::llround(inner * static_cast<double>(sum.rows)))),
        mean_(size),
        old_(size) {
    std::iota(all_.begin(), all_.end(), 0U);
  }

  std::int64_t direction(std::span<const double> theta, std::uint32_t row, std::span<double> direction) override {
    std::int64_t asked = 2;
    if (steps_++ % every_ == 0) {
      snapshot_.assign(theta.begin(), theta.end());
      fill(snapshot_, all_, mean_);
      asked += static_cast<std::int64_t>(all_.size());
    }
    if (sum_.linear()) {
      std::copy(mean_.begin(), mean_.end(), direction.begin());
      sum_.add_row(row, sum_.slope(theta, row) - sum_.slope(snapshot_, row), direction);
      return asked;
    }
    fill(theta, {&row, 1}, direction);
    fill(snapshot_, {&row, 1}, old_);
    for (std::size_t j = 0; j < direction.size(); ++j) {
      direction[j] += mean_[j] - old_[j];
    }
    return asked;
  }

  std::vector<StateArray> save() const override {
    return {{"mean", mean_}, {"snapshot", snapshot_}, {"steps", {static_cast<double>(steps_)}}};
  }

  Result<void> restore(const std::vector<StateArray>& state) override {
    const auto size_of = [&](std::size_t i) { return state[i].values.size(); };
    if (state.size() != 3 || size_of(0) != mean_.size() || (size_of(1) != 0 && size_of(1) != mean_.size()) || size_of(2) != 1 ||
        !(state[2].values[0] >= 0 && state[2].values[0] <= 0x1p53) || (size_of(1) == 0 && state[2].values[0] != 0)) {
      return data_error("The saved state is not one of svrg with these parameters.");
    }
    mean_ = state[0].values;
    snapshot_ = state[1].values;
    steps_ = static_cast<std::int64_t>(state[2].values[0]);
    return {};
  }

 private:
  void fill(std::span<const double> theta, std::span<const std::uint32_t> rows, std::span<double> gradient) const {
    std::fill(gradient.begin(), gradient.end(), 0.0);
    sum_.value_and_gradient(theta, rows, gradient);
  }

  const FiniteSum& sum_;
  std::vector<std::uint32_t> all_;
  std::int64_t every_;
  std::vector<double> mean_;
  std::vector<double> old_;
  std::vector<double> snapshot_;
  std::int64_t steps_ = 0;
};

}  // namespace

std::unique_ptr<SumMethod> Svrg::begin(const FiniteSum& sum, std::span<const double> start) const {
  return std::make_unique<SvrgMethod>(sum, start.size(), inner);
}

}  // namespace fallline
