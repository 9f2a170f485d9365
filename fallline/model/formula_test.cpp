// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/formula.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/model/formula_parser.hpp"

namespace fallline {
namespace {

std::unique_ptr<Formula> parsed(std::string_view text) {
  auto formula = parse_formula(text);
  EXPECT_TRUE(formula) << text << "\n" << (formula ? "" : formula.error().message);
  return std::move(*formula);
}

std::string refusal(std::string_view text) {
  const auto formula = parse_formula(text);
  EXPECT_FALSE(formula) << text.substr(0, 60);
  EXPECT_EQ(formula.error().code, ErrorCode::usage);
  return formula.error().message;
}

double value(std::string_view text, std::vector<double> x) { return parsed(text)->value(x); }

std::vector<double> gradient(std::string_view text, std::vector<double> x) {
  std::vector<double> g(x.size());
  parsed(text)->value_and_gradient(x, g);
  return g;
}

std::vector<double> hessian(std::string_view text, std::vector<double> x) {
  std::vector<double> h(x.size() * x.size());
  parsed(text)->hessian(x, Mat<double>(h.data(), x.size(), x.size()));
  return h;
}

TEST(Formula, PrecedenceIsThatOfMathematics) {
  const struct {
    const char* text;
    double expected;  // at x = 3, y = 2
  } table[] = {{"x + 2*y", 7},  {"x*2 + y", 8},      {"x - y - 1", 0}, {"x/y/3", 0.5},      {"x/y*3", 4.5},        {"-x^2", -9},
               {"(-x)^2", 9},   {"2^x^y", 512},      {"(2^x)^y", 64},  {"2^-x", 0.125},     {"2^-x^y", 1.0 / 512}, {"x*-y", -6},
               {"x--y", 5},     {"x+-y", 1},         {"+x", 3},        {"-x*y", -6},        {"-(x+y)*2", -10},     {"x^y*2", 18},
               {"2*x^y", 18},   {"x^-1*y", 2.0 / 3}, {"min(x, y)", 2}, {"max(x, y, 5)", 5}, {"abs(-x)", 3},        {"sqrt(x+y+4)", 3},
               {"1.5e1*x", 45}, {".5*x", 1.5},       {"5.*x", 15},     {"x\n+\ty", 5},      {"x*1e-2", 0.03},      {"((((x))))", 3}};
  for (const auto& row : table) {
    const auto formula = parsed(row.text);
    const std::vector<double> point = {3, 2};
    EXPECT_DOUBLE_EQ(formula->value(std::span(point).first(formula->info().dimension)), row.expected) << row.text;
  }
}

TEST(Formula, FunctionsAndConstantsAreThoseOfTheMathLibrary) {
  EXPECT_DOUBLE_EQ(value("sin(x) + cos(x) * tan(x)", {0.7}), std::sin(0.7) + std::cos(0.7) * std::tan(0.7));
  EXPECT_DOUBLE_EQ(value("exp(x) - log(x) + tanh(x)", {0.7}), std::exp(0.7) - std::log(0.7) + std::tanh(0.7));
  EXPECT_DOUBLE_EQ(value("pi*x + e", {2}), 2 * 3.141592653589793 + 2.718281828459045);
}

TEST(Formula, DimensionIsThatOfTheHighestCoordinate) {
  EXPECT_EQ(parsed("x")->info().dimension, 1U);
  EXPECT_EQ(parsed("y^2")->info().dimension, 2U);
  EXPECT_EQ(parsed("x + w")->info().dimension, 4U);
  EXPECT_EQ(parsed("x1^2 + x7")->info().dimension, 8U);
  EXPECT_EQ(parsed("x1")->info().summary, "a formula in x0 to x1");
  EXPECT_EQ(value("x1 - x0", {1, 5}), 4);
}

TEST(Formula, PowersOfNegativeNumbersAndZerosAreExact) {
  EXPECT_EQ(value("x^3", {-2}), -8);
  EXPECT_EQ(gradient("x^3", {-2})[0], 12);
  EXPECT_EQ(hessian("x^3", {-2})[0], -12);
  EXPECT_EQ(gradient("x^-2", {-2})[0], 0.25);
  EXPECT_EQ(value("x^0", {0}), 1);
  EXPECT_EQ(gradient("x^0", {0})[0], 0);
  EXPECT_EQ(gradient("x^1", {0})[0], 1);
  EXPECT_EQ(hessian("x^1", {0})[0], 0);
  EXPECT_EQ(hessian("x^2", {0})[0], 2);
  EXPECT_EQ(hessian("x^(1+1)", {-3})[0], 2);
  EXPECT_EQ(value("x^y", {0, 0}), 1);
  EXPECT_EQ(gradient("x^y", {0, 2}), (std::vector<double>{0, 0}));
  EXPECT_TRUE(std::isnan(value("x^0.5", {-1})));
}

TEST(Formula, KinksTakeTheDocumentedSide) {
  EXPECT_EQ(gradient("abs(x)", {0})[0], 0);
  EXPECT_EQ(gradient("abs(x)", {-2})[0], -1);
  EXPECT_EQ(gradient("min(x, y)", {1, 1}), (std::vector<double>{1, 0}));
  EXPECT_EQ(gradient("max(x, y)", {1, 1}), (std::vector<double>{1, 0}));
  EXPECT_EQ(gradient("min(x, sqrt(y))", {-1, 0}), (std::vector<double>{1, 0}));
  EXPECT_EQ(hessian("sqrt(x) + y^2", {0, 1})[3], 2);
  EXPECT_TRUE(parsed("x^2")->info().smooth);
  EXPECT_FALSE(parsed("abs(x)")->info().smooth);
}

TEST(Formula, FaultsOfDomainAreNaNInEveryDerivative) {
  for (const char* text : {"log(x)", "sqrt(x)", "x^0.5", "min(log(x), 3)", "max(3, log(x))", "x + log(-1)"}) {
    EXPECT_TRUE(std::isnan(value(text, {-1}))) << text;
    EXPECT_TRUE(std::isnan(gradient(text, {-1})[0])) << text;
    EXPECT_TRUE(std::isnan(hessian(text, {-1})[0])) << text;
  }
}

TEST(Formula, ItEqualsTheLandscapeItSpells) {
  const auto formula = parsed("(1-x)^2 + 100*(y-x^2)^2");
  const auto landscape = make_landscape("rosenbrock");
  const std::vector<double> x = {-1.2, 1};
  std::vector<double> g(2);
  std::vector<double> expected(2);
  EXPECT_NEAR(formula->value_and_gradient(x, g), (*landscape)->value_and_gradient(x, expected), 1e-12);
  EXPECT_NEAR(g[0], expected[0], 1e-11);
  EXPECT_NEAR(g[1], expected[1], 1e-11);
  EXPECT_NEAR(hessian("(1-x)^2 + 100*(y-x^2)^2", x)[0], 1330, 1e-9);
  EXPECT_EQ(formula->clone()->value(x), formula->value(x));
}

/// Random formulas in x, y, z, a function of the seed alone. What is hard to differentiate numerically (poles, kinks) is kept away by
/// shape.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed, Purpose::test) {}

