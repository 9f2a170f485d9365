// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/landscape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

std::unique_ptr<Landscape> made(std::string_view spec, std::optional<std::size_t> dimension = std::nullopt) {
  auto landscape = make_landscape(spec, dimension);
  EXPECT_TRUE(landscape) << spec;
  return std::move(*landscape);
}

std::string refusal(std::string_view spec, std::optional<std::size_t> dimension = std::nullopt) {
  const auto landscape = make_landscape(spec, dimension);
  EXPECT_FALSE(landscape) << spec;
  EXPECT_EQ(landscape.error().code, ErrorCode::usage);
  return landscape.error().message;
}

/// Point `index` of a landscape's box, the same on every run.
std::vector<double> random_point(const LandscapeInfo& info, std::uint64_t index) {
  const Random random(7, Purpose::test);
  std::vector<double> x(info.dimension);
  for (std::size_t i = 0; i < info.dimension; ++i) {
    x[i] = info.box[i].low + (info.box[i].high - info.box[i].low) * random.uniform(index * info.dimension + i);
  }
  return x;
}

std::vector<double> gradient_at(Landscape& landscape, const std::vector<double>& x) {
  std::vector<double> gradient(x.size(), std::nan(""));
  const double value = landscape.value_and_gradient(x, gradient);
  EXPECT_NEAR(value, landscape.value(x), 1e-13 * std::max(1.0, std::abs(value)));
  return gradient;
}

std::vector<double> hessian_at(Landscape& landscape, const std::vector<double>& x) {
  std::vector<double> hessian(x.size() * x.size(), std::nan(""));
  landscape.hessian(x, Mat<double>(hessian.data(), x.size(), x.size()));
  return hessian;
}

double largest(const std::vector<double>& v) {
  return std::abs(std::ranges::max(v, {}, [](double a) { return std::abs(a); }));
}

constexpr double h = 1e-3;

/// Central difference of fourth order along coordinate i.
template <class F>
double difference(F&& f, std::vector<double> x, std::size_t i) {
  const double middle = x[i];
  const auto at = [&](double offset) {
    x[i] = middle + offset;
    return f(x);
  };
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

/// Differences across a kink of second order mean nothing.
bool near_kink(const LandscapeInfo& info, const std::vector<double>& x) {
  return !info.smooth && std::ranges::any_of(x, [](double a) { return std::abs(a) < 0.2; });
}

class EveryLandscape : public testing::TestWithParam<std::string> {
 protected:
  /// f(landscape) in its default dimension, and in 1 and 5 where it exists there.
  template <class F>
  void in_dimensions(F&& f) {
    for (const std::size_t dimension : {1U, 2U, 5U}) {
      const auto landscape = make_landscape(GetParam(), dimension);
      if (landscape) {
        SCOPED_TRACE(testing::Message() << GetParam() << " in dimension " << dimension);
        f(**landscape);
      }
    }
  }
};

TEST_P(EveryLandscape, GradientEqualsCentralDifferences) {
  in_dimensions([](Landscape& landscape) {
    for (std::uint64_t k = 0; k < 100; ++k) {
      const auto x = random_point(landscape.info(), k);
      if (near_kink(landscape.info(), x)) {
        continue;
      }
      const auto gradient = gradient_at(landscape, x);
      const double scale = std::max({1.0, largest(gradient), 1e-4 * std::abs(landscape.value(x))});
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = difference([&](const auto& at) { return landscape.value(at); }, x, i);
        ASSERT_NEAR(gradient[i], expected, 1e-6 * scale) << "point " << k << " coordinate " << i;
      }
    }
  });
}

TEST_P(EveryLandscape, HessianEqualsDifferencesOfTheGradientAndIsSymmetric) {
  in_dimensions([](Landscape& landscape) {
    for (std::uint64_t k = 0; k < 100; ++k) {
      const auto x = random_point(landscape.info(), k);
      if (near_kink(landscape.info(), x)) {
        continue;
      }
      const auto hessian = hessian_at(landscape, x);
      const double scale = std::max({1.0, largest(hessian), 1e-4 * largest(gradient_at(landscape, x))});
      for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t j = 0; j < x.size(); ++j) {
          const double expected = difference([&](const auto& at) { return gradient_at(landscape, at)[i]; }, x, j);
          ASSERT_NEAR(hessian[i * x.size() + j], expected, 1e-6 * scale) << "point " << k << " at " << i << ", " << j;
          ASSERT_EQ(hessian[i * x.size() + j], hessian[j * x.size() + i]);
        }
      }
    }
  });
}

