// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <nlohmann/json.hpp>

#include "fallline/base/text.hpp"

namespace fallline::safetensors {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers stand in the file as in memory");

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 10> type_names = {"U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F32", "F64"};
constexpr std::string_view metadata_key = "__metadata__";
constexpr std::string_view opening = R"({"__metadata__":{"checksum":")";
constexpr std::size_t digits = 16;
constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t alignment = 64;
constexpr std::size_t most_waiting = std::size_t{1} << 18U;
constexpr int deepest = 3;  // shapes and offsets are lists in an object in the header

Error broken(const std::string& path, const std::string& what) {
  return data_error(
      fmt::format("{} is not a whole safetensors file: {}. It was cut short or changed; restore it or remove it.", path, what));
}

std::uint64_t length_of(std::string_view start) {
  std::uint64_t length = 0;
  std::memcpy(&length, start.data(), sizeof length);
  return length;
}

/// Where the arrays begin, or what is wrong with the first bytes.
Result<std::uint64_t> data_start(std::string_view first, std::uint64_t file_bytes, const std::string& path) {
  if (file_bytes < length_bytes || first.size() < length_bytes) {
    return broken(path, fmt::format("it has {} bytes", file_bytes));
  }
  const std::uint64_t length = length_of(first);
  if (length > largest_header || length > file_bytes - length_bytes) {
    return broken(path, fmt::format("its header claims {} of its {} bytes", length, file_bytes));
  }
  return length_bytes + length;
}

bool is_whole(const Json& value) { return value.is_number_unsigned(); }

/// The member of an array's object that is a list of whole numbers.
std::optional<std::vector<std::uint64_t>> whole_numbers(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array() || !std::all_of(found->begin(), found->end(), is_whole)) {
    return std::nullopt;
  }
  std::vector<std::uint64_t> numbers;
  for (const Json& number : *found) {
    numbers.push_back(number.get<std::uint64_t>());
  }
  return numbers;
}

/// The bytes of an array of this shape; nothing where they cannot be counted.
std::optional<std::uint64_t> bytes_of(const Array& array) {
  std::uint64_t bytes = bytes_of(array.type);
  for (const std::uint64_t length : array.shape) {
    if (length != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / length) {
      return std::nullopt;
    }
    bytes *= length;
  }
  return bytes;
}

/// One array, offset from the start of the arrays; `bytes` left to its end.
Result<Array> parse_array(const std::string& name, const Json& object, const std::string& path) {
  const auto fault = [&](std::string_view what) { return broken(path, fmt::format("array {} {}", fallline::quoted(name), what)); };
  if (!object.is_object() || !object.contains("dtype") || !object["dtype"].is_string()) {
    return fault("has no dtype");
  }
  const auto type = std::find(type_names.begin(), type_names.end(), object["dtype"].get<std::string>());
  const auto shape = whole_numbers(object, "shape");
  const auto offsets = whole_numbers(object, "data_offsets");
  if (type == type_names.end() || !shape || !offsets || offsets->size() != 2) {
    return fault("has a dtype, shape or data_offsets that is not known here");
  }
  Array array{name, static_cast<Type>(type - type_names.begin()), *shape, (*offsets)[0]};
  const auto bytes = bytes_of(array);
  if (!bytes || (*offsets)[1] < array.offset || (*offsets)[1] - array.offset != *bytes) {
    return fault("has offsets that do not fit its shape");
  }
  return array;
}

Result<void> parse_metadata(const Json& object, Header& header, const std::string& path) {
  if (!object.is_object()) {
    return broken(path, "its metadata are not an object");
  }
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) {
      return broken(path, fmt::format("its metadata {} is not a text", fallline::quoted(key)));
    }
    if (!header.checksum || key != "checksum") {
      header.metadata.emplace_back(key, value.get<std::string>());
    }
  }
  return {};
}

/// The checksum at its own place, and the header with zeros there.
std::optional<std::uint64_t> take_checksum(std::string& text) {
  if (!text.starts_with(opening) || text.size() < opening.size() + digits) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (char& digit : std::span(text).subspan(opening.size(), digits)) {
    const auto at = std::string_view("0123456789abcdef").find(digit);
    if (at == std::string_view::npos) {
      return std::nullopt;
    }
    value = value * 16 + at;
    digit = '0';
  }
  return value;
}

