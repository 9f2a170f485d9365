// SPDX-License-Identifier: Apache-2.0
// Points and gradients are spans over the optimiser's own memory. Eigen maps them, and a function over plain arrays takes their pointers;
// nothing is copied either way. This example is built where Eigen 3 is found.
#include <Eigen/Dense>
#include <cstddef>
#include <cstdio>
#include <fallline/optim.hpp>

/// As one has it from elsewhere: |A x - b|^2 / 2 over plain arrays.
extern "C" double squares(const double* x, double* gradient, std::size_t n) {
  const double scale[] = {1, 2, 4};
  double value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double gap = scale[i] * x[i] - 1;
    gradient[i] = scale[i] * gap;
    value += gap * gap / 2;
  }
  return value;
}

int main() {
  Eigen::Matrix3d a;
  a << 4, 1, 0, 1, 3, -1, 0, -1, 2;
  const Eigen::Vector3d b(1, 2, 3);
  const auto quadratic = [&](std::span<const double> x, std::span<double> gradient) {
    const Eigen::Map<const Eigen::Vector3d> at(x.data());
    Eigen::Map<Eigen::Vector3d> g(gradient.data());
    g.noalias() = a * at - b;
    return 0.5 * at.dot(g - b);
  };
  const auto mapped = fallline::minimize(quadratic, {0, 0, 0});
  const auto plain = fallline::minimize(
      [](std::span<const double> x, std::span<double> gradient) { return squares(x.data(), gradient.data(), x.size()); }, {0, 0, 0});
  if (!mapped || !plain) {
    return 1;
  }
  const Eigen::Map<const Eigen::Vector3d> found(mapped->x.data());
  std::printf("eigen: off by %d hundred-millionths\n", static_cast<int>(1e8 * (a * found - b).norm()));
  std::printf("plain: %.4f %.4f %.4f\n", plain->x[0], plain->x[1], plain->x[2]);
  return 0;
}