TEST_P(EveryLandscape, MinimaHaveTheirValueAndNoSlope) {
  in_dimensions([](Landscape& landscape) {
    for (const Minimum& minimum : landscape.info().minima) {
      EXPECT_NEAR(landscape.value(minimum.at), minimum.value, 1e-9);
      EXPECT_LE(largest(gradient_at(landscape, minimum.at)), 1e-10 * std::max(1.0, largest(hessian_at(landscape, minimum.at))));
    }
  });
}

TEST_P(EveryLandscape, NoNeighbourOfAMinimumIsLower) {
  in_dimensions([](Landscape& landscape) {
    const Random random(11, Purpose::test);
    for (const Minimum& minimum : landscape.info().minima) {
      for (std::uint64_t k = 0; k < 200; ++k) {
        auto x = minimum.at;
        for (std::size_t i = 0; i < x.size(); ++i) {
          x[i] += 0.02 * (random.uniform(k * x.size() + i) - 0.5);
        }
        ASSERT_GE(landscape.value(x), minimum.value - 1e-9);
      }
    }
  });
}

TEST_P(EveryLandscape, NoPointOfTheBoxIsLowerThanTheGlobalMinimum) {
  in_dimensions([](Landscape& landscape) {
    for (const Minimum& minimum : landscape.info().minima) {
      for (std::uint64_t k = 0; minimum.global && k < 20'000; ++k) {
        ASSERT_GE(landscape.value(random_point(landscape.info(), k)), minimum.value - 1e-9);
      }
    }
  });
}

TEST_P(EveryLandscape, StartAndMinimaLieInTheBox) {
  in_dimensions([](Landscape& landscape) {
    const LandscapeInfo& info = landscape.info();
    std::vector<std::vector<double>> points = {info.start};
    for (const Minimum& minimum : info.minima) {
      points.push_back(minimum.at);
    }
    for (const auto& point : points) {
      ASSERT_EQ(point.size(), info.dimension);
      for (std::size_t i = 0; i < point.size(); ++i) {
        EXPECT_TRUE(info.box[i].low <= point[i] && point[i] <= info.box[i].high);
      }
    }
  });
}

TEST_P(EveryLandscape, EveryDerivativeIsFiniteAtZeroAndAtTheStart) {
  in_dimensions([](Landscape& landscape) {
    for (const auto& x : {std::vector<double>(landscape.info().dimension, 0.0), landscape.info().start}) {
      for (const double d : gradient_at(landscape, x)) {
        EXPECT_TRUE(std::isfinite(d));
      }
      for (const double d : hessian_at(landscape, x)) {
        EXPECT_TRUE(std::isfinite(d));
      }
    }
  });
}

