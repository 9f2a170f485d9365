// SPDX-License-Identifier: Apache-2.0
// Any text is a formula or a usage error with one line of mark; what parses can be evaluated, and its value is the same on every path.
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fallline/base/expects.hpp"
#include "fallline/model/formula.hpp"

namespace {

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void evaluate(fallline::Formula& formula) {
  const std::size_t n = formula.info().dimension;
  std::vector<double> gradient(n);
  std::vector<double> hessian(n * n);
  for (const double start : {0.0, 1.0, -0.7}) {
    const std::vector<double> x(n, start);
    const double value = formula.value_and_gradient(x, gradient);
    fallline::expects(same(value, formula.value(x)), "value and value_and_gradient agree");
    if (n <= 20) {
      formula.hessian(x, fallline::Mat<double>(hessian.data(), n, n));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto made = fallline::landscape_or_formula(text);
  fallline::expects(made || made.error().code == fallline::ErrorCode::usage, "a refused text is a usage error");
  auto formula = fallline::parse_formula(text);
  if (formula) {
    evaluate(**formula);
  }
  return 0;
}
