// SPDX-License-Identifier: Apache-2.0
// The functions that the peers' tests minimise, from the literature: More, Garbow & Hillstrom 1981 ("Testing unconstrained optimization
// software", by their numbers), and Jamil & Yang 2013 ("A literature survey of benchmark functions").
#pragma once

#include "tests/peers/dual.hpp"

namespace peers {

inline Dual sphere(const Point& x) {
  Dual sum;
  for (const Dual& a : x) {
    sum += square(a);
  }
  return sum;
}
inline Dual rosenbrock(const Point& x) {  // the chain; in two dimensions More et al. 1
  Dual sum;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    sum += 100 * square(x[i + 1] - square(x[i])) + square(1 - x[i]);
  }
  return sum;
}
inline Dual styblinski_tang(const Point& x) {
  Dual sum;
  for (const Dual& a : x) {
    sum += (square(square(a)) - 16 * square(a) + 5 * a) / 2;
  }
  return sum;
}
inline Dual mc_cormick(const Point& x) { return sin(x[0] + x[1]) + square(x[0] - x[1]) - 1.5 * x[0] + 2.5 * x[1] + 1; }
inline Dual matyas(const Point& x) { return 0.26 * (square(x[0]) + square(x[1])) - 0.48 * x[0] * x[1]; }
inline Dual easom(const Point& x) { return -cos(x[0]) * cos(x[1]) * exp(-square(x[0] - M_PI) - square(x[1] - M_PI)); }
inline Dual booth(const Point& x) { return square(x[0] + 2 * x[1] - 7) + square(2 * x[0] + x[1] - 5); }
inline Dual ackley(const Point& x) {
  return -20 * exp(-0.2 * sqrt((square(x[0]) + square(x[1])) / 2)) - exp((cos(2 * M_PI * x[0]) + cos(2 * M_PI * x[1])) / 2) +
         std::exp(1.0) + 20;
}
inline Dual beale(const Point& x) {  // More et al. 5
  const Dual y = x[1];
  return square(1.5 - x[0] * (1 - y)) + square(2.25 - x[0] * (1 - y * y)) + square(2.625 - x[0] * (1 - y * y * y));
}
inline Dual goldstein_price(const Point& p) {
  const Dual x = p[0];
  const Dual y = p[1];
  return (1 + square(x + y + 1) * (19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y)) *
         (30 + square(2 * x - 3 * y) * (18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y));
}
inline Dual levy_13(const Point& x) {
  return square(sin(3 * M_PI * x[0])) + square(x[0] - 1) * (1 + square(sin(3 * M_PI * x[1]))) +
         square(x[1] - 1) * (1 + square(sin(2 * M_PI * x[1])));
}
inline Dual himmelblau(const Point& x) { return square(square(x[0]) + x[1] - 11) + square(x[0] + square(x[1]) - 7); }
inline Dual three_hump_camel(const Point& p) {
  const Dual s = square(p[0]);
  return 2 * s - 1.05 * s * s + s * s * s / 6 + p[0] * p[1] + square(p[1]);
}
inline Dual colville(const Point& x) {
  return 100 * square(square(x[0]) - x[1]) + square(x[0] - 1) + square(x[2] - 1) + 90 * square(square(x[2]) - x[3]) +
         10.1 * (square(x[1] - 1) + square(x[3] - 1)) + 19.8 * (x[1] - 1) * (x[3] - 1);
}
inline Dual wood(const Point& x) {  // 14
  return 100 * square(x[1] - square(x[0])) + square(1 - x[0]) + 90 * square(x[3] - square(x[2])) + square(1 - x[2]) +
         10 * square(x[1] + x[3] - 2) + square(x[1] - x[3]) / 10;
}
inline Dual rosenbrock_wood(const Point& x) { return rosenbrock({x.begin(), x.begin() + 4}) + wood({x.begin() + 4, x.end()}); }
inline Dual zakharov(const Point& x) {
  Dual sum;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += 0.5 * static_cast<double>(i + 1) * x[i];
  }
  return sphere(x) + square(sum) + square(square(sum));
}

