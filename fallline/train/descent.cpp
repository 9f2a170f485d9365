// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/descent.hpp"

namespace fallline {

namespace {

constexpr std::size_t columns = 11;

/// visit(number) for each column of the record.
template <class Record, class Visit>
void each_column(Record& record, Visit visit) {
  visit(record.last.step);
  visit(record.last.epoch);
  visit(record.last.rows_seen);
  visit(record.last.learning_rate);
  visit(record.last.train_loss);
  visit(record.last.gradient_norm);
  visit(record.last.update_norm);
  visit(record.train_loss);
  visit(record.objective);
  visit(record.validation_loss);
  visit(record.validation_metric);
}

}  // namespace

std::vector<double> history_numbers(const std::vector<EpochRecord>& history) {
  std::vector<double> numbers;
  numbers.reserve(history.size() * columns);
  for (const EpochRecord& record : history) {
    each_column(record, [&](auto number) { numbers.push_back(static_cast<double>(number)); });
  }
  return numbers;
}

std::vector<EpochRecord> history_of(const std::vector<double>& numbers) {
  std::vector<EpochRecord> history(numbers.size() / columns);
  std::size_t next = 0;
  for (EpochRecord& record : history) {
    each_column(record, [&]<class N>(N& number) { number = static_cast<N>(numbers[next++]); });
  }
  return history;
}

}  // namespace fallline
