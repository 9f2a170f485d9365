// SPDX-License-Identifier: Apache-2.0
// Problem<T>: the function that a training run minimises. It holds the rows (training and held out), the target in the units that training
// works in, the loss and the penalties, and turns parameters back into a model in the units of the data.
//
// Units: a regression target is shifted and divided by its spread s before training. A loss of degree d satisfies l(s p, s y) = s^d l(p,
// y), so objective(original) = s^d objective(internal) holds exactly when l2 becomes l2 s^(2-d) and l1 becomes l1 s^(1-d).
//
// Several targets have a spread each, and what is minimised is the mean over them of the losses in internal units, so that none is lost
// beside one with larger numbers. For penalties, and wherever a single number has to be brought into units of the data, s is the geometric
// mean of the spreads; the loss that a run ends with is told exactly, each target's in its own units (FullLook::told_loss).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "fallline/data/dataset.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/model/network/pass.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/parameters.hpp"
#include "fallline/train/feed.hpp"
#include "fallline/train/train.hpp"

namespace fallline {

/// Loss and objective at one point, in internal units. gradient_norm: of the objective, the shortest subgradient where l1 > 0.
/// told: the same in the units of the data.
struct FullLook {
  double loss = 0;
  double objective = 0;
  double gradient_norm = 0;
  double told_loss = 0;
  double told_objective = 0;
};

template <class T>
class Problem {
 public:
  /// model: resolved. The data must outlive the problem.
  Problem(const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model, const TrainOptions& options, ThreadPool& pool);

  const LossInfo& loss() const { return loss_->info(); }
  const Loss& loss_function() const { return *loss_; }
  OutputActivation activation() const { return activation_; }
  /// The chain's options with the penalties in internal units.
  const ChainOptions& chain() const { return chain_; }
  /// Those that training works on: of sparse rows the ones that occur.
  std::size_t features() const { return feed_.kind().features; }
  /// Which feature of the data the j-th of them is.
  std::size_t feature_of_data(std::size_t j) const { return feed_.occupied().features.empty() ? j : feed_.occupied().features[j]; }
  std::size_t outputs() const { return outputs_; }
  bool intercept() const { return intercept_; }
  Feed<T>& feed() { return feed_; }
  const Feed<T>& feed() const { return feed_; }
  /// How many are trained on, or held out.
  std::size_t rows(Part part) const { return feed_.part(part).size(); }
  ThreadPool& pool() const { return pool_; }

  /// The order of the training rows, epoch by epoch.
  RowOrder order(Purpose purpose, bool shuffle) { return feed_.order(seed_, purpose, shuffle); }

  bool has_hidden_layers() const { return network_ != nullptr; }
  /// A network whose rows mix, or drop out by their place in the batch.
  bool takes_full_batch_at_once() const;

  /// How the parameters lie. Linear models: "weights" [outputs, features] and "intercept" [outputs]; networks: those of their layers.
  const std::vector<TensorInfo>& tensors() const { return tensors_; }
  std::size_t parameters() const { return parameters_; }

  /// Where training starts: zeros, or the weights drawn for a network, or what options.start gives. Sets the buffers to what they are
  /// there.
  Parameters<T> start();
  /// Whether options.start may be this model.
  bool fits(const LinearModel& model) const;
  /// A look at the start for others to be measured by. Where the start was given, which may be a minimum already, gradient norm and (if
  /// larger) loss are those of a fresh start.
  FullLook first_look(std::span<const T> theta);

  /// What training changes besides parameters (running statistics of batch normalisation), layer after layer; empty for most models.
  std::vector<T> buffers() const;
  void set_buffers(std::span<const T> values);

  /// Hidden units are watched from here on; what was counted since it was last forgotten, none of models without hidden layers.
  void watch_units();
  std::vector<UnitActivity> units() const;
  void forget_units();