  std::string expression(int depth) {
    if (depth == 0 || pick(8) == 0) {
      return pick(4) == 0 ? fmt::format("{:.3f}", 0.2 + 2 * random_.uniform(count_++)) : std::string(1, "xyz"[pick(3)]);
    }
    const std::string a = expression(depth - 1);
    switch (pick(15)) {
      case 0:
      case 1:
        return fmt::format("({} + {})", a, expression(depth - 1));
      case 2:
        return fmt::format("({} - {})", a, expression(depth - 1));
      case 3:
      case 4:
        return fmt::format("{} * {}", a, expression(depth - 1));
      case 5:
        return fmt::format("({}) / (1.5 + ({})^2)", a, expression(depth - 1));
      case 6:
        return fmt::format("({})^{}", a, 2 + pick(2));
      case 7:
        return fmt::format("(1.2 + abs({}))^tanh({})", a, expression(depth - 1));
      case 8:
        return fmt::format("sin({})", a);
      case 9:
        return fmt::format("-cos({})", a);
      case 10:
        return fmt::format("exp(tanh({}))", a);
      case 11:
        return fmt::format("log(1 + ({})^2)", a);
      case 12:
        return fmt::format("sqrt(2 + ({})^2)", a);
      case 13:
        return fmt::format("{}({}, {})", pick(2) == 0 ? "min" : "max", a, expression(depth - 1));
      default:
        return fmt::format("tan(tanh({}))", a);
    }
  }

