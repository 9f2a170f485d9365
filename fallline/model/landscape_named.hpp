// SPDX-License-Identifier: Apache-2.0
// NamedLandscape: the run-time face of one struct of the list, whichever of the three shapes its formula has.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "fallline/model/landscape.hpp"
#include "fallline/model/landscape_concept.hpp"

namespace fallline {

template <class L>
LandscapeInfo info_of(const L& landscape, std::size_t dimension) {
  LandscapeInfo info{std::string(L::name),
                     std::string(L::cites),
                     std::string(L::summary),
                     dimension,
                     L::dimensions,
                     L::smooth,
                     L::bounded_below,
                     {},
                     {},
                     {},
                     {}};
  for (std::size_t i = 0; i < dimension; ++i) {
    info.box.push_back(L::box(i));
    info.start.push_back(L::start(i));
  }
  info.minima = L::minima(dimension);
  info.fields = field_values(landscape);
  return info;
}

template <class L>
  requires PlaneLandscape<L> || SeparableLandscape<L> || GeneralLandscape<L>
class NamedLandscape final : public Landscape {
 public:
  NamedLandscape(L landscape, std::size_t dimension) : landscape_(landscape), info_(info_of(landscape_, dimension)) {}

  const LandscapeInfo& info() const override { return info_; }

  std::string spec() const override {
    const L defaults;
    std::string spec(L::name);
    char separator = ':';
    for (const auto& f : L::fields()) {
      if (f.get(landscape_) != f.get(defaults)) {
        spec += fmt::format("{}{}={}", separator, f.name, format_field(f, f.get(landscape_)));
        separator = ',';
      }
    }
    return spec;
  }

  std::unique_ptr<Landscape> clone() const override { return std::make_unique<NamedLandscape>(*this); }

  double value(std::span<const double> x) override {
    expects(x.size() == info_.dimension, "a point has the landscape's dimension");
    if constexpr (PlaneLandscape<L>) {
      return landscape_.at(x[0], x[1]);
    } else if constexpr (SeparableLandscape<L>) {
      double sum = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        sum += landscape_.term(x[i], i, x.size()).value;
      }
      return sum;
    } else {
      return landscape_.value(x);
    }
  }

  double value_and_gradient(std::span<const double> x, std::span<double> gradient) override {
    expects(x.size() == info_.dimension && gradient.size() == x.size(), "point and gradient have the landscape's dimension");
    if constexpr (PlaneLandscape<L>) {
      const Jet<1> f = landscape_.at(Jet<1>{x[0], 1, 0}, Jet<1>{x[1], 0, 1});
      gradient[0] = f.x;
      gradient[1] = f.y;
      return f.value;
    } else if constexpr (SeparableLandscape<L>) {
      double sum = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const Term term = landscape_.term(x[i], i, x.size());
        sum += term.value;
        gradient[i] = term.slope;
      }
      return sum;
    } else {
      return landscape_.value_and_gradient(x, gradient);
    }
  }

  void hessian(std::span<const double> x, Mat<double> hessian) override {
    expects(x.size() == info_.dimension && hessian.rows() == x.size() && hessian.cols() == x.size(), "a Hessian is square");
    if constexpr (PlaneLandscape<L>) {
      const Jet<2> f = landscape_.at(Jet<2>{x[0], 1, 0}, Jet<2>{x[1], 0, 1});
      hessian(0, 0) = f.xx;
      hessian(0, 1) = f.xy;
      hessian(1, 0) = f.xy;
      hessian(1, 1) = f.yy;
      return;
    } else {
      for (std::size_t i = 0; i < x.size(); ++i) {
        std::ranges::fill(hessian.row(i), 0.0);
        if constexpr (SeparableLandscape<L>) {
          hessian(i, i) = landscape_.term(x[i], i, x.size()).curvature;
        }
      }
      if constexpr (GeneralLandscape<L>) {
        landscape_.hessian(x, hessian);
      }
    }
  }

 private:
  L landscape_;
  LandscapeInfo info_;
};

}  // namespace fallline
