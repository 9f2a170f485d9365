// SPDX-License-Identifier: Apache-2.0
// NetworkPass: loss and gradient of a network over a batch, forward and back. Rows are cut into stretches whose number depends on the batch
// alone; gradients of parameters are cut by inputs. Every part is done whole by one thread, so the bits do not depend on their number.
#pragma once

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

  std::size_t parameters() const { return network_.parameters; }
  Network<T>& network() { return network_; }

  sum_of<T> operator()(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> gradient, const Mode& mode,
                       ThreadPool& pool) override;

  /// From here on rows are read from these, of as many features.
  void read(const Rows<real_of<T>>& rows) { rows_ = rows; }

  /// Scores of the rows, [rows, outputs], as in prediction.
  void scores(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> out, ThreadPool& pool);

 private:
  struct Task;
  struct Head {  // of one stretch
    std::vector<T> scores;
    std::vector<T> target;
    std::vector<T> weight;
    sum_of<T> loss = sum_of<T>(0);
  };

  void slab(std::span<const std::uint32_t> order, std::span<const T> theta, bool with_loss, bool with_gradient, bool add,
            std::span<T> gradient, const Mode& mode, ThreadPool& pool);
  void gather(network::Stretch rows);
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

  std::span<const std::uint32_t> order_;  // of the batch in work
  std::size_t batch_ = 0;
  T scale_ = T(1);                      // of the slopes: one over rows times mean weight of the whole batch
  std::vector<T> gathered_;             // [batch, features] where not sparse
  std::vector<std::vector<T>> values_;  // [batch, outputs] of each layer
  std::vector<std::vector<T>> slopes_;
  std::vector<Head> heads_;
};

}  // namespace fallline
