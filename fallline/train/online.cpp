// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/online.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "fallline/base/expects.hpp"
#include "fallline/optim/schedule.hpp"
#include "fallline/train/checkpoint_state.hpp"
#include "fallline/train/online_judge.hpp"
#include "fallline/train/rule_steps.hpp"

namespace fallline {

namespace {

constexpr double exploded = 1e8;             // a loss this many times that of the first rows will not come back
constexpr std::int64_t rows_to_expect = 32;  // whose largest loss is that

/// Two rows without entries and with targets as far apart as those of the stream: all that a problem needs to know of its data.
template <class T>
Dataset<T> stand_in(const OnlineShape& shape, const TargetCoding& target) {
  Dataset<T> data;
  data.rows = 2;
  data.features = shape.features;
  data.sparse = shape.sparse;
  data.stride = shape.sparse ? 0 : shape.features;
  data.dense.assign(2 * data.stride, T(0));
  data.starts.assign(shape.sparse ? 3 : 0, 0);
  data.targets = target.classification ? 1 : target.count();
  for (const double side : {-1.0, 1.0}) {
    for (std::size_t k = 0; k < data.targets; ++k) {
      const double deviation = k < shape.deviations.size() ? shape.deviations[k] : target.column(k).spread;
      data.target.push_back(target.classification ? T(0) : static_cast<T>(target.column(k).center + side * deviation));
    }
  }
  return data;
}

}  // namespace

template <class T>
OnlineShape online_shape(const Dataset<T>& first, const TargetCoding& target) {
  OnlineShape shape{first.features, first.sparse, {}, mean_weight(first.view())};
  for (std::size_t k = 0; k < (target.classification ? 0 : first.targets); ++k) {
    const auto rows = static_cast<double>(first.rows);
    double mean = 0;
    double square = 0;
    for (std::size_t i = 0; i < first.rows; ++i) {
      mean += static_cast<double>(first.target[i * first.targets + k]) / rows;
    }
    for (std::size_t i = 0; i < first.rows; ++i) {
      const double residual = static_cast<double>(first.target[i * first.targets + k]) - mean;
      square += residual * residual / rows;
    }
    shape.deviations.push_back(square > 0 ? std::sqrt(square) : 1);
  }
  return shape;
}

template <class T>
struct OnlineTrainer<T>::Parts {
  Parts(const OnlineSetup& setup, const Plan& of, ThreadPool& threads)
      : plan(of),
        network(!setup.model.network.hidden.empty()),
        pool(threads),
        data(stand_in<T>(setup.shape, setup.target)),
        problem(data, setup.target, setup.model, setup.options, threads),
        batch(setup.shape, problem, data.targets, plan.batch_size) {}

  Result<void> begin(const OnlineSetup& setup) {
    if (setup.options.start && !problem.fits(*setup.options.start)) {
      return usage_error("The model to start from has another shape than the one that is trained.");
    }
    ChainOptions chain = problem.chain();
    chain.average = plan.average == Average::off ? chain.average : plan.average;
    auto made = make_rule_steps<T>(problem, plan.optimizer, chain, plan.batch_size, {}, Sparse::where_possible);
    auto course = make_schedule(plan.schedule, std::max<std::int64_t>(1, plan.steps / std::max<std::int64_t>(1, chain.accumulate)));
    if (!made || !course) {
      return made ? course.error() : made.error();
    }
    steps = std::move(*made);
    schedule = std::move(*course);
    theta = problem.start();
    steps->start(theta);
    judge.emplace(problem.model(theta.values()), problem.activation());
    all = OnlineSums(judge->metrics());
    recent = all;
    return {};
  }

  /// [rows of the batch, outputs] in double, in the units of the data.
  std::vector<double> scores() const {
    const Rows<T> rows = batch.view();
    if (network) {
      return linear_scores<T>(problem.model(theta.values()), rows, batch.order(), pool);
    }
    const std::size_t outputs = problem.outputs();
    const std::span<const T> values = theta.values();
    const std::span<const T> intercepts = values.subspan(outputs * rows.features);
    std::vector<double> scores;
    scores.reserve(batch.size() * outputs);
    for (const std::uint32_t i : batch.order()) {
      for (std::size_t c = 0; c < outputs; ++c) {
        const double score = product(rows, i, values.subspan(c * rows.features, rows.features)) +
                             (intercepts.empty() ? 0 : static_cast<double>(intercepts[c]));
        scores.push_back(score * problem.spreads()[c] + problem.centers()[c]);
      }
    }
    return scores;
  }

  static double product(const Rows<T>& rows, std::size_t i, std::span<const T> weights) {
    double sum = 0;
    if (rows.sparse) {
      for (std::uint64_t e = rows.starts[i]; e < rows.starts[i + 1]; ++e) {
        sum += static_cast<double>(rows.values[e]) * static_cast<double>(weights[rows.columns[e]]);
      }
      return sum;
    }
    const auto row = rows.dense.row(i);
    for (std::size_t j = 0; j < weights.size(); ++j) {
      sum += static_cast<double>(row[j]) * static_cast<double>(weights[j]);
    }
    return sum;
  }