std::vector<std::string> names_of_landscapes() {
  std::vector<std::string> names;
  for (const LandscapeInfo& info : list_landscapes()) {
    names.push_back(info.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(List, EveryLandscape, testing::ValuesIn(names_of_landscapes()),
                         [](const auto& instance) { return instance.param; });

TEST(Landscapes, AreThoseOfTheList) {
  const auto names = names_of_landscapes();
  const std::set<std::string> expected = {
      "bowl",     "rosenbrock", "saddle", "saddle_bounded", "monkey_saddle",   "plateau",         "ravine",         "double_well", "beale",
      "booth",    "himmelblau", "matyas", "mccormick",      "styblinski_tang", "goldstein_price", "six_hump_camel", "rastrigin",   "ackley",
      "griewank", "schwefel",   "levy",   "easom"};
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), expected);
  EXPECT_EQ(names.size(), expected.size());
}

TEST(Landscapes, ValuesAtHandPickedPoints) {
  const auto value = [](std::string_view spec, std::vector<double> x) { return made(spec, x.size())->value(x); };
  EXPECT_DOUBLE_EQ(value("bowl", {2, 3}), 2 + 450);
  EXPECT_DOUBLE_EQ(value("bowl", {2}), 200);
  EXPECT_DOUBLE_EQ(value("bowl:condition=4", {2, 2, 2}), 2 + 4 + 8);
  EXPECT_DOUBLE_EQ(value("rosenbrock", {-1.2, 1}), 24.2);
  EXPECT_DOUBLE_EQ(value("rosenbrock:b=50", {0, 1, 0}), 50 + 1 + 50);
  EXPECT_DOUBLE_EQ(value("saddle", {3, 2}), 5);
  EXPECT_DOUBLE_EQ(value("saddle_bounded", {3, 2}), 9);
  EXPECT_DOUBLE_EQ(value("monkey_saddle", {2, 1}), 2);
  EXPECT_DOUBLE_EQ(value("plateau", {3, 4}), 1 - std::exp(-12.5) + 0.025);
  EXPECT_DOUBLE_EQ(value("ravine", {-3, 2}), 1250.5);
  EXPECT_DOUBLE_EQ(value("double_well", {2, 2}), 9 + 0.6 + 2);
  EXPECT_DOUBLE_EQ(value("beale", {0, 0}), 14.203125);
  EXPECT_DOUBLE_EQ(value("booth", {0, 0}), 74);
  EXPECT_DOUBLE_EQ(value("himmelblau", {0, 0}), 170);
  EXPECT_DOUBLE_EQ(value("matyas", {10, 10}), 4);
  EXPECT_DOUBLE_EQ(value("mccormick", {1, -1}), 1);
  EXPECT_DOUBLE_EQ(value("styblinski_tang", {1, 2, 0}), -5 - 19);
  EXPECT_DOUBLE_EQ(value("goldstein_price", {0, 0}), 600);
  EXPECT_DOUBLE_EQ(value("goldstein_price", {1, 1}), 1876);
  EXPECT_NEAR(value("six_hump_camel", {1, 1}), 2.9 - 2.0 / 3 + 1, 1e-14);
  EXPECT_NEAR(value("rastrigin", {0.5, 1}), 20.25 + 1, 1e-12);
  EXPECT_NEAR(value("ackley", {1, 1}), 20 - 20 * std::exp(-0.2), 1e-12);
  EXPECT_NEAR(value("griewank", {2, 3}), 1 + 13.0 / 4000 - std::cos(2.0) * std::cos(3 / std::sqrt(2.0)), 1e-14);
  EXPECT_NEAR(value("schwefel", {0, 100}), 2 * 418.9828872724339 - 100 * std::sin(10.0), 1e-12);
  EXPECT_NEAR(value("levy", {5, -3}), 1 + 10 * std::pow(std::sin(1.0), 2) + 1, 1e-12);
  EXPECT_NEAR(value("easom", {0, 0}), -std::exp(-2 * std::acos(-1.0) * std::acos(-1.0)), 1e-20);
}

TEST(Landscapes, ItsSpecMakesItAgain) {
  EXPECT_EQ(made("rosenbrock:b=50")->spec(), "rosenbrock:b=50");
  EXPECT_EQ(made("rosenbrock:b=100")->spec(), "rosenbrock");
  EXPECT_EQ(made("rosenbrock:b=50", 3)->clone()->spec(), "rosenbrock:b=50");
}

TEST(Landscapes, UnknownNamesAndFieldsOfferTheNearest) {
  EXPECT_NE(refusal("rosenbrok").find("Did you mean 'rosenbrock'?"), std::string::npos);
  EXPECT_NE(refusal("bowl:conditoin=3").find("Did you mean 'condition'?"), std::string::npos);
  EXPECT_NE(refusal("booth:a=3").find("booth has no option 'a'. It has none."), std::string::npos);
  EXPECT_NE(refusal("rosenbrock:b=-1").find("b takes"), std::string::npos);
}

TEST(Landscapes, DimensionsThatDoNotExistAreRefused) {
  EXPECT_EQ(refusal("beale", 3), "The landscape beale exists in 2 dimensions only, not 3.");
  EXPECT_EQ(refusal("rosenbrock", 1), "The landscape rosenbrock takes 2 to 1000000 dimensions, not 1.");
  EXPECT_EQ(refusal("bowl", 0), "The landscape bowl takes 1 to 1000000 dimensions, not 0.");
}

}  // namespace
}  // namespace fallline