 private:
  std::uint64_t pick(std::uint64_t choices) { return random_.bits(count_++) % choices; }
  Random random_;
  std::uint64_t count_ = 0;
};

/// Central differences at two widths; nothing where they disagree, as across a kink or where the function is too wild.
template <class F>
std::optional<double> difference(F&& f, std::vector<double> x, std::size_t i) {
  const auto at = [&](double h) {
    auto up = x;
    auto down = x;
    up[i] += h;
    down[i] -= h;
    return (f(up) - f(down)) / (2 * h);
  };
  const double coarse = at(2e-4);
  const double fine = at(1e-4);
  const bool agree = std::isfinite(fine) && std::abs(coarse - fine) <= 1e-5 * std::max(1.0, std::abs(fine));
  return agree ? std::optional(fine + (fine - coarse) / 3) : std::nullopt;
}

TEST(Formula, DerivativesOfAThousandRandomFormulasEqualDifferences) {
  int checked = 0;
  int skipped = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::string text = Generator(seed).expression(4) + " + 0*(x + y + z)";
    const auto formula = parsed(text);
    const Random random(seed, Purpose::test, 1);
    const std::vector<double> x = {2 * random.uniform(0) - 1, 2 * random.uniform(1) - 1, 2 * random.uniform(2) - 1};
    std::vector<double> g(3);
    std::vector<double> h(9);
    const double scale = std::max(1.0, std::abs(formula->value_and_gradient(x, g)));
    formula->hessian(x, Mat<double>(h.data(), 3, 3));
    for (std::size_t i = 0; i < 3; ++i) {
      const auto slope = difference([&](const auto& at) { return formula->value(at); }, x, i);
      (slope ? checked : skipped) += 1;
      if (slope) {
        EXPECT_NEAR(g[i], *slope, 1e-6 * std::max(scale, std::abs(*slope))) << text << " seed " << seed;
      }
      for (std::size_t j = 0; j < 3; ++j) {
        const auto gradient_entry = [&](const auto& at) {
          std::vector<double> moved(3);
          formula->value_and_gradient(at, moved);
          return moved[i];
        };
        const auto curvature = difference(gradient_entry, x, j);
        (curvature ? checked : skipped) += 1;
        if (curvature) {
          EXPECT_NEAR(h[3 * i + j], *curvature, 1e-6 * std::max({scale, std::abs(g[i]), std::abs(*curvature)})) << text << " seed " << seed;
        }
      }
    }
  }
  EXPECT_GT(checked, 20 * skipped) << "the check must not skip itself away";
}

