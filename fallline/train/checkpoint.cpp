// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/checkpoint.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "fallline/base/safetensors.hpp"

namespace fallline {

namespace {

constexpr std::int64_t format = 1;
constexpr std::string_view format_key = "format";

std::string previous_path(const std::string& folder) { return folder + "/checkpoint.previous.safetensors"; }

bool is_float(double x) {
  return std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<float>(x))) == std::bit_cast<std::uint64_t>(x);
}

/// Single numbers stay as they are, so that another reader finds whole counts.
bool fits_float(const std::vector<double>& values) { return values.size() > 1 && std::all_of(values.begin(), values.end(), is_float); }

Result<void> write_array(safetensors::Writer& writer, const StateArray& array) {
  if (writer.header().find(array.name)->type == safetensors::Type::f64) {
    return writer.write(array.name, std::span(array.values));
  }
  constexpr std::size_t piece = std::size_t{1} << 16U;
  std::vector<float> narrow;
  for (std::size_t at = 0; at < array.values.size(); at += narrow.size()) {
    const auto part = std::span(array.values).subspan(at, std::min(piece, array.values.size() - at));
    narrow.resize(part.size());
    std::transform(part.begin(), part.end(), narrow.begin(), [](double x) { return static_cast<float>(x); });
    if (auto written = writer.write<float>(array.name, narrow); !written) {
      return written;
    }
  }
  return {};
}

Result<Checkpoint> read_checkpoint(const std::string& path) {
  const auto file = safetensors::read(path);
  if (!file) {
    return file.error();
  }
  Checkpoint state;
  for (const safetensors::Array& array : file->header.arrays) {
    StateArray values{array.name, {}};
    if (array.type == safetensors::Type::f32) {
      const auto narrow = file->numbers<float>(array.name);
      values.values.assign(narrow->begin(), narrow->end());
    } else if (auto wide = file->numbers<double>(array.name)) {
      values.values = std::move(*wide);
    } else {
      return wide.error();
    }
    state.arrays.push_back(std::move(values));
  }
  for (const auto& [name, text] : file->header.metadata) {
    if (name != format_key) {
      state.facts.emplace_back(name, text);
    }
  }
  const std::string_view told = file->header.told(format_key);
  if (told != std::to_string(format)) {
    return data_error(
        fmt::format("{} is a checkpoint of format {}, and this version of Fallline reads format {}. Resume with the version "
                    "that wrote it.",
                    path, told.empty() ? "none" : told, format));
  }
  return state;
}

}  // namespace

const std::string* Checkpoint::fact(std::string_view name) const {
  const auto at = std::find_if(facts.begin(), facts.end(), [&](const auto& fact) { return fact.first == name; });
  return at == facts.end() ? nullptr : &at->second;
}

const std::vector<double>* Checkpoint::array(std::string_view name) const {
  const auto at = std::find_if(arrays.begin(), arrays.end(), [&](const StateArray& array) { return array.name == name; });
  return at == arrays.end() ? nullptr : &at->values;
}

std::string checkpoint_path(const std::string& folder) { return folder + "/checkpoint.safetensors"; }

Result<void> write_checkpoint(const Checkpoint& state, const std::string& folder, bool keep_previous) {
  std::vector<safetensors::Array> arrays;
  for (const StateArray& array : state.arrays) {
    const auto type = fits_float(array.values) ? safetensors::Type::f32 : safetensors::Type::f64;
    arrays.push_back({array.name, type, {array.values.size()}, 0});
  }
  Facts facts = state.facts;
  facts.insert(facts.begin(), {std::string(format_key), std::to_string(format)});
  auto writer = safetensors::Writer::begin(checkpoint_path(folder), std::move(facts), std::move(arrays));
  if (!writer) {
    return writer.error();
  }
  for (const StateArray& array : state.arrays) {
    if (auto written = write_array(*writer, array); !written) {
      return written;
    }
  }
  return writer->finish(keep_previous ? previous_path(folder) : std::string());
}

Result<std::optional<FoundCheckpoint>> find_checkpoint(const std::string& folder) {
  const std::string newest_path = checkpoint_path(folder);
  const std::string before_path = previous_path(folder);
  const bool has_newest = ::access(newest_path.c_str(), F_OK) == 0;
  const bool has_before = ::access(before_path.c_str(), F_OK) == 0;
  if (!has_newest && !has_before) {
    return std::optional<FoundCheckpoint>();
  }
  std::string fault = fmt::format("{} is missing.", newest_path);
  if (has_newest) {
    auto newest = read_checkpoint(newest_path);
    if (newest) {
      return std::optional(FoundCheckpoint{std::move(*newest), true, ""});
    }
    fault = newest.error().message;
  }
  auto before = has_before ? read_checkpoint(before_path) : Result<Checkpoint>(data_error("There is none before it."));
  if (!before) {
    return data_error(
        fmt::format("{} {} To begin anew, remove the checkpoints from {} and run again.", fault, before.error().message, folder));
  }
  return std::optional(
      FoundCheckpoint{std::move(*before), false, fmt::format("{} The run goes on from the checkpoint before it, {}.", fault, before_path)});
}

void remove_checkpoints(const std::string& folder) {
  ::unlink(checkpoint_path(folder).c_str());
  ::unlink(previous_path(folder).c_str());
}

}  // namespace fallline
