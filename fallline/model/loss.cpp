// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/loss.hpp"

#include <fmt/format.h>

#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/model/loss_loops.hpp"
#include "fallline/model/losses.hpp"

namespace fallline {

namespace {

template <class L>
LossInfo info_of(const L& loss) {
  static_assert(ScoreLoss<L> || BlockLoss<L>);
  return {std::string(L::name), std::string(L::cites), std::string(L::summary), L::task, L::smooth, L::curvature, L::degree,
          field_values(loss)};
}

class NamedLoss final : public Loss {
 public:
  explicit NamedLoss(losses::Any loss) : loss_(loss), info_(visit_loss(loss_, [](const auto& l) { return info_of(l); })) {}

  const LossInfo& info() const override { return info_; }

  std::string spec() const override {
    return visit_loss(loss_, [](const auto& l) {
      const std::decay_t<decltype(l)> defaults;
      std::string spec(l.name);
      char separator = ':';
      for (const auto& f : l.fields()) {
        if (f.get(l) != f.get(defaults)) {
          spec += fmt::format("{}{}={}", separator, f.name, format_field(f, f.get(l)));
          separator = ',';
        }
      }
      return spec;
    });
  }

  std::unique_ptr<Loss> rescaled(double factor) const override {
    return visit_loss(loss_, [&](const auto& l) -> std::unique_ptr<Loss> {
      if constexpr (requires { l.rescaled(factor); }) {
        return std::make_unique<NamedLoss>(losses::Any(l.rescaled(factor)));
      } else {
        return std::make_unique<NamedLoss>(losses::Any(l));
      }
    });
  }

  std::unique_ptr<Loss> softened(double width) const override {
    return visit_loss(loss_, [&](const auto& l) -> std::unique_ptr<Loss> {
      if constexpr (requires { l.softened(width); }) {
        return std::make_unique<NamedLoss>(losses::Any(l.softened(width)));
      } else {
        return nullptr;
      }
    });
  }

  double block(OutputActivation activation, const float* target, const float* weight, std::size_t rows, std::size_t outputs,
               float* scores) const override {
    return loss_block(loss_, activation, target, weight, rows, outputs, scores);
  }
  double block(OutputActivation activation, const double* target, const double* weight, std::size_t rows, std::size_t outputs,
               double* scores) const override {
    return loss_block(loss_, activation, target, weight, rows, outputs, scores);
  }
  Dual<double> block(OutputActivation activation, const Dual<double>* target, const Dual<double>* weight, std::size_t rows,
                     std::size_t outputs, Dual<double>* scores) const override {
    return loss_block(loss_, activation, target, weight, rows, outputs, scores);
  }

 private:
  losses::Any loss_;
  LossInfo info_;
};

/// f(loss) for each loss with a name at its defaults.
template <std::size_t index = 0, class F>
void for_each_loss(F&& f) {
  if constexpr (index < losses::listed) {
    f(std::variant_alternative_t<index, losses::Any>());
    for_each_loss<index + 1>(f);
  }
}

constexpr std::string_view smoothing_field = "smoothing";

const FieldValue* smoothing_of(const LossInfo& info) {
  for (const FieldValue& field : info.fields) {
    if (field.info.name == smoothing_field) {
      return &field;
    }
  }
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<Loss>> make_loss(std::string_view spec) {
  const auto colon = spec.find(':');
  const std::string_view name = spec.substr(0, colon);
  const std::string_view settings = colon == std::string_view::npos ? std::string_view() : spec.substr(colon + 1);
  std::vector<std::string> names;
  Result<losses::Any> made = usage_error("");
  bool known = false;
  for_each_loss([&](const auto& loss) {
    names.emplace_back(loss.name);
    if (loss.name == name) {
      known = true;
      const auto set = with_settings(loss, settings);
      made = set ? Result<losses::Any>(*set) : set.error();
    }
  });
  if (!known) {
    return usage_error(
        fmt::format("There is no loss {}.{} The losses are {}.", quoted(name), did_you_mean(name, names), join(names, ", ")));
  }
  if (!made) {
    return made.error();
  }
  return std::unique_ptr<Loss>(std::make_unique<NamedLoss>(*made));
}

std::vector<LossInfo> list_losses() {
  std::vector<LossInfo> infos;
  for_each_loss([&](const auto& loss) { infos.push_back(info_of(loss)); });
  return infos;
}

double label_smoothing(const LossInfo& info) {
  const FieldValue* field = smoothing_of(info);
  return field == nullptr ? 0 : field->value;
}

Result<std::string> with_label_smoothing(std::string_view spec, double share) {
  const auto loss = make_loss(spec);
  if (!loss) {
    return loss.error();
  }
  const LossInfo& info = (*loss)->info();
  const FieldValue* field = smoothing_of(info);
  if (share == 0 || (field != nullptr && field->value == share)) {
    return std::string(spec);
  }
  if (field == nullptr) {
    std::vector<std::string> names;
    for (const LossInfo& other : list_losses()) {
      if (smoothing_of(other) != nullptr) {
        names.push_back(other.name);
      }
    }
    return usage_error(fmt::format("Label smoothing is for the losses {}, not for {}. Leave it out, or choose one of these losses.",
                                   join(names, " and "), info.name));
  }
  if (field->value != 0) {
    return usage_error(fmt::format("The loss {} says smoothing={} already, and label smoothing asks for {}; leave one out.", spec,
                                   shortest(field->value), shortest(share)));
  }
  const auto made =
      make_loss(fmt::format("{}{}{}={}", spec, spec.find(':') == std::string_view::npos ? ':' : ',', smoothing_field, shortest(share)));
  return made ? Result<std::string>((*made)->spec()) : Result<std::string>(made.error());
}

}  // namespace fallline