TEST(Formula, ErrorsGiveThePlaceAndWhatWasExpected) {
  const struct {
    const char* text;
    int position;
    const char* says;
  } table[] = {
      {"", 1, "expected a number, a coordinate, a function or '(', found the end"},
      {"   ", 4, "found the end"},
      {"x +", 4, "found the end"},
      {"(x + 1", 7, "expected an operator or ')' for the '(' at 1, found the end"},
      {"sin(x", 6, "for the '(' at 4"},
      {"x)", 2, "without its '('"},
      {"2x", 2, "A product is written with *"},
      {"x(2)", 2, "A product is written with *"},
      {"x**2", 3, "Write ^ for a power"},
      {"sin x", 5, "expected '(' after sin, found 'x'"},
      {"sin(x, y)", 6, "takes one argument"},
      {"min(x)", 6, "takes two or more"},
      {"min(x,)", 7, "found ')'"},
      {"1 + sine(x)", 5, "Did you mean 'sin'?"},
      {"cso(x)", 1, "Did you mean 'cos'?"},
      {"ln(x)", 1, "Did you mean 'log'?"},
      {"pow(x, 2)", 1, "Write a^b"},
      {"X^2", 1, "Did you mean 'x'?"},
      {"x + x1", 5, "not both"},
      {"x01", 1, "without leading zeros"},
      {"x1000", 1, "the highest coordinate is x999"},
      {"x + 1e999", 5, "than a double can hold"},
      {"x + 1e-999", 5, "than a double can hold"},
      {"x + .", 5, "expected a digit"},
      {"1..2*x", 3, "expected an operator"},
      {"x $ y", 3, "found '$'"},
      {"x \xE2\x88\x92 \xC3\x97", 3, "Write - for minus"},
      {"3 + 4", 1, "expected a coordinate"},
      {"x ^ ^ 2", 5, "found '^'"},
      {"x^", 3, "found the end"},
      {"()", 2, "found ')'"},
  };
  for (const auto& row : table) {
    const std::string message = refusal(row.text);
    EXPECT_TRUE(message.starts_with(fmt::format("formula:{}: ", row.position))) << row.text << "\n" << message;
    EXPECT_NE(message.find(row.says), std::string::npos) << row.text << "\n" << message;
    const std::string mark = message.substr(message.rfind('\n') + 1);
    EXPECT_EQ(mark, std::string(static_cast<std::size_t>(row.position) + 1, ' ') + "^") << message;
  }
}

TEST(Formula, HostileTextIsRefused) {
  const std::string deep(10'000, '(');
  EXPECT_TRUE(refusal(deep).starts_with("formula:101: the formula is nested more than 100 deep"));
  std::string powers = "x";
  std::string calls;
  for (int i = 0; i < 2000; ++i) {
    powers += "^x";
    calls += "sin(";
  }
  EXPECT_NE(refusal(powers).find("nested more than"), std::string::npos);
  EXPECT_NE(refusal(calls).find("nested more than"), std::string::npos);
  EXPECT_NE(refusal(std::string(1'000'000, 'x')).find("at most 10000"), std::string::npos);
  EXPECT_NE(refusal("x + " + std::string(9'000, '7')).find("the number has 9000 characters"), std::string::npos);
  EXPECT_NE(refusal(std::string(9'000, 'q')).find("unknown name"), std::string::npos);
  EXPECT_TRUE(refusal(std::string_view("x\0+ 1", 5)).starts_with("formula:2: "));
  EXPECT_TRUE(refusal(std::string_view("\0", 1)).starts_with("formula:1: "));
  EXPECT_TRUE(refusal("\xff\xfe").starts_with("formula:1: "));
  EXPECT_EQ(value(std::string(9'000, '-') + "x", {2}), 2);
}

TEST(LandscapeOrFormula, TellsNamesFromFormulas) {
  const auto message = [](std::string_view text, std::optional<std::size_t> dimension = std::nullopt) {
    const auto made = landscape_or_formula(text, dimension);
    return made ? "made " + (*made)->spec() : made.error().message;
  };
  EXPECT_EQ(message("rosenbrock:b=50"), "made rosenbrock:b=50");
  EXPECT_EQ(message("x^2 + y^2"), "made x^2 + y^2");
  EXPECT_EQ(message("x"), "made x");
  EXPECT_EQ(message("x^2 + y^2", 2), "made x^2 + y^2");
  EXPECT_NE(message("x^2 + y^2", 3).find("not 3"), std::string::npos);
  EXPECT_NE(message("rosenbrok").find("Did you mean 'rosenbrock'?"), std::string::npos);
  EXPECT_TRUE(message("x1000").starts_with("formula:1: "));
  EXPECT_TRUE(message("3").starts_with("formula:1: "));
  EXPECT_TRUE(message("").starts_with("formula:1: "));
  EXPECT_TRUE(message("sin(x").starts_with("formula:6: "));
}

}  // namespace
}  // namespace fallline
