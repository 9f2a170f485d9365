// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fallline/base/random.hpp"
#include "fallline/model/hidden_activation.hpp"
#include "fallline/model/network/pass.hpp"

namespace fallline {
namespace {

using Reals = std::vector<double>;

struct Sample {
  Reals x;
  Reals y;
  Reals weight;
  std::size_t features = 0;
  std::vector<std::uint32_t> order;

  Rows<double> view() const {
    Rows<double> rows;
    rows.rows = y.size();
    rows.features = features;
    rows.dense = Mat<const double>(x.data(), y.size(), features);
    rows.target = y;
    rows.weight = weight;
    return rows;
  }
};

Sample sample(std::size_t rows, std::size_t features, std::size_t classes) {
  const Random random(7, Purpose::test);
  Sample s;
  s.features = features;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < features; ++j) {
      s.x.push_back(random.normal(i * features + j));
    }
    s.y.push_back(classes > 0 ? static_cast<double>(i % classes) : random.normal(1'000'000 + i));
    s.weight.push_back(0.5 + random.uniform(2'000'000 + i));
    s.order.push_back(static_cast<std::uint32_t>(rows - 1 - i));
  }
  return s;
}

Reals numbers(std::size_t count, std::uint32_t epoch, double scale) {
  const Random random(3, Purpose::test, epoch);
  Reals out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = scale * random.normal(i);
  }
  return out;
}

template <class T>
NetworkPass<T> pass_of(const Sample& s, const Loss& loss, const NetworkOptions& options, std::size_t outputs) {
  EXPECT_TRUE(check_network(options).has_value());
  return {s.view(), &loss, OutputActivation::identity, make_network<T>(options, s.features, outputs, true), 4096};
}

constexpr Mode training{true, 11, 5};

/// Directional derivative by central differences of the fourth order against the gradient's.
void expect_gradient(const Sample& s, const NetworkOptions& options, const std::string& loss_name, std::size_t outputs) {
  const auto loss = *make_loss(loss_name);
  auto pass = pass_of<double>(s, *loss, options, outputs);
  ThreadPool pool(1);
  Reals theta = numbers(pass.parameters(), 1, 0.7);
  const Reals direction = numbers(pass.parameters(), 2, 1);
  Reals gradient(theta.size());
  pass(s.order, theta, gradient, training, pool);
  const auto value = [&](double h) {
    Reals moved = theta;
    for (std::size_t j = 0; j < moved.size(); ++j) {
      moved[j] += h * direction[j];
    }
    return pass(s.order, moved, {}, training, pool);
  };
  const double h = 1e-5;  // small, since elu and softsign bend sharply at 0
  const double difference = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h);
  double slope = 0;
  for (std::size_t j = 0; j < theta.size(); ++j) {
    slope += gradient[j] * direction[j];
  }
  EXPECT_NEAR(slope, difference, 1e-7 * std::max(1.0, std::abs(difference)))
      << options.activation << ", normalization " << static_cast<int>(options.normalization) << ", loss " << loss_name;
}

bool has_kinks(const std::string& name) { return name == "relu" || name == "leaky_relu" || name == "step"; }

TEST(Network, GradientsAgreeWithDifferencesForEveryActivationAndNormalization) {
  const Sample s = sample(40, 6, 3);
  for (const ActivationInfo& activation : list_activations()) {
    for (const auto normalization : {Normalization::none, Normalization::batch, Normalization::layer}) {
      if (!has_kinks(activation.name)) {
        expect_gradient(s, {{7, 5}, activation.name, normalization, 0.25}, "cross_entropy", 3);
      }
    }
  }
}

TEST(Network, GradientsAgreeWithDifferencesForEverySmoothLoss) {
  for (const LossInfo& loss : list_losses()) {
    const bool classes = loss.task == LossTask::binary || loss.task == LossTask::multiclass;
    if (loss.smooth) {
      expect_gradient(sample(40, 6, classes ? 2 : 0), {{7}, "tanh", Normalization::none, 0}, loss.name,
                      loss.task == LossTask::multiclass ? 2 : 1);
    }
  }
}

