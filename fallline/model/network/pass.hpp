// SPDX-License-Identifier: Apache-2.0
// NetworkPass: loss and gradient of a network over a batch, forward and back. Rows are cut into stretches whose number depends on the batch
// alone; the products with the first matrix and its gradient are cut by its inputs, so that a thread meets the same weights step after
// step; gradients of parameters are cut by inputs. Every part is done whole by one thread, so the bits do not depend on their number.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "fallline/math/thread_pool.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/model/network/network.hpp"
#include "fallline/model/pass.hpp"

namespace fallline {

template <class T>
class NetworkPass final : public Pass<T> {
 public:
  /// The views must outlive the pass. loss: null for scores alone. most_rows: the largest batch that is run at once; larger ones are run in
  /// slabs, unless the network mixes the rows of a batch.
  NetworkPass(const Rows<real_of<T>>& rows, const Loss* loss, OutputActivation activation, Network<T> network, std::size_t most_rows);
  /// rows: some of those that `whole` tells of, or none yet.
  NetworkPass(const Rows<real_of<T>>& rows, const Whole& whole, const Loss* loss, OutputActivation activation, Network<T> network,
              std::size_t most_rows);

  std::size_t parameters() const { return network_.parameters; }
  Network<T>& network() { return network_; }

  sum_of<T> operator()(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> gradient, const Mode& mode,
                       ThreadPool& pool) override;

  void read(const Rows<real_of<T>>& rows) override { rows_ = rows; }

  /// Whether passes of training count what their units do; off unless said.
  void watch_units(bool on) { watched_ = on; }
  /// Of every hidden activation since the counts were last forgotten.
  std::vector<UnitActivity> units() const;
  void forget_units();

  /// Scores of the rows, [rows, outputs], as in prediction.
  void scores(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> out, ThreadPool& pool);

 private:
  struct Part {  // of the gradient of a layer
    std::size_t layer;
    std::size_t part;
    std::size_t parts;
  };
  struct Head {  // of one stretch
    std::vector<T> scores;
    std::vector<T> target;
    std::vector<T> weight;
    sum_of<T> loss = sum_of<T>(0);
  };

  void slab(std::span<const std::uint32_t> order, std::span<const T> theta, bool with_loss, bool with_gradient, bool add,
            std::span<T> gradient, const Mode& mode, ThreadPool& pool);
  void plan();
  void gather(network::Stretch rows, network::Stretch columns);
  void first_half_layer(std::size_t half, std::span<const T> theta, network::Stretch rows);
  void join_halves(network::Stretch rows);
  bool halved() const { return !rows_.sparse && network_.layers.front().layer->half_of_inputs(0).last > 0; }
  void forward(std::size_t first, std::size_t last, std::span<const T> theta, network::Stretch rows, const Mode& mode);
  void backward(std::size_t first, std::size_t last, std::span<const T> theta, network::Stretch rows, const Mode& mode);
  void head(network::Stretch rows, Head& head);
  void gradients(std::span<T> gradient, bool add, ThreadPool& pool);
  network::Input<T> input(std::size_t layer) const;
  std::span<const T> own(std::span<const T> theta, std::size_t layer) const;
  Mat<T> output(std::size_t layer) { return {values_[layer].data(), batch_, network_.layers[layer].layer->outputs()}; }
  Mat<T> slope(std::size_t layer) { return {slopes_[layer].data(), batch_, network_.layers[layer].layer->outputs()}; }

  Rows<real_of<T>> rows_;
  const Loss* loss_;
  OutputActivation activation_;
  Network<T> network_;
  std::size_t most_rows_;
  real_of<T> mean_weight_ = 1;
  std::size_t planned_ = 0;
  bool watched_ = false;

  std::span<const std::uint32_t> order_;  // of the batch in work
  std::size_t batch_ = 0;
  T scale_ = T(1);                        // of the slopes: one over rows times mean weight of the whole batch
  std::vector<T> gathered_;               // [batch, features] where not sparse
  std::array<std::vector<T>, 2> halves_;  // [batch, outputs] of the first layer where it is run by halves
  std::vector<std::vector<T>> values_;    // [batch, outputs] of each layer
  std::vector<std::vector<T>> slopes_;
  std::vector<Head> heads_;
  std::vector<std::size_t> barriers_ = {0};  // layers before which all rows have to be there
  std::vector<Part> parts_;                  // by place in their layer: the first half of each falls to the first threads
};

}  // namespace fallline