  /// Mean loss over the rows and its gradient (empty: loss alone), without penalties, as in prediction: no dropout, fixed statistics.
  double batch(std::span<const std::uint32_t> rows, std::span<const T> theta, std::span<T> gradient);
  double batch(Part part, std::span<const T> theta, std::span<T> gradient);
  /// The same in training; what is drawn at random is a function of the seed and `step`.
  double training_batch(std::span<const std::uint32_t> rows, std::span<const T> theta, std::span<T> gradient, std::int64_t step);
  /// Rows that lie elsewhere, of the same kind.
  double training_batch(const Picked<T>& rows, std::span<const T> theta, std::span<T> gradient, std::int64_t step);
  /// All training rows as one batch.
  double training_batch(std::span<const T> theta, std::span<T> gradient, std::int64_t step);

  /// Accuracy of the rows for classes, root mean squared error in the units of the data for numbers (its mean over several targets).
  /// most: no more than the first so many rows are looked at.
  double metric(Part part, std::span<const T> theta, std::size_t most = std::numeric_limits<std::size_t>::max());

  /// Over all training rows, penalties included.
  FullLook look(std::span<const T> theta);

  /// Whether the loss has a kink that can be rounded off.
  bool can_soften() const { return loss_->softened(1) != nullptr; }
  /// From here on value_and_gradient sees the loss with its kink rounded off over `width`, a little below the loss itself.
  void soften(double width);

  /// Objective and gradient of the smooth part (loss and L2) over all training rows at theta in double, for methods with a closure.
  double value_and_gradient(std::span<const double> theta, std::span<double> gradient);

  double penalty(std::span<const T> theta) const;

  /// The k-th target is centers()[k] + spreads()[k] x what training works with.
  const std::vector<double>& centers() const { return center_; }
  const std::vector<double>& spreads() const { return spread_; }

  /// A loss or objective in the units of the data; of several targets only roughly, as told above.
  double in_data_units(double internal) const { return internal * unit_; }

  /// The loss over the rows, as `batch` gives it, in the units of the data: the mean over the targets of each one's in its own.
  double told_loss(Part part, std::span<const T> theta, double internal);

  /// Over all features of the data, in its units.
  LinearModel model(std::span<const T> theta) const;

 private:
  void scale_target(const TargetCoding& target);
  double target_in_data_units(const Rows<T>& rows, std::size_t row, std::size_t c) const;
  std::unique_ptr<Pass<T>> make_pass(const Loss& loss);
  double batch(const Picked<T>& rows, std::span<const T> theta, std::span<T> gradient, const Mode& mode);
  double over(Pass<T>& pass, Part part, std::span<const T> theta, std::span<T> gradient, const Mode& mode);
  /// Calls visit(rows, numbers of some of them, their scores) until all rows of the part have been visited, or the first of them.
  template <class Visit>
  void visit_scores(Part part, std::size_t most, std::span<const T> theta, Visit visit);
  /// Calls visit(place, penalised) for every parameter.
  template <class Visit>
  void visit_parameters(Visit visit) const;
  /// As `model`, over the features that training works on.
  LinearModel working_model(std::span<const T> theta) const;
  HiddenLayers hidden_layers(std::span<const T> theta) const;
  void widen(std::vector<double>& weights, std::size_t units) const;
  std::vector<double> numbers_of(const LinearModel& model) const;
  Parameters<T> fresh_start();

  Feed<T> feed_;
  std::size_t data_features_ = 0;
  ModelOptions options_;
  std::unique_ptr<Loss> loss_;
  ChainOptions chain_;
  OutputActivation activation_ = OutputActivation::identity;
  OutputActivation model_activation_ = OutputActivation::identity;
  std::size_t outputs_ = 1;
  bool intercept_ = true;
  std::vector<double> center_;  // one an output, as are spreads
  std::vector<double> spread_;
  double unit_ = 1;  // spread^degree
  HeadKind head_ = HeadKind::value;
  std::string data_loss_;                 // the loss in the units of the data
  std::vector<std::string> data_losses_;  // of several targets, each one's
  ThreadPool& pool_;
  std::vector<TensorInfo> tensors_;
  std::size_t parameters_ = 0;
  std::uint64_t seed_ = 0;
  std::optional<LinearModel> given_;  // start
  std::unique_ptr<Pass<T>> pass_;
  NetworkPass<T>* network_ = nullptr;  // pass_ where it is one
  std::unique_ptr<Loss> soft_loss_;
  std::unique_ptr<Pass<T>> soft_pass_;
  std::vector<T> gradient_;
  std::vector<T> theta_;
};

}  // namespace fallline
