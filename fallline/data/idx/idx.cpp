// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/idx/idx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace fallline {

namespace {

struct Code {
  unsigned code;
  Element element;
};

constexpr std::array codes{Code{0x08, {ElementKind::unsigned_whole, 1, true}}, Code{0x09, {ElementKind::whole, 1, true}},
                           Code{0x0B, {ElementKind::whole, 2, true}},          Code{0x0C, {ElementKind::whole, 4, true}},
                           Code{0x0D, {ElementKind::real, 4, true}},           Code{0x0E, {ElementKind::real, 8, true}}};

}  // namespace

Result<ArrayFile> read_idx(csv::FileText file) {
  const std::string_view bytes = file.bytes();
  const auto byte = [&](std::size_t at) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U; };
  const auto code = std::find_if(codes.begin(), codes.end(), [&](const Code& known) { return known.code == byte(2); });
  if (bytes.size() < 4 || byte(0) != 0 || byte(1) != 0 || code == codes.end() || byte(3) == 0) {
    return data_error(fmt::format("{} is no IDX file: it does not begin with two zero bytes, a type and the number of axes.", file.name()));
  }
  ArrayHeader header{code->element, {}, 4 + 4 * std::size_t{byte(3)}, false};
  if (bytes.size() < header.bytes) {
    return data_error(fmt::format("{}, byte {}: the file is cut off in its header.", file.name(), bytes.size()));
  }
  for (std::size_t at = 4; at < header.bytes; at += 4) {
    header.shape.push_back(byte(at) << 24U | byte(at + 1) << 16U | byte(at + 2) << 8U | byte(at + 3));
  }
  return lay_out(std::move(file), header);
}

}  // namespace fallline