/// Arrays follow one another without a gap from the first byte behind the header to the last of the file.
Result<void> place(Header& header, std::uint64_t start, const std::string& path) {
  std::stable_sort(header.arrays.begin(), header.arrays.end(),
                   [](const Array& a, const Array& b) { return a.offset != b.offset ? a.offset < b.offset : a.bytes() < b.bytes(); });
  std::uint64_t next = 0;
  for (Array& array : header.arrays) {
    if (array.offset != next) {
      return broken(path, fmt::format("array {} overlaps another or leaves a gap", fallline::quoted(array.name)));
    }
    next += array.bytes();  // no overflow: the end was told in 64 bits
    array.offset += start;
  }
  if (next != header.file_bytes - start) {
    return broken(path, fmt::format("its arrays take {} bytes, of which {} are there", next, header.file_bytes - start));
  }
  return {};
}

std::string quoted_json(const std::string& text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Offsets of the header's arrays are counted from the first of them.
std::string header_text(const Header& header) {
  std::string text = fmt::format("{}{:0{}}\"", opening, 0, digits);
  for (const auto& [key, value] : header.metadata) {
    text += fmt::format(",{}:{}", quoted_json(key), quoted_json(value));
  }
  text += '}';
  for (const Array& array : header.arrays) {
    text += "," + told_in_header(array);
  }
  return text + "}";
}

}  // namespace

std::size_t bytes_of(Type type) {
  constexpr std::array<std::size_t, 10> bytes = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
  return bytes.at(static_cast<std::size_t>(type));
}

std::string told_in_header(const Array& array) {
  return fmt::format(R"({}:{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", quoted_json(array.name),
                     type_names.at(static_cast<std::size_t>(array.type)), Json(array.shape).dump(), array.offset,
                     array.offset + array.bytes());
}

std::uint64_t Array::size() const {
  std::uint64_t size = 1;
  for (const std::uint64_t length : shape) {
    size *= length;
  }
  return size;
}

const Array* Header::find(std::string_view name) const {
  const auto at = std::find_if(arrays.begin(), arrays.end(), [&](const Array& array) { return array.name == name; });
  return at == arrays.end() ? nullptr : &*at;
}

std::string_view Header::told(std::string_view name) const {
  const auto at = std::find_if(metadata.begin(), metadata.end(), [&](const auto& entry) { return entry.first == name; });
  return at == metadata.end() ? std::string_view() : at->second;
}

std::uint64_t Checksum::value() const {
  Digest all;
  all.add(header_);
  for (const Digest& array : arrays_) {
    all.add(array.value());
  }
  return all.value();
}

Result<Header> parse_header(std::string_view start, std::uint64_t file_bytes, const std::string& path) {
  const auto data = data_start(start, file_bytes, path);
  if (!data) {
    return data.error();
  }
  expects(start.size() >= *data, "the whole header is handed over");
  std::string text(start.substr(length_bytes, *data - length_bytes));
  Header header;
  header.file_bytes = file_bytes;
  header.checksum = take_checksum(text);
  Digest digest;
  digest.add(text);
  header.digest = digest.value();
  const auto shallow = [](int depth, Json::parse_event_t, const Json&) { return depth <= deepest; };
  const Json json = Json::parse(text, shallow, false);
  if (!json.is_object()) {
    return broken(path, "its header is not a JSON object");
  }
  for (const auto& [name, value] : json.items()) {
    if (name == metadata_key) {
      if (auto read = parse_metadata(value, header, path); !read) {
        return read.error();
      }
      continue;
    }
    auto array = parse_array(name, value, path);
    if (!array) {
      return array.error();
    }
    header.arrays.push_back(std::move(*array));
  }
  const auto placed = place(header, *data, path);
  return placed ? Result<Header>(std::move(header)) : placed.error();
}

Result<Header> read_header(const std::string& path) {
  const auto first = read_start(path, length_bytes);
  if (!first) {
    return first.error();
  }
  const auto data = data_start(first->bytes, first->file_bytes, path);
  if (!data) {
    return data.error();
  }
  const auto start = read_start(path, *data);
  if (!start) {
    return start.error();
  }
  return start->bytes.size() < *data ? Result<Header>(broken(path, "it became shorter while it was read"))
                                     : parse_header(start->bytes, start->file_bytes, path);
}