  /// The mean loss of the batch's rows as the weights predict them now.
  double predict() {
    const std::vector<double> all_scores = scores();
    const std::size_t outputs = problem.outputs();
    std::vector<double> targets(data.targets);
    double sum = 0;
    for (const std::uint32_t i : batch.order()) {
      for (std::size_t k = 0; k < targets.size(); ++k) {
        targets[k] = batch.target(i, k);
      }
      const double loss = judge->judge(std::span(all_scores).subspan(i * outputs, outputs), targets, batch.weight(i), all, recent);
      first_loss = seen++ < rows_to_expect ? std::max(first_loss, loss) : first_loss;
      sum += loss;
    }
    return sum / static_cast<double>(batch.size());
  }

  /// Predicts the batch and then learns it.
  Taken learn() {
    const std::int64_t done = steps->steps();
    const double rate = schedule.rate(done, plan.learning_rate);
    if (schedule.momentum) {
      steps->set_momentum(schedule.momentum(done));
    }
    steps->loss(Picked<T>{batch.view(), batch.order()}, theta, record.step);  // brings theta up to date where the rows touch it
    const double loss = predict();
    const bool sane = std::isfinite(loss) && (first_loss <= 0 || loss <= exploded * first_loss);
    const StepReport report = sane ? steps->step(theta, rate) : StepReport{.finite = false, .stepped = false};
    record = {record.step + 1,   1, record.rows_seen + static_cast<std::int64_t>(batch.size()), rate, loss, report.gradient_norm,
              report.update_norm};
    batch.clear();
    return report.finite ? Taken::learnt : Taken::diverged;
  }

  template <class Archive>
  void state(Archive& archive) {
    archive("theta", theta.values());
    archive("optimizer", *steps);
    archive("steps", record.step);
    archive("rows_seen", record.rows_seen);
    archive("learning_rate", record.learning_rate);
    archive("train_loss", record.train_loss);
    archive("gradient_norm", record.gradient_norm);
    archive("update_norm", record.update_norm);
    archive("first_loss", first_loss);
    archive("seen", seen);
    archive("widest", widest);
    all.state(archive, "progressive");
    recent.state(archive, "recent");
    batch.state(archive);
  }

  Plan plan;
  bool network;
  ThreadPool& pool;
  Dataset<T> data;
  Problem<T> problem;
  OnlineBatch<T> batch;
  std::unique_ptr<RuleSteps<T>> steps;
  Schedule schedule;
  Parameters<T> theta;
  std::optional<OnlineJudge> judge;
  OnlineSums all;
  OnlineSums recent;
  StepRecord record;
  double first_loss = 0;
  std::int64_t seen = 0;
  std::size_t widest = 0;
};

template <class T>
OnlineTrainer<T>::OnlineTrainer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

template <class T>
OnlineTrainer<T>::~OnlineTrainer() = default;

template <class T>
Result<std::unique_ptr<OnlineTrainer<T>>> OnlineTrainer<T>::create(const OnlineSetup& setup, const Plan& plan, ThreadPool& pool) {
  expects(plan.batch_size > 0, "a plan has a batch size");
  auto parts = std::make_unique<Parts>(setup, plan, pool);
  if (const Result<void> begun = parts->begin(setup); !begun) {
    return begun.error();
  }
  return std::unique_ptr<OnlineTrainer>(new OnlineTrainer(std::move(parts)));
}

template <class T>
Taken OnlineTrainer<T>::add(const Rows<T>& rows, std::size_t i) {
  parts_->batch.add(rows, i);
  if (!rows.sparse) {
    parts_->widest = rows.features;
  } else if (rows.starts[i + 1] > rows.starts[i]) {
    parts_->widest = std::max<std::size_t>(parts_->widest, rows.columns[rows.starts[i + 1] - 1] + std::size_t{1});
  }
  return parts_->batch.full() ? parts_->learn() : Taken::waits;
}

template <class T>
Taken OnlineTrainer<T>::learn_rest() {
  return parts_->batch.size() > 0 ? parts_->learn() : Taken::waits;
}

template <class T>
std::size_t OnlineTrainer<T>::waiting() const {
  return parts_->batch.size();
}

template <class T>
Progressive OnlineTrainer<T>::progressive() const {
  return parts_->all.means(parts_->judge->roots());
}

template <class T>
Progressive OnlineTrainer<T>::recent() const {
  return parts_->recent.means(parts_->judge->roots());
}

template <class T>
void OnlineTrainer<T>::begin_recent() {
  parts_->recent = OnlineSums(parts_->judge->metrics());
}

template <class T>
const StepRecord& OnlineTrainer<T>::last() const {
  return parts_->record;
}

template <class T>
std::size_t OnlineTrainer<T>::widest() const {
  return parts_->widest;
}

template <class T>
LinearModel OnlineTrainer<T>::model() const {
  return parts_->problem.model(parts_->steps->evaluation(parts_->theta).values());
}

template <class T>
std::vector<StateArray> OnlineTrainer<T>::save() const {
  Checkpoint state;
  StateWriter writer(state);
  parts_->state(writer);
  return std::move(state.arrays);
}

template <class T>
Result<void> OnlineTrainer<T>::restore(const std::vector<StateArray>& state) {
  const Checkpoint kept{{}, state};
  StateReader reader(kept);
  parts_->state(reader);
  if (!reader.well()) {
    return reader.well();
  }
  if (!parts_->batch.sound()) {
    return data_error("The checkpoint holds rows of another shape. It was written by another run or changed.");
  }
  return {};
}

template OnlineShape online_shape(const Dataset<float>&, const TargetCoding&);
template OnlineShape online_shape(const Dataset<double>&, const TargetCoding&);
template class OnlineTrainer<float>;
template class OnlineTrainer<double>;

}  // namespace fallline
