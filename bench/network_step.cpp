// SPDX-License-Identifier: Apache-2.0
// Where the time of a training step goes: bench_network [THREADS...]. A net of 784-128-10 with Adam on 60,000 rows of random numbers in
// shuffled order, for batches of 32, 128 and 512: microseconds a step of the pass and of the optimiser, and the share of the speed that the
// same number of threads reaches with large products by BLAS.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "fallline/base/numbers.hpp"
#include "fallline/base/random.hpp"
#include "fallline/math/buffer.hpp"
#include "fallline/math/gemm.hpp"
#include "fallline/model/network/initial.hpp"
#include "fallline/model/network/pass.hpp"
#include "fallline/optim/optimizer.hpp"

namespace fallline {
namespace {

constexpr std::size_t rows = 60'000;
constexpr std::size_t features = 784;
constexpr std::size_t hidden = 128;
constexpr std::size_t classes = 10;
/// Multiplications and additions of a row: forward and gradient of both layers, and back through the second.
constexpr double flops = 2.0 * (2 * features * hidden + 3 * hidden * classes);

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Multiplications and additions a second of square products, one a thread.
double peak(ThreadPool& pool) {
  constexpr std::size_t n = 1024;
  const std::vector<float> a(n * n, 0.5F);
  std::vector<std::vector<float>> out(pool.threads(), std::vector<float>(n * n));
  double best = 1e9;
  for (int i = 0; i < 12; ++i) {
    const double begun = seconds();
    pool.run(pool.threads(), [&](std::size_t t) {
      gemm(Factor::plain, Mat<const float>(a.data(), n, n), Factor::plain, Mat<const float>(a.data(), n, n), false,
           Mat<float>(out[t].data(), n, n));
    });
    best = std::min(best, seconds() - begun);
  }
  return 2.0 * n * n * n * static_cast<double>(pool.threads()) / best;
}

struct Data {
  Buffer<float> x = Buffer<float>(rows * features);
  std::vector<float> y = std::vector<float>(rows);
  std::vector<std::uint32_t> order = std::vector<std::uint32_t>(rows);

  Data() {
    const Random random(1, Purpose::test);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<float>(random.uniform(i));
    }
    for (std::size_t i = 0; i < rows; ++i) {
      y[i] = static_cast<float>(i % classes);
    }
    std::iota(order.begin(), order.end(), 0U);
  }

  Rows<float> view() const {
    Rows<float> view;
    view.rows = rows;
    view.features = features;
    view.dense = Mat<const float>(x.data(), rows, features);
    view.target = y;
    return view;
  }
};

/// Seconds of the parts of a step, a low decile over all steps, since others may use the machine too; and of the fastest whole epoch.
struct Seconds {
  double epoch = 0;
  double pass = 0;
  double step = 0;
};

double low_decile(std::vector<double>& values) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 10);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

class Trainer {
 public:
  Trainer(const Data& data, ThreadPool& pool) : data_(data), pool_(pool) {
    optimizer_ = std::move(*make_optimizer<float>("adam"));
    loss_ = std::move(*make_loss("cross_entropy"));
  }

  Seconds run(std::size_t batch, int epochs) {
    NetworkPass<float> pass(data_.view(), loss_.get(), OutputActivation::identity,
                            make_network<float>({.hidden = {hidden}}, features, classes, true), 4096);
    std::vector<TensorInfo> infos;
    for (const network::Tensor& tensor : pass.network().tensors) {
      infos.push_back({tensor.name, tensor.shape, tensor.penalised});
    }
    theta_ = Parameters<float>(infos);
    gradient_ = theta_;
    initialise<float>(pass.network().tensors, Initial::automatic, Init::he, 1, theta_.values());
    optimizer_->start(theta_);
    {
      optimizer_->use(&pool_);
    }
    Seconds took;
    for (int e = 0; e < epochs; ++e) {
      const double begun = seconds();
      epoch(pass, batch, static_cast<std::uint32_t>(e));
      took.epoch = e == 0 ? seconds() - begun : std::min(took.epoch, seconds() - begun);
    }
    took.pass = low_decile(pass_seconds_);
    took.step = low_decile(step_seconds_);
    return took;
  }

  std::uint64_t bits() const {
    std::uint64_t hash = 14695981039346656037U;
    for (const float value : theta_.values()) {
      hash = (hash ^ std::bit_cast<std::uint32_t>(value)) * 1099511628211U;
    }
    return hash;
  }

 private:
  void epoch(NetworkPass<float>& pass, std::size_t batch, std::uint32_t number) {
    const Permutation permutation(rows, 1, Purpose::row_order, number);
    order_.resize(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      order_[i] = data_.order[permutation(i)];
    }
    for (std::size_t first = 0; first < rows; first += batch) {
      const std::span<const std::uint32_t> own(order_.data() + first, std::min(batch, rows - first));
      const double begun = seconds();
      pass(own, theta_.values(), gradient_.values(), {true, 1, first}, pool_);
      const double passed = seconds();
      optimizer_->step(theta_, gradient_, 1e-3);
      pass_seconds_.push_back(passed - begun);
      step_seconds_.push_back(seconds() - passed);
    }
  }

  const Data& data_;
  ThreadPool& pool_;
  std::unique_ptr<Optimizer<float>> optimizer_;
  std::unique_ptr<Loss> loss_;
  Parameters<float> theta_;
  Parameters<float> gradient_;
  std::vector<std::uint32_t> order_;
  std::vector<double> pass_seconds_;
  std::vector<double> step_seconds_;
};

void measure(const Data& data, std::size_t threads, int epochs) {
  ThreadPool pool(threads);
  const double top = peak(pool);
  fmt::print("{} threads, kernel {}, peak {:.0f} GFLOP/s\n", pool.threads(), gemm_kernel(), top / 1e9);
  for (const std::size_t batch : {32U, 128U, 512U}) {
    Trainer trainer(data, pool);
    const Seconds took = trainer.run(batch, epochs);
    const double step = took.pass + took.step;
    const double speed = flops * static_cast<double>(batch) / step;
    fmt::print(
        "  batch {:>3}: {:6.1f} us a step = pass {:6.1f} + optimiser {:5.1f}, {:4.0f} GFLOP/s, {:3.0f}% of the peak; {:.4f} s an epoch  "
        "[{:016x}]\n",
        batch, step * 1e6, took.pass * 1e6, took.step * 1e6, speed / 1e9, 100 * speed / top, took.epoch, trainer.bits());
  }
}

}  // namespace
}  // namespace fallline

int main(int count, char** given) {
  const fallline::Data data;
  for (int i = 1; i < count; ++i) {
    fallline::measure(data, std::strtoul(given[i], nullptr, 10), 5);
  }
}
