// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/text.hpp"
#include "fallline/data/encode/bind.hpp"
#include "fallline/data/encode/chunk_encoder.hpp"
#include "fallline/data/encode/room.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/row_store.hpp"

namespace fallline {

namespace {

using encoding::Binding;

template <class T>
class RowEncoder {
 public:
  /// data: with the room for its rows. last: what is taken is not taken again.
  RowEncoder(const Schema& schema, const Binding& binding, Dataset<T> data, bool last, ThreadPool& pool)
      : schema_(schema),
        binding_(binding),
        pool_(pool),
        encoder_(schema, binding, pool),
        data_(std::move(data)),
        last_(last),
        some_(empty_like(data_)) {}

  Result<void> take(Chunk& chunk) {
    expects(chunk.first_row + chunk.rows <= data_.rows, "a source yields the rows that its schema counts");
    if (!data_.store && last_ && encoder_.is_all(chunk, data_)) {
      return encoder_.take_over(chunk, data_);
    }
    if (!data_.store) {
      return encode(chunk, static_cast<std::size_t>(chunk.first_row), data_);
    }
    const std::size_t before = some_.rows;
    some_.rows += chunk.rows;
    some_.starts.resize(data_.sparse ? some_.rows + 1 : 0);
    some_.dense.resize(some_.rows * data_.stride);
    some_.target.resize(some_.rows * data_.targets, T(0));  // a store holds targets, also where none are asked for
    some_.weight.resize(binding_.weight ? some_.rows : 0);
    if (const Result<void> well = encode(chunk, before, some_); !well) {
      return well;
    }
    return data_.store->append(some_, pool_);
  }

  /// part: other rows may weigh something where these do not.
  Result<Dataset<T>> finish(bool part) {
    if (!part && binding_.weight && !any_weight_) {
      const std::string& name = schema_.columns[binding_.columns[*binding_.weight]].name;
      return data_error(fmt::format("Every weight in column {} is 0: no row would count.", quoted(name)));
    }
    if (data_.store) {
      if (const Result<void> well = data_.store->finish(some_, pool_); !well) {
        return well.error();
      }
    }
    return std::move(data_);
  }

 private:
  Result<void> encode(const Chunk& chunk, std::size_t first, Dataset<T>& to) {
    const Result<void> well = encoder_.encode(chunk, first, to);
    const std::span<const T> weight = std::span<const T>(to.weight).subspan(binding_.weight ? first : 0, binding_.weight ? chunk.rows : 0);
    any_weight_ = any_weight_ || std::any_of(weight.begin(), weight.end(), [](T w) { return w != 0; });
    return well;
  }

  const Schema& schema_;
  const Binding& binding_;
  ThreadPool& pool_;
  encoding::ChunkEncoder<T> encoder_;
  Dataset<T> data_;
  bool last_;
  Dataset<T> some_;  // the rows of a chunk on their way to the store
  bool any_weight_ = false;
};

}  // namespace

template <class T>
Result<Dataset<T>> encode(Source& source, const Schema& schema, const Encoder& encoder, const TargetCoding* target,
                          const std::string& weight, ThreadPool& pool, const Place& place) {
  const Result<Binding> binding = encoding::bind(source, schema, encoder, target, weight, pool, place.memory);
  if (!binding) {
    return binding.error();
  }
  Result<Dataset<T>> data = encoding::room_for_rows<T>({source, schema, encoder, target, weight, pool}, *binding, place);
  if (!data) {
    return data.error();
  }
  RowEncoder<T> rows(schema, *binding, std::move(*data), place.last, pool);
  const Result<void> well = source.read(binding->columns, pool, [&](Chunk& chunk) { return rows.take(chunk); });
  if (!well) {
    return well.error();
  }
  return rows.finish(place.part);
}

template Result<Dataset<float>> encode<float>(Source&, const Schema&, const Encoder&, const TargetCoding*, const std::string&, ThreadPool&,
                                              const Place&);
template Result<Dataset<double>> encode<double>(Source&, const Schema&, const Encoder&, const TargetCoding*, const std::string&,
                                                ThreadPool&, const Place&);

}  // namespace fallline
