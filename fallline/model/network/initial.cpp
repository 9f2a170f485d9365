// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/initial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/base/text.hpp"

namespace fallline {

namespace {

struct Named {
  std::string_view name;
  Initial initial;
};
constexpr std::array named = {Named{"auto", Initial::automatic},
                              Named{"he_normal", Initial::he_normal},
                              Named{"he_uniform", Initial::he_uniform},
                              Named{"glorot_normal", Initial::glorot_normal},
                              Named{"glorot_uniform", Initial::glorot_uniform},
                              Named{"orthogonal", Initial::orthogonal},
                              Named{"zeros", Initial::zeros}};

using Reals = std::vector<double>;

double dot(const double* a, const double* b, std::size_t n, std::size_t stride) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += a[i * stride] * b[i * stride];
  }
  return sum;
}

/// Makes the shorter side of a normal [rows, cols] matrix orthonormal, by Gram-Schmidt done twice.
void make_orthonormal(Reals& values, std::size_t rows, std::size_t cols) {
  const bool tall = rows >= cols;
  const std::size_t count = tall ? cols : rows;
  const std::size_t length = tall ? rows : cols;
  const std::size_t stride = tall ? cols : 1;
  const auto vector = [&](std::size_t k) { return values.data() + k * (tall ? 1 : cols); };
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t other = 0; other < 2 * k; ++other) {
      const double share = dot(vector(k), vector(other % k), length, stride);
      for (std::size_t i = 0; i < length; ++i) {
        vector(k)[i * stride] -= share * vector(other % k)[i * stride];
      }
    }
    const double norm = std::sqrt(dot(vector(k), vector(k), length, stride));
    for (std::size_t i = 0; i < length; ++i) {
      vector(k)[i * stride] /= norm;
    }
  }
}

Reals drawn(std::size_t inputs, std::size_t outputs, Initial initial, const Random& random) {
  Reals values(inputs * outputs, 0);
  if (initial == Initial::zeros) {
    return values;
  }
  const bool he = initial == Initial::he_normal || initial == Initial::he_uniform;
  const double spread = initial == Initial::orthogonal ? 1 : std::sqrt(2.0 / static_cast<double>(he ? inputs : inputs + outputs));
  const bool uniform = initial == Initial::he_uniform || initial == Initial::glorot_uniform;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = uniform ? spread * std::sqrt(3.0) * (2 * random.uniform(i) - 1) : spread * random.normal(i);
  }
  if (initial == Initial::orthogonal) {
    make_orthonormal(values, inputs, outputs);
  }
  return values;
}

}  // namespace

Result<Initial> parse_initial(std::string_view name) {
  for (const Named& known : named) {
    if (known.name == name) {
      return known.initial;
    }
  }
  const std::vector<std::string> names = initial_names();
  return usage_error(
      fmt::format("There is no initialisation {}.{} There are {}.", quoted(name), did_you_mean(name, names), join(names, ", ")));
}

std::vector<std::string> initial_names() {
  std::vector<std::string> names;
  std::transform(named.begin(), named.end(), std::back_inserter(names), [](const Named& known) { return std::string(known.name); });
  return names;
}

template <class T>
void initialise(const std::vector<network::Tensor>& tensors, Initial initial, Init suits, std::uint64_t seed, std::span<T> theta) {
  std::size_t head = 0;
  for (std::size_t k = 0; k < tensors.size(); ++k) {
    head = tensors[k].shape.size() == 2 ? k : head;
  }
  std::size_t first = 0;
  for (std::size_t k = 0; k < tensors.size(); ++k) {
    const network::Tensor& tensor = tensors[k];
    const std::span<T> own = theta.subspan(first, tensor.size());
    first += tensor.size();
    if (tensor.shape.size() != 2) {
      std::fill(own.begin(), own.end(), tensor.name.ends_with(" gain") ? T(1) : T(0));
      continue;
    }
    Initial kind = initial;
    if (initial == Initial::automatic) {
      kind = suits == Init::he && k != head ? Initial::he_normal : Initial::glorot_uniform;
    }
    const Reals values =
        drawn(tensor.shape[0], tensor.shape[1], kind, Random(seed, Purpose::initial_weights, static_cast<std::uint32_t>(k)));
    std::transform(values.begin(), values.end(), own.begin(), [](double x) { return static_cast<T>(x); });
  }
}

template void initialise(const std::vector<network::Tensor>&, Initial, Init, std::uint64_t, std::span<float>);
template void initialise(const std::vector<network::Tensor>&, Initial, Init, std::uint64_t, std::span<double>);

}  // namespace fallline
