// SPDX-License-Identifier: Apache-2.0
#include <fallline/fallline.hpp>
#include <iostream>

int main() {
  fallline::Dataset<float> data;
  data.rows = 4;
  data.features = 1;
  data.stride = 1;
  data.dense = {0, 1, 2, 3};
  data.target = {1, 3, 5, 7};
  const fallline::TargetCoding target{.name = "y"};
  fallline::ThreadPool pool(1);
  const auto run = fallline::train(data, target, {}, {}, pool);
  std::cout << (run ? fallline::outcome_name(run->outcome) : run.error().message) << "\n";
  return run ? 0 : 1;
}
