// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/onnx_reader.hpp"

#include <fmt/format.h>

#include <bit>

#include "fallline/base/text.hpp"

namespace fallline::onnx {

namespace {

/// One field of a protobuf message: `number` for wire type 0, `bytes` for 2; the fixed widths 1 and 5 are stepped over.
struct WireField {
  std::uint64_t field = 0;
  std::uint64_t wire = 0;
  std::uint64_t number = 0;
  std::string_view bytes;
};

/// Walks over the fields of one message; `broken` once they do not fit the bytes.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  bool broken() const { return broken_; }

  /// The next field; nothing at the end or where the bytes are broken.
  std::optional<WireField> next() {
    if (rest_.empty() || broken_) {
      return std::nullopt;
    }
    WireField found;
    const auto tag = varint();
    broken_ = !tag || *tag >> 3 == 0 || *tag >> 32 != 0;
    if (broken_) {
      return std::nullopt;
    }
    found.field = *tag >> 3;
    found.wire = *tag & 7;
    broken_ = !payload(found);
    return broken_ ? std::nullopt : std::optional(found);
  }

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (std::size_t at = 0; at < rest_.size() && at < 10; ++at) {
      const auto byte = static_cast<unsigned char>(rest_[at]);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * at);
      if (byte < 0x80) {
        rest_.remove_prefix(at + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  bool payload(WireField& found) {
    if (found.wire == 0) {
      const auto value = varint();
      found.number = value.value_or(0);
      return value.has_value();
    }
    std::uint64_t length = 0;
    if (found.wire == 2) {
      const auto told = varint();
      if (!told) {
        return false;
      }
      length = *told;
    } else if (found.wire == 1 || found.wire == 5) {
      length = found.wire == 1 ? 8 : 4;
    } else {
      return false;
    }
    if (length > rest_.size()) {
      return false;
    }
    found.bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

  std::string_view rest_;
  bool broken_ = false;
};

/// The first field of that number holding bytes.
std::optional<std::string_view> find_bytes(std::string_view message, std::uint64_t field) {
  Fields fields(message);
  while (const auto found = fields.next()) {
    if (found->field == field && found->wire == 2) {
      return found->bytes;
    }
  }
  return std::nullopt;
}

/// TensorProto as it stands in the file.
struct RawTensor {
  std::vector<std::int64_t> dims;
  std::uint64_t type = 0;
  std::string_view raw;
  bool readable = true;
};

constexpr std::size_t most_dims = 8;

RawTensor raw_tensor(std::string_view message) {
  RawTensor tensor;
  Fields fields(message);
  while (const auto found = fields.next()) {
    if (found->field == 1 && found->wire == 0 && tensor.dims.size() < most_dims) {
      tensor.dims.push_back(static_cast<std::int64_t>(found->number));
    } else if (found->field == 2 && found->wire == 0) {
      tensor.type = found->number;
    } else if (found->field == 9 && found->wire == 2) {
      tensor.raw = found->bytes;
    } else if (found->field != 8) {
      tensor.readable = false;  // external data, values that are not raw, or what we never write
    }
  }
  tensor.readable = tensor.readable && !fields.broken();
  return tensor;
}

/// Whether `dims` are lengths whose product is `count`.
bool dims_hold(const std::vector<std::int64_t>& dims, std::size_t count) {
  std::uint64_t product = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || (dim > 0 && product > UINT64_MAX / static_cast<std::uint64_t>(dim))) {
      return false;
    }
    product *= static_cast<std::uint64_t>(dim);
  }
  return product == count;
}

template <class Bits>
Bits little_endian(std::string_view raw, std::size_t at) {
  Bits bits = 0;
  for (std::size_t byte = 0; byte < sizeof bits; ++byte) {
    bits |= static_cast<Bits>(static_cast<unsigned char>(raw[at * sizeof bits + byte])) << (8 * byte);
  }
  return bits;
}

std::vector<double> raw_values(std::string_view raw, bool wide) {
  std::vector<double> values(raw.size() / (wide ? 8 : 4));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = wide ? std::bit_cast<double>(little_endian<std::uint64_t>(raw, i))
                     : static_cast<double>(std::bit_cast<float>(little_endian<std::uint32_t>(raw, i)));
  }
  return values;
}

Result<Numbers> to_numbers(std::string_view name, const RawTensor& tensor) {
  const bool wide = tensor.type == static_cast<std::uint64_t>(ElementType::float64);
  const bool number = wide || tensor.type == static_cast<std::uint64_t>(ElementType::float32);
  const std::size_t size = wide ? 8 : 4;
  if (!tensor.readable || !number || tensor.raw.size() % size != 0 || !dims_hold(tensor.dims, tensor.raw.size() / size)) {
    return data_error(fmt::format("the tensor {} is not one of float or double numbers inside the file", quoted(name)));
  }
  return Numbers{wide ? ElementType::float64 : ElementType::float32, tensor.dims, raw_values(tensor.raw, wide)};
}

}  // namespace

Result<Reader> Reader::open(std::string_view bytes) {
  Reader reader;
  reader.bytes_ = bytes;
  std::size_t graphs = 0;
  Fields fields(bytes);
  while (const auto found = fields.next()) {
    if (found->field == 7 && found->wire == 2) {
      reader.graph_ = found->bytes;
      ++graphs;
    }
  }
  if (fields.broken() || graphs != 1) {
    return data_error("these bytes are not a whole ONNX file");
  }
  return reader;
}

std::optional<std::string_view> Reader::metadata(std::string_view key) const {
  Fields fields(bytes_);
  while (const auto found = fields.next()) {
    if (found->field == 14 && found->wire == 2 && find_bytes(found->bytes, 1) == key) {
      return find_bytes(found->bytes, 2);
    }
  }
  return std::nullopt;
}

Result<Numbers> Reader::numbers(std::string_view name) const {
  Fields fields(graph_);
  while (const auto found = fields.next()) {
    if (found->field == 5 && found->wire == 2 && find_bytes(found->bytes, 8) == name) {
      return to_numbers(name, raw_tensor(found->bytes));
    }
  }
  return data_error(fmt::format("the tensor {} is missing", quoted(name)));
}

}  // namespace fallline::onnx
