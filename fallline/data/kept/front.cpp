// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/front.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "fallline/base/expects.hpp"

namespace fallline::kept {

namespace {
constexpr std::uint64_t opening_bytes = 256;              // with the length and the metadata
constexpr std::size_t at_a_time = std::size_t{1} << 18U;  // of text
}  // namespace

std::uint64_t room_in_front(std::uint64_t bytes) {
  const std::uint64_t room = AlignedBytes::whole_pages(static_cast<std::size_t>(opening_bytes + bytes));
  return room <= safetensors::largest_header ? room : 0;
}

Front::Front(ScratchFile& file, std::uint64_t room, const std::string& what) : file_(file), room_(room) {
  const std::uint64_t length = room - sizeof(std::uint64_t);
  text_.assign(reinterpret_cast<const char*>(&length), sizeof length);
  text_ += fmt::format(R"({{"__metadata__":{{"holds":"{}"}})", what);
}

Result<void> Front::add(safetensors::Array array) {
  array.offset = std::exchange(next_, next_ + array.bytes());
  text_ += "," + safetensors::told_in_header(array);
  return text_.size() < at_a_time ? Result<void>() : write();
}

Result<void> Front::finish() {
  text_ += '}';
  while (written_ < room_) {
    text_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(room_ - written_, std::max(at_a_time, text_.size()))), ' ');
    if (const Result<void> well = write(); !well) {
      return well;
    }
  }
  return {};
}

Result<void> Front::write() {
  expects(written_ + text_.size() <= room_, "the header has room in front");
  const Result<void> well = file_.write_front(written_, std::as_bytes(std::span(text_)));
  written_ += text_.size();
  text_.clear();
  return well;
}

}  // namespace fallline::kept
