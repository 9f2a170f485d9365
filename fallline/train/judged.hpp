// SPDX-License-Identifier: Apache-2.0
// Rows as a model judged them: all that metrics are worked out of, worked out once, in blocks of rows that stay in memory or, where the run
// has no room for them, in a scratch file. Weights come with each question, so that a bootstrap asks the same rows again with other
// weights.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/scratch.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/kept/stash.hpp"
#include "fallline/train/evaluate.hpp"
#include "fallline/train/ranking.hpp"

namespace fallline {

/// Some neighbouring rows. Vectors are [rows] and empty where they do not apply.
struct JudgedRows {
  std::size_t first = 0;
  std::size_t rows = 0;
  std::vector<double> weight;

  // numbers, [targets][rows]
  std::vector<double> target;
  std::vector<double> predicted;
  std::vector<double> loss;  // the model's own

  // classes
  std::vector<std::uint32_t> truth;
  std::vector<std::uint32_t> guess;
  std::vector<double> log_loss;     // where the model has probabilities
  std::vector<double> probability;  // two classes: of the second; more: of the guessed one
  std::vector<double> scores;       // [ranked classes][rows], what orders the rows for a class
};

/// By row of the data; null: each row's own.
using Weights = const std::vector<double>*;
inline double weight_of(const JudgedRows& rows, std::size_t i, Weights weight) {
  return weight != nullptr ? (*weight)[rows.first + i] : rows.weight[i];
}

class Judged {
 public:
  std::size_t rows = 0;
  std::size_t targets = 1;
  std::size_t classes = 0;
  bool probabilities = false;
  bool ordered = true;  // every score is a number, so that rows have an order

  /// memory: the ceiling, which outlives this; null: none.
  explicit Judged(Memory* memory) : share_(memory) {}
  Judged(const Judged&) = delete;
  Judged& operator=(const Judged&) = delete;

  Result<void> append(JudgedRows block);

  /// All blocks in their order, without scores where they are in a file.
  void each(const std::function<void(const JudgedRows& rows)>& visit) const;

  /// The classes that the area under the curve is worked out for: of two the second; of more each; none where a score is no number.
  std::size_t ranked() const { return !ordered || classes == 0 ? 0 : classes == 2 ? 1 : classes; }
  std::uint32_t ranked_class(std::size_t k) const { return static_cast<std::uint32_t>(classes == 2 ? 1 : k); }
  /// The rows by their scores for the k-th of them.
  std::shared_ptr<const Ranking> ranking(std::size_t k) const;
  /// Works out all rankings once, for questions to come.
  void keep_rankings(ThreadPool& pool);
  /// The rows by target - prediction; none where one of these is no number.
  std::shared_ptr<const Ranking> residuals(std::size_t target) const;
  void walk(const Ranking& ranking, const Ranking::Visit& visit) const { faults_.add(ranking.each(visit)); }

  Memory* memory() const { return share_.memory(); }
  bool in_file() const { return file_ != nullptr; }
  /// The first fault of reading or sorting; what was worked out since is not to be used.
  Result<void> fault() const { return faults_.result(); }

 private:
  struct Kept {
    JudgedRows block;  // without its vectors where they are in the file
    std::uint64_t at = 0;
    std::uint64_t scores_at = 0;
  };
  using VisitScores = std::function<void(const JudgedRows& rows, std::span<const double> scores)>;

  bool stays(std::uint64_t bytes);
  Result<void> read(const Kept& kept, JudgedRows& block) const;
  Result<void> each_with_scores(std::optional<std::size_t> k, const VisitScores& visit) const;

  MemoryShare share_;
  std::vector<Kept> blocks_;
  std::unique_ptr<ScratchFile> file_;
  std::vector<std::shared_ptr<const Ranking>> rankings_;
  mutable kept::Faults faults_;
};

/// Fills `judged`, which is empty.
template <class T>
Result<void> judge(const Model& model, const Dataset<T>& data, ThreadPool& pool, Judged& judged);

using NamedValues = std::vector<std::pair<std::string, double>>;

/// The metrics in the order of surfaces.
NamedValues values_of(const Judged& judged, Weights weight);

/// Those of one target.
NamedValues number_values(const Judged& judged, Weights weight, std::size_t target);

/// For each metric the 2.5% and 97.5% quantiles over `replicates` samples of the rows with replacement (Efron 1979). The same for any
/// number of threads. no_room where a ceiling leaves none for the weights of the rows.
Result<std::vector<ConfidenceInterval>> bootstrap(const Judged& judged, std::int64_t replicates, std::uint64_t seed, ThreadPool& pool);

std::vector<std::vector<std::int64_t>> confusion_of(const Judged& judged);
std::vector<ClassReport> class_reports(const Judged& judged);
Calibration calibration_of(const Judged& judged);
NamedValues residual_quantiles(const Judged& judged, std::size_t target);

}  // namespace fallline