/// Sums of exponentials with `terms` samples (Biggs 1971; 18 for six parameters). Parameters that are left out have their solution's value.
inline Dual biggs(const Point& given, int terms) {
  const std::vector<double> solution{1, 10, 1, 5, 4, 3};
  Point x(solution.begin(), solution.end());
  const std::size_t n = given.size();
  const std::vector<std::size_t> which = n == 3 ? std::vector<std::size_t>{0, 1, 3} : std::vector<std::size_t>{0, 1, 2, 3, 4, 5};
  for (std::size_t i = 0; i < n; ++i) {
    x[which[i]] = given[i];
  }
  const double third = n >= 5 ? 3 : 0;
  x[5] = n == 6 ? x[5] : Dual(third);
  Dual sum;
  for (int i = 1; i <= terms; ++i) {
    const double t = 0.1 * i;
    const double y = std::exp(-t) - 5 * std::exp(-10 * t) + third * std::exp(-4 * t);
    sum += square(x[2] * exp(-t * x[0]) - x[3] * exp(-t * x[1]) + x[5] * exp(-t * x[4]) - y);
  }
  return sum;
}
inline Dual biggs_2_to_4(const Point& x) { return biggs(x, 10); }
inline Dual biggs_5(const Point& x) { return biggs(x, 11); }
inline Dual biggs_6(const Point& x) { return biggs(x, 13); }
inline Dual box_3d(const Point& x) {  // 12
  Dual sum;
  for (int i = 1; i <= 10; ++i) {
    const double t = 0.1 * i;
    sum += square(exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (std::exp(-t) - std::exp(-10 * t)));
  }
  return sum;
}
inline Dual brown_badly_scaled(const Point& x) { return square(x[0] - 1e6) + square(x[1] - 2e-6) + square(x[0] * x[1] - 2); }  // 4
inline Dual brown_dennis(const Point& x) {                                                                                     // 16
  Dual sum;
  for (int i = 1; i <= 20; ++i) {
    const double t = i / 5.0;
    sum += square(square(x[0] + t * x[1] - std::exp(t)) + square(x[2] + std::sin(t) * x[3] - std::cos(t)));
  }
  return sum;
}
inline Dual powell_singular(const Point& x) {  // 22
  Dual sum;
  for (std::size_t i = 0; i + 3 < x.size(); i += 4) {
    sum += square(x[i] + 10 * x[i + 1]) + 5 * square(x[i + 2] - x[i + 3]) + square(square(x[i + 1] - 2 * x[i + 2])) +
           10 * square(square(x[i] - x[i + 3]));
  }
  return sum;
}
inline Dual gaussian(const Point& x) {  // 9
  constexpr double y[] = {0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989};
  Dual sum;
  for (int i = 0; i < 15; ++i) {
    const double t = (7 - i) / 2.0;
    sum += square(x[0] * exp(-x[1] * square(t - x[2]) / 2) - y[i < 8 ? i : 14 - i]);
  }
  return sum;
}
inline Dual gulf(const Point& x) {  // 11
  Dual sum;
  for (int i = 1; i <= 99; ++i) {
    const double t = i / 100.0;
    const double y = 25 + std::pow(-50 * std::log(t), 2.0 / 3);
    sum += square(exp(-exp(x[2] * log(abs(y - x[1]))) / x[0]) - t);
  }
  return sum;
}
inline Dual helical_valley(const Point& x) {  // 7
  const Dual turn = atan(x[1] / x[0]) / (2 * M_PI) + (x[0].v < 0 ? 0.5 : 0.0);
  return 100 * (square(x[2] - 10 * turn) + square(sqrt(square(x[0]) + square(x[1])) - 1)) + square(x[2]);
}
inline Dual penalty_1(const Point& x) {  // 23
  Dual sum;
  for (const Dual& a : x) {
    sum += 1e-5 * square(a - 1);
  }
  return sum + square(sphere(x) - 0.25);
}
inline Dual penalty_2(const Point& x) {  // 24
  const auto n = static_cast<double>(x.size());
  Dual sum = square(x[0] - 0.2);
  Dual weighted;
  for (std::size_t i = 0; i < x.size(); ++i) {
    weighted += (n - static_cast<double>(i)) * square(x[i]);
  }
  for (std::size_t i = 1; i < x.size(); ++i) {
    const double k = static_cast<double>(i + 1);
    sum += 1e-5 * (square(exp(x[i] / 10) + exp(x[i - 1] / 10) - std::exp(k / 10) - std::exp((k - 1) / 10)) +
                   square(exp(x[i] / 10) - std::exp(-0.1)));
  }
  return sum + square(weighted - 1);
}
inline Dual powell_badly_scaled(const Point& x) { return square(1e4 * x[0] * x[1] - 1) + square(exp(-x[0]) + exp(-x[1]) - 1.0001); }  // 3
inline Dual trigonometric(const Point& x) {                                                                                           // 26
  Dual cosines;
  for (const Dual& a : x) {
    cosines += cos(a);
  }
  const auto n = static_cast<double>(x.size());
  Dual sum;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += square(n - cosines + static_cast<double>(i + 1) * (1 - cos(x[i])) - sin(x[i]));
  }
  return sum;
}
inline Dual variably_dimensioned(const Point& x) {  // 25
  Dual sum;
  Dual weighted;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += square(x[i] - 1);
    weighted += static_cast<double>(i + 1) * (x[i] - 1);
  }
  return sum + square(weighted) + square(square(weighted));
}
inline Dual watson(const Point& x) {  // 20
  Dual sum = square(x[0]) + square(x[1] - square(x[0]) - 1);
  for (int i = 1; i <= 29; ++i) {
    const double t = i / 29.0;
    Dual slope;
    Dual value;
    for (std::size_t j = x.size(); j-- > 0;) {
      value = value * t + x[j];
      if (j > 0) {
        slope = slope * t + static_cast<double>(j) * x[j];
      }
    }
    sum += square(slope - square(value) - 1);
  }
  return sum;
}

/// -H of the entropy model that SciPy's tests fit: log sum exp(F x) - K x.
inline Dual entropy(const Point& x) {
  constexpr double F[5][3] = {{1, 1, 1}, {1, 1, 0}, {1, 0, 1}, {1, 0, 0}, {1, 0, 0}};
  constexpr double K[3] = {1, 0.3, 0.5};
  Dual sum;
  for (const auto& row : F) {
    sum += exp(row[0] * x[0] + row[1] * x[1] + row[2] * x[2]);
  }
  return log(sum) - K[0] * x[0] - K[1] * x[1] - K[2] * x[2];
}

}  // namespace peers
