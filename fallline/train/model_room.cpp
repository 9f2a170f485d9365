// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/model_room.hpp"

#include <fmt/format.h>

#include <limits>

#include "fallline/base/numbers.hpp"

namespace fallline {

namespace {

constexpr std::uint64_t largest_file = std::numeric_limits<std::int32_t>::max();  // what protobuf can hold
constexpr std::uint64_t copies_in_training = 10;                                  // parameters, gradient, its sums in double, state, best
constexpr std::uint64_t copies_of_model = 2;                                      // in double: of what is trained, of what the data has
constexpr std::uint64_t copies_in_writing = 4;                                    // from tensor to file

constexpr const char* advice = "Hash into fewer bits (--categories hash:BITS, --text COL:bits=BITS), or leave columns out.";

std::string gigabytes(std::uint64_t bytes) { return brief(static_cast<double>(bytes) / 1e9, 2) + " GB"; }

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

}  // namespace

std::uint64_t bytes_for(const ModelSize& size) {
  return size.trained * size.bytes_of_value * copies_in_training +
         size.weights * (sizeof(double) * copies_of_model + size.bytes_of_value * copies_in_writing);
}

Result<void> check_model_room(const ModelSize& size, std::uint64_t free) {
  if (size.weights * size.bytes_of_value > largest_file) {
    return no_room_error(fmt::format("The model would have {} weights of {} bytes, and a model file holds {} at most. {}",
                                     count(size.weights), size.bytes_of_value, gigabytes(largest_file), advice));
  }
  if (const std::uint64_t needed = bytes_for(size); needed > free) {
    return no_room_error(fmt::format("The model would have {} weights, which with the state of training take {}; {} of memory are free. {}",
                                     count(size.weights), gigabytes(needed), gigabytes(free), advice));
  }
  return {};
}

}  // namespace fallline
