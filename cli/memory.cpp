// SPDX-License-Identifier: Apache-2.0
#include "cli/memory.hpp"

#include <fmt/format.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "fallline/base/numbers.hpp"
#include "fallline/base/scratch.hpp"

namespace fallline::cli {

namespace {

constexpr std::uint64_t megabyte = std::uint64_t{1} << 20U;

/// Measured on files far larger: 26 MB on a small table; on a large one 102 MB, and 164 MB in double precision. Of it 64 MiB, in float, are
/// the window of rows that are shuffled, which is part of what a seed means and does not shrink with the ceiling.
constexpr std::uint64_t least_memory(bool double_precision) { return 64 * megabyte + 64 * megabyte * (double_precision ? 2 : 1); }

}  // namespace

Result<void> check_memory(const MemoryRequest& request, bool double_precision) {
  const std::uint64_t least = least_memory(double_precision);
  if (!request.limit || *request.limit >= least) {
    return {};
  }
  return usage_error(
      fmt::format("--memory {0} is less than can be kept to: the program and the rows that it has in hand at a time take up to {1}M{2}, "
                  "however small the file. Pass --memory {1}M or more.",
                  request.text, least / megabyte, double_precision ? " in double precision" : ""));
}

std::uint64_t limit_of(const MemoryRequest& request) { return request.limit ? *request.limit : free_memory_to_use(); }

std::string folder_of(const MemoryRequest& request) {
  return request.cache == "on" || request.cache == "off" ? scratch_folder() : request.cache;
}

std::string note_of_file(const MemoryRequest& request, std::uint64_t bytes) {
  return fmt::format("the encoded rows take {}, more than fits under {}: they go to a file in {} for the time of the run",
                     in_megabytes(bytes), request.limit ? "--memory " + request.text : "half of the free memory", folder_of(request));
}

void give_back_freed_memory() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
}

}  // namespace fallline::cli
