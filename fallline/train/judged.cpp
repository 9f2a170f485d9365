// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/judged.hpp"

#include <cmath>
#include <span>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {

/// Calls f with each vector but the scores, in the order in which they stand in a file.
template <class Block, class F>
void each_array(Block& block, const F& f) {
  f(block.weight);
  f(block.target);
  f(block.predicted);
  f(block.loss);
  f(block.truth);
  f(block.guess);
  f(block.log_loss);
  f(block.probability);
}

}  // namespace

/// Half of what there is, so that sorting has the other.
bool Judged::stays(std::uint64_t bytes) {
  const Memory* const memory = share_.memory();
  const bool half_is_left = memory == nullptr || (memory->has_room(2 * bytes) && 2 * (share_.taken() + bytes) <= memory->room());
  return !file_ && half_is_left && share_.take(bytes);
}

Result<void> Judged::append(JudgedRows block) {
  block.first = rows;
  rows += block.rows;
  std::uint64_t bytes = block.scores.size() * sizeof(double);
  each_array(block, [&](const auto& array) { bytes += array.size() * sizeof(array[0]); });
  if (stays(bytes)) {
    blocks_.push_back({std::move(block), 0, 0});
    return {};
  }
  if (!file_) {
    auto file = ScratchFile::create(*memory());
    if (!file) {
      return file.error();
    }
    file_ = std::move(*file);
  }
  Kept kept;
  kept.block.first = block.first;
  kept.block.rows = block.rows;
  kept.at = file_->size();
  Result<void> well;
  const auto put = [&](const auto& array) {
    const auto at = well ? file_->append(std::as_bytes(std::span(array))) : Result<std::uint64_t>(well.error());
    well = at ? Result<void>() : at.error();
  };
  each_array(block, put);
  kept.scores_at = file_->size();
  put(block.scores);
  blocks_.push_back(std::move(kept));
  return well;
}

Result<void> Judged::read(const Kept& kept, JudgedRows& block) const {
  block.first = kept.block.first;
  block.rows = kept.block.rows;
  const bool numbers = classes == 0;
  block.weight.resize(block.rows);
  for (std::vector<double>* array : {&block.target, &block.predicted, &block.loss}) {
    array->resize(numbers ? targets * block.rows : 0);
  }
  for (std::vector<std::uint32_t>* array : {&block.truth, &block.guess}) {
    array->resize(numbers ? 0 : block.rows);
  }
  for (std::vector<double>* array : {&block.log_loss, &block.probability}) {
    array->resize(probabilities ? block.rows : 0);
  }
  std::uint64_t at = kept.at;
  Result<void> well;
  each_array(block, [&](auto& array) {
    const std::span<std::byte> bytes = std::as_writable_bytes(std::span(array));
    well = well ? file_->read(at, bytes) : well;
    at += bytes.size();
  });
  expects(at == kept.scores_at, "a block is read as it was written");
  return well;
}

Result<void> Judged::each_with_scores(std::optional<std::size_t> k, const VisitScores& visit) const {
  JudgedRows block;
  std::vector<double> scores;
  for (const Kept& kept : blocks_) {
    const std::size_t count = kept.block.rows;
    if (!kept.block.weight.empty()) {
      visit(kept.block, k ? std::span(kept.block.scores).subspan(*k * count, count) : std::span<const double>());
      continue;
    }
    Result<void> well = read(kept, block);
    if (well && k) {
      scores.resize(count);
      well = file_->read(kept.scores_at + *k * count * sizeof(double), std::as_writable_bytes(std::span(scores)));
    }
    if (!well) {
      return well;
    }
    visit(block, scores);
  }
  return {};
}

void Judged::each(const std::function<void(const JudgedRows& rows)>& visit) const {
  faults_.add(each_with_scores(std::nullopt, [&](const JudgedRows& some, std::span<const double>) { visit(some); }));
}

std::shared_ptr<const Ranking> Judged::ranking(std::size_t k) const {
  if (k < rankings_.size()) {
    return rankings_[k];
  }
  auto ranking = std::make_shared<Ranking>(memory());
  const std::uint32_t of = ranked_class(k);
  Result<void> added;
  faults_.add(each_with_scores(k, [&](const JudgedRows& some, std::span<const double> scores) {
    for (std::size_t i = 0; i < some.rows && added; ++i) {
      added = ranking->add({scores[i], some.weight[i], static_cast<std::uint32_t>(some.first + i), some.truth[i] == of});
    }
  }));
  faults_.add(added);
  faults_.add(ranking->finish());
  return ranking;
}

void Judged::keep_rankings(ThreadPool& pool) {
  std::vector<std::shared_ptr<const Ranking>> all(ranked());
  pool.run(all.size(), [&](std::size_t k) { all[k] = ranking(k); });
  rankings_ = std::move(all);
}

std::shared_ptr<const Ranking> Judged::residuals(std::size_t target) const {
  auto ranking = std::make_shared<Ranking>(memory());
  bool numbers = true;
  Result<void> added;
  each([&](const JudgedRows& some) {
    for (std::size_t i = 0; i < some.rows && added; ++i) {
      const std::size_t at = target * some.rows + i;
      const double residual = some.target[at] - some.predicted[at];
      numbers = numbers && !std::isnan(residual);
      added = numbers ? ranking->add({residual, some.weight[i], static_cast<std::uint32_t>(some.first + i), false}) : added;
    }
  });
  faults_.add(added);
  faults_.add(ranking->finish());
  return numbers ? ranking : std::make_shared<const Ranking>(memory());
}

}  // namespace fallline