TEST(Network, KinkedActivationsHaveTheSlopesOfTheirPieces) {
  for (const std::string name : {"relu", "leaky_relu", "step"}) {
    activations::visit(*parse_activation(name), [&](const auto& activation) {
      for (const double x : {-2.0, -0.5, 0.5, 2.0}) {
        const double h = 1e-6;
        EXPECT_NEAR(activation.at(x).slope, (activation.at(x + h).value - activation.at(x - h).value) / (2 * h), 1e-9) << name;
      }
    });
  }
}

TEST(Network, ADualPassGivesTheHessianTimesADirection) {
  const Sample s = sample(24, 5, 3);
  const NetworkOptions options{{6, 4}, "gelu", Normalization::batch, 0};
  const auto loss = *make_loss("cross_entropy");
  auto plain = pass_of<double>(s, *loss, options, 3);
  auto dual = pass_of<Dual<double>>(s, *loss, options, 3);
  ThreadPool pool(2);
  const Reals theta = numbers(plain.parameters(), 1, 0.7);
  const Reals direction = numbers(plain.parameters(), 2, 1);
  std::vector<Dual<double>> point(theta.size());
  std::vector<Dual<double>> product(theta.size());
  std::transform(theta.begin(), theta.end(), direction.begin(), point.begin(), [](double x, double d) { return Dual<double>(x, d); });
  dual(s.order, point, product, training, pool);
  const auto gradient = [&](double h) {
    Reals moved = theta;
    for (std::size_t j = 0; j < moved.size(); ++j) {
      moved[j] += h * direction[j];
    }
    Reals g(theta.size());
    plain(s.order, moved, g, training, pool);
    return g;
  };
  const double h = 1e-3;
  const Reals near_up = gradient(h), near_down = gradient(-h), far_up = gradient(2 * h), far_down = gradient(-2 * h);
  const Reals here = gradient(0);
  for (std::size_t j = 0; j < theta.size(); ++j) {
    EXPECT_NEAR(product[j].value, here[j], 1e-12);
    EXPECT_NEAR(product[j].tangent, (8 * (near_up[j] - near_down[j]) - (far_up[j] - far_down[j])) / (12 * h), 1e-7);
  }
}

TEST(Network, EveryNumberOfThreadsGivesTheSameBits) {
  const Sample s = sample(300, 40, 3);
  const auto loss = *make_loss("cross_entropy");
  for (const auto normalization : {Normalization::none, Normalization::batch}) {
    std::vector<Reals> gradients;
    for (const std::size_t threads : {1U, 2U, 3U}) {
      auto pass = pass_of<double>(s, *loss, {{64, 33}, "silu", normalization, 0.5}, 3);
      ThreadPool pool(threads);
      Reals gradient(pass.parameters());
      pass(s.order, numbers(pass.parameters(), 1, 0.3), gradient, training, pool);
      gradients.push_back(gradient);
    }
    EXPECT_EQ(gradients[0], gradients[1]);
    EXPECT_EQ(gradients[0], gradients[2]);
  }
}

TEST(Network, SparseRowsGiveWhatDenseRowsGive) {
  Sample s = sample(50, 30, 3);
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    s.x[i] = i % 7 == 0 ? s.x[i] : 0;
  }
  std::vector<std::uint64_t> starts = {0};
  std::vector<std::uint32_t> columns;
  Reals values;
  for (std::size_t i = 0; i < s.y.size(); ++i) {
    for (std::size_t j = 0; j < s.features; ++j) {
      if (s.x[i * s.features + j] != 0) {
        columns.push_back(static_cast<std::uint32_t>(j));
        values.push_back(s.x[i * s.features + j]);
      }
    }
    starts.push_back(columns.size());
  }
  Rows<double> sparse = s.view();
  sparse.sparse = true;
  sparse.dense = {};
  sparse.starts = starts;
  sparse.columns = columns;
  sparse.values = values;
  const auto loss = *make_loss("cross_entropy");
  auto dense_pass = pass_of<double>(s, *loss, {{8}}, 3);
  NetworkPass<double> sparse_pass(sparse, loss.get(), OutputActivation::identity, make_network<double>({{8}}, 30, 3, true), 4096);
  ThreadPool pool(2);
  const Reals theta = numbers(dense_pass.parameters(), 1, 0.5);
  Reals dense_gradient(theta.size()), sparse_gradient(theta.size());
  EXPECT_NEAR(dense_pass(s.order, theta, dense_gradient, training, pool), sparse_pass(s.order, theta, sparse_gradient, training, pool),
              1e-13);
  for (std::size_t j = 0; j < theta.size(); ++j) {
    EXPECT_NEAR(dense_gradient[j], sparse_gradient[j], 1e-13);
  }
}

