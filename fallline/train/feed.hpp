// SPDX-License-Identifier: Apache-2.0
// Feed<T>: the rows of a data set as training sees them, whether they are in memory or in a file: of sparse ones the columns that occur,
// the target in internal units. They come as batches by their numbers, or all of a part, segment after segment. A segment is a fixed number
// of neighbouring rows, about 64 MiB, so that sums over all rows are the same bits wherever the rows are.
//
// Of rows in a file two stretches are held: the one in use, and the next, which is read ahead. Rows that lie in neither are read one by
// one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "fallline/base/ahead.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/row_store.hpp"
#include "fallline/train/occupied.hpp"
#include "fallline/train/part_rows.hpp"
#include "fallline/train/row_order.hpp"

namespace fallline {

/// Some rows: which ones of a view.
template <class T>
struct Picked {
  Rows<T> rows;
  std::span<const std::uint32_t> numbers;
};

template <class T>
class Feed {
 public:
  /// The data and the pool must outlive the feed. window: rows that are shuffled among one another; nothing: the usual window.
  Feed(const Dataset<T>& data, const Split& split, std::optional<std::size_t> window, ThreadPool& pool);
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  std::size_t rows() const { return data_.rows; }
  bool in_file() const { return data_.store != nullptr; }
  /// No rows, of the kind of those that come.
  const Rows<T>& kind() const { return kind_; }
  const Whole& whole() const { return whole_; }
  const Occupied& occupied() const { return occupied_; }
  const PartRows& part(Part part) const { return part == Part::training ? training_ : held_out_; }
  std::size_t window() const { return window_; }
  /// Of its features, in float.
  double bytes_of_a_row() const;

  /// Calls visit(first row, targets of the rows, their weights) for all rows in their order, targets in the units of the data.
  void each_target(const VisitTargets<T>& visit);

  /// Of the row that stands at this place in the part.
  std::uint32_t number(Part part, std::size_t place) const;

  /// From here on targets are (target - center) / spread, each with its own.
  void scale(std::vector<double> center, std::vector<double> spread);

  /// Rows by their numbers in the data; valid until the next call of any kind. None of them after a fault.
  Picked<T> take(std::span<const std::uint32_t> numbers);

  /// All rows of a part, one segment after another; those of a single one, or of all `at_once` (which must fit into memory), in one go.
  /// Ends early where they cannot be read.
  void each(Part part, bool at_once, const std::function<void(const Picked<T>&)>& visit);

  RowOrder order(std::uint64_t seed, Purpose purpose, bool shuffle);

  /// The first fault of reading; what came since is not to be used.
  const std::optional<Error>& fault() const { return fault_; }

 private:
  struct Stretch {
    std::vector<std::uint32_t> groups;
    std::vector<std::uint32_t> place_of_group;  // its first row in the data, or `nowhere`
    Dataset<T> data;
    Result<void> read = {};
  };

  Whole measure();
  double bytes_in_a_stretch() const;
  std::vector<std::uint32_t> groups_of(std::size_t first_row, std::size_t last_row) const;
  Picked<T> gather(std::span<const std::uint32_t> numbers);
  void bring(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> next);
  void load(Stretch& stretch, std::span<const std::uint32_t> groups) const;
  void read_ahead();
  bool append_if_there(const Stretch& stretch, std::uint32_t number);
  void settle(Dataset<T>& rows) const;
  void fail(const Result<void>& result);

  const Dataset<T>& data_;
  ThreadPool& pool_;
  std::optional<Error> fault_;
  PartRows training_;
  PartRows held_out_;
  Occupied occupied_;
  Whole whole_;
  Rows<T> kind_;
  std::size_t window_;
  std::size_t segment_rows_;
  std::vector<double> center_;  // empty: targets stay as they are
  std::vector<double> spread_;

  // rows in memory
  Rows<T> all_;
  Buffer<T> target_;
  std::vector<std::uint32_t> list_[2];

  // rows in a file
  Stretch now_;
  Stretch other_;                      // the one before, or the next
  Stretch single_;                     // one group, where rows lie in neither
  std::vector<std::uint32_t> wanted_;  // groups to read ahead
  Dataset<T> some_;
  std::vector<std::uint32_t> numbers_;
  Ahead ahead_;  // last, so that it has ended before what it works on goes
};

extern template class Feed<float>;
extern template class Feed<double>;

}  // namespace fallline
