// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/target_domain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/fit_target.hpp"
#include "fallline/data/row_store.hpp"
#include "fallline/model/loss.hpp"

namespace fallline {

template <class T>
Result<void> check_targets(const Dataset<T>& data, const TargetCoding& target, const std::string& loss) {
  const auto made = make_loss(loss);
  if (!made || (*made)->info().task != LossTask::counts) {
    return {};
  }
  std::optional<Error> fault;
  const Result<void> read = each_target<T>(data, [&](std::size_t first, std::span<const T> targets, std::span<const T> /*weights*/) {
    const auto bad = std::find_if(targets.begin(), targets.end(), [](T y) { return y < 0; });
    if (fault || bad == targets.end()) {
      return;
    }
    const auto at = static_cast<std::size_t>(bad - targets.begin());
    fault = data_error(fmt::format(
        "The target {} is {} in {}, and --loss {} is for counts, which are 0 or more. Use another loss (squared, huber), or mend the data.",
        quoted(target.column(at % data.targets).name), shortest(static_cast<double>(*bad)), encoding::row_name(first + at / data.targets),
        (*made)->info().name));
  });
  return fault ? Result<void>(*fault) : read;
}

template Result<void> check_targets(const Dataset<float>&, const TargetCoding&, const std::string&);
template Result<void> check_targets(const Dataset<double>&, const TargetCoding&, const std::string&);

}  // namespace fallline