TEST(Network, DropoutKeepsTheMeanAndIsOffInPrediction) {
  const Sample s = sample(1, 4, 0);
  const auto loss = *make_loss("squared");
  auto with = pass_of<double>(s, *loss, {{500}, "identity", Normalization::none, 0.3}, 1);
  auto without = pass_of<double>(s, *loss, {{500}, "identity"}, 1);
  ThreadPool pool(1);
  const Reals theta(with.parameters(), 0.01);
  Reals a(1), b(1);
  with.scores(s.order, theta, a, pool);
  without.scores(s.order, theta, b, pool);
  EXPECT_EQ(a, b);
  double mean = 0;
  for (std::uint64_t step = 0; step < 400; ++step) {  // the slope of the head's bias is 2 (score - y) times the row's mean weight of 1
    Reals gradient(theta.size());
    with(s.order, theta, gradient, {true, 1, step}, pool);
    mean += (gradient.back() / 2 + s.y[0]) / 400;
  }
  EXPECT_NEAR(mean, b[0], 0.01 * std::abs(b[0]));
}

TEST(Network, RefusesWhatMakesNoSense) {
  EXPECT_FALSE(check_network({{0}}).has_value());
  EXPECT_FALSE(check_network({{4}, "rely"}).has_value());
  EXPECT_NE(check_network({{4}, "rely"}).error().message.find("relu"), std::string::npos);
  EXPECT_FALSE(check_network({{4}, "relu", Normalization::none, 1}).has_value());
}

Normalization normalization_named(const std::string& name) {
  return name == "batch" ? Normalization::batch : (name == "layer" ? Normalization::layer : Normalization::none);
}

TEST(Network, TwentyStepsAreThoseOfPyTorch) {
  std::ifstream file(FALLLINE_NETWORK_RECORDS);
  ASSERT_TRUE(file.good());
  const auto golden = nlohmann::json::parse(file);
  ThreadPool pool(2);
  std::size_t checked = 0;
  for (const auto& record : golden.at("records")) {
    const std::string name = record.at("activation").get<std::string>() + " " + record.at("normalization").get<std::string>() + " " +
                             record.at("loss").get<std::string>();
    Sample s;
    s.x = record.at("x").get<Reals>();
    s.y = record.at("y").get<Reals>();
    s.features = record.at("features");
    for (std::uint32_t i = 0; i < s.y.size(); ++i) {
      s.order.push_back(i);
    }
    NetworkOptions options;
    options.hidden = record.at("hidden").get<std::vector<std::size_t>>();
    options.activation = record.at("activation");
    options.normalization = normalization_named(record.at("normalization"));
    const auto loss = *make_loss(record.at("loss").get<std::string>());
    auto pass = pass_of<double>(s, *loss, options, record.at("outputs"));
    Reals theta = record.at("start").get<Reals>();
    Reals gradient(theta.size());
    ASSERT_EQ(theta.size(), pass.parameters()) << name;
    for (const double value : record.at("losses")) {
      EXPECT_NEAR(pass(s.order, theta, gradient, training, pool), value, 1e-11 * std::max(1.0, std::abs(value))) << name;
      for (std::size_t j = 0; j < theta.size(); ++j) {
        theta[j] -= record.at("learning_rate").get<double>() * gradient[j];
      }
    }
    const Reals end = record.at("end").get<Reals>();
    for (std::size_t j = 0; j < theta.size(); ++j) {
      EXPECT_NEAR(theta[j], end[j], 1e-11 * std::max(1.0, std::abs(end[j]))) << name;
    }
    Reals running;
    for (auto& placed : pass.network().layers) {
      for (const auto& [buffer, values] : placed.layer->buffers()) {
        running.insert(running.end(), values.begin(), values.end());
      }
    }
    const Reals expected = record.at("running").get<Reals>();
    ASSERT_EQ(running.size(), expected.size()) << name;
    for (std::size_t j = 0; j < running.size(); ++j) {
      EXPECT_NEAR(running[j], expected[j], 1e-11) << name;
    }
    ++checked;
  }
  EXPECT_EQ(checked, 25U);
}

}  // namespace
}  // namespace fallline