Result<void> verify(const Header& header, std::string_view bytes, const std::string& path) {
  if (!header.checksum) {
    return broken(path, "it tells no checksum");
  }
  if (bytes.size() != header.file_bytes) {
    return broken(path, fmt::format("it has {} bytes in place of {}", bytes.size(), header.file_bytes));
  }
  Checksum checksum(header);
  for (std::size_t i = 0; i < header.arrays.size(); ++i) {
    checksum.add(i, bytes.substr(header.arrays[i].offset, header.arrays[i].bytes()));
  }
  return checksum.value() == *header.checksum ? Result<void>() : broken(path, "its checksum does not fit its bytes");
}

Error Loaded::missing(std::string_view name) const {
  return broken(path, fmt::format("there is no array {} of the wanted numbers", fallline::quoted(name)));
}

Result<Loaded> read(const std::string& path) {
  auto bytes = read_file(path);
  if (!bytes) {
    return bytes.error();
  }
  auto header = parse_header(*bytes, bytes->size(), path);
  if (!header) {
    return header.error();
  }
  if (auto well = verify(*header, *bytes, path); !well) {
    return well.error();
  }
  return Loaded{path, std::move(*header), std::move(*bytes)};
}

Result<Writer> Writer::begin(std::string path, std::vector<std::pair<std::string, std::string>> metadata, std::vector<Array> arrays) {
  Header header;
  header.metadata = std::move(metadata);
  header.arrays = std::move(arrays);
  std::stable_sort(header.arrays.begin(), header.arrays.end(),
                   [](const Array& a, const Array& b) { return bytes_of(a.type) > bytes_of(b.type); });
  std::uint64_t bytes = 0;
  for (Array& array : header.arrays) {
    array.offset = bytes;
    bytes += array.bytes();
  }
  std::string text = header_text(header);
  text.resize((length_bytes + text.size() + alignment - 1) / alignment * alignment - length_bytes, ' ');
  const std::uint64_t start = length_bytes + text.size();
  expects(text.size() <= largest_header, "names and metadata fit the header of a safetensors file");
  for (Array& array : header.arrays) {
    array.offset += start;
  }
  header.file_bytes = start + bytes;
  Digest digest;
  digest.add(text);
  header.digest = digest.value();
  auto file = NewFile::begin(std::move(path));
  if (!file) {
    return file.error();
  }
  const std::uint64_t length = text.size();
  text.insert(0, reinterpret_cast<const char*>(&length), sizeof length);
  if (auto written = file->write_at(0, text); !written) {
    return written.error();
  }
  return Writer(std::move(*file), std::move(header));
}

Writer::Writer(NewFile file, Header header)
    : file_(std::move(file)), header_(std::move(header)), checksum_(header_), written_(header_.arrays.size()) {}

Result<void> Writer::write(std::string_view name, Type type, std::string_view bytes) {
  const Array* array = header_.find(name);
  expects(array != nullptr && array->type == type, "an array is written under a name and with numbers that were told");
  const auto at = static_cast<std::size_t>(array - header_.arrays.data());
  expects(bytes.size() <= array->bytes() - written_[at], "an array holds as many numbers as were told");
  auto done = put(array->offset + written_[at], bytes);
  written_[at] += bytes.size();
  checksum_.add(at, bytes);
  return done;
}

Result<void> Writer::put(std::uint64_t offset, std::string_view bytes) {
  if (offset != waits_at_ + waiting_.size() || waiting_.size() + bytes.size() > most_waiting) {
    if (auto flushed = flush(); !flushed) {
      return flushed;
    }
    waits_at_ = offset;
  }
  if (bytes.size() > most_waiting) {
    waits_at_ = offset + bytes.size();
    return file_.write_at(offset, bytes);
  }
  waiting_ += bytes;
  return {};
}

Result<void> Writer::flush() {
  auto written = file_.write_at(waits_at_, waiting_);
  waits_at_ += waiting_.size();
  waiting_.clear();
  return written;
}

Result<void> Writer::finish(const std::string& previous) {
  for (std::size_t i = 0; i < written_.size(); ++i) {
    expects(written_[i] == header_.arrays[i].bytes(), "an array is written whole");
  }
  const std::string sum = fmt::format("{:0{}x}", checksum_.value(), digits);
  if (auto flushed = flush(); !flushed) {
    return flushed;
  }
  if (auto written = file_.write_at(length_bytes + opening.size(), sum); !written) {
    return written;
  }
  return file_.finish(previous);
}

}  // namespace fallline::safetensors
