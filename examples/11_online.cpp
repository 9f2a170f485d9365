// SPDX-License-Identifier: Apache-2.0
// Learning from rows as they come: each is predicted first, so that the mean loss of the predictions is that of rows never seen. Halfway
// the rule that makes the rows changes, and the model follows. The state is a value, from which another trainer goes on.
#include <cstdio>
#include <fallline/base/random.hpp>
#include <fallline/train/online.hpp>

namespace {

/// A row of two numbers and a class that follows from them, with some noise.
void next_row(std::uint64_t i, fallline::Dataset<float>& row) {
  const fallline::Random random(1, fallline::Purpose::test);
  const double a = random.normal(3 * i);
  const double b = random.normal(3 * i + 1);
  const double turn = i < 5000 ? 1 : -1;
  row.dense = {static_cast<float>(a), static_cast<float>(b)};
  row.target = {a + turn * b + 0.5 * random.normal(3 * i + 2) > 0 ? 1.0F : 0.0F};
}

}  // namespace

int main() {
  fallline::ThreadPool pool(1);
  fallline::OnlineSetup setup;
  setup.shape = {.features = 2};
  setup.target = {.name = "class", .classification = true, .classes = {"0", "1"}};
  setup.model = *fallline::resolve_model({}, setup.target);
  setup.options = {.optimizer = "sgd", .learning_rate = 0.05};
  const auto plan = fallline::plan_online<float>(setup, nullptr, pool);
  if (!plan) {
    std::printf("%s\n", plan.error().message.c_str());
    return 1;
  }
  auto trainer = fallline::OnlineTrainer<float>::create(setup, *plan, pool);
  fallline::Dataset<float> row;
  row.rows = 1;
  row.features = row.stride = 2;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    next_row(i, row);
    (*trainer)->add(row.view(), 0);
    if ((i + 1) % 2500 == 0) {
      std::printf("rows %d: loss of the last 2,500 predictions %.2f\n", static_cast<int>(i + 1), (*trainer)->recent().loss);
      (*trainer)->begin_recent();
    }
  }
  const fallline::LinearModel model = (*trainer)->model();
  std::printf("weights %.1f and %.1f\n", model.weights[0], model.weights[1]);

  const auto other = fallline::OnlineTrainer<float>::create(setup, *plan, pool);
  const bool restored = (*other)->restore((*trainer)->save()).has_value();
  std::printf("restored: %s\n", restored && (*other)->model().weights == model.weights ? "yes" : "no");
  return 0;
}
