// SPDX-License-Identifier: Apache-2.0
// Long tensors are stepped by ranges, which threads share.
#include <gtest/gtest.h>

#include "fallline/base/random.hpp"
#include "fallline/optim/optimizer.hpp"

namespace fallline {
namespace {

Parameters<float> numbers(std::uint32_t which) {
  Parameters<float> made({{"weights", {300, 101}, true}, {"bias", {101}, false}});
  const Random random(9, Purpose::test, which);
  for (std::size_t i = 0; i < made.size(); ++i) {
    made.values()[i] = static_cast<float>(random.normal(i));
  }
  return made;
}

struct End {
  Parameters<float> theta;
  StepReport report;
};

End steps(const char* spec, ThreadPool* pool) {
  const auto optimizer = std::move(*make_optimizer<float>(spec));
  End end{numbers(0), {}};
  optimizer->start(end.theta);
  optimizer->use(pool);
  for (std::uint32_t t = 1; t <= 5; ++t) {
    Parameters<float> gradient = numbers(t);
    end.report = optimizer->step(end.theta, gradient, 0.01);
  }
  return end;
}

TEST(Ranges, StepsAreTheSameBitsForAnyNumberOfThreads) {
  for (const char* spec : {"adam", "momentum", "adamw:clip_norm=1", "adam:l1=0.01", "nadam", "lars"}) {
    const End alone = steps(spec, nullptr);
    for (const std::size_t threads : {1U, 2U, 3U}) {
      ThreadPool pool(threads);
      const End shared = steps(spec, &pool);
      EXPECT_EQ(shared.theta, alone.theta) << spec;
      EXPECT_EQ(shared.report.gradient_norm, alone.report.gradient_norm) << spec;
      EXPECT_EQ(shared.report.update_norm, alone.report.update_norm) << spec;
    }
  }
}

}  // namespace
}  // namespace fallline
