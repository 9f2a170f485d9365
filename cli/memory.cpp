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

/// Of the program on a small table: 26 MB were measured.
constexpr std::uint64_t least = 32 * megabyte;

/// Of training on rows in a file: 112 MB were measured, and 164 MB in double precision. Of it 64 MiB, in float, are the window of rows that
/// are shuffled, which is part of what a seed means and does not shrink with the ceiling.
constexpr std::uint64_t least_with_store(bool double_precision) { return 64 * megabyte + 64 * megabyte * (double_precision ? 2 : 1); }

}  // namespace

Result<void> check_memory(const MemoryRequest& request) {
  if (!request.limit || *request.limit >= least) {
    return {};
  }
  return usage_error(
      fmt::format("--memory {} is less than the program takes by itself. Pass --memory {}M or more.", request.text, least / megabyte));
}

std::string warning_of_store(const MemoryRequest& request, bool double_precision) {
  const std::uint64_t needed = least_with_store(double_precision);
  return !request.limit || *request.limit >= needed
             ? ""
             : fmt::format(
                   "--memory {} cannot be kept to on this data: the rows that are in hand at a time and the program take up to "
                   "{}M; pass as much to have a ceiling that holds",
                   request.text, needed / megabyte);
}

std::uint64_t limit_of(const MemoryRequest& request) { return request.limit ? *request.limit : free_memory_to_use(); }

std::string folder_of(const MemoryRequest& request) {
  return request.cache == "on" || request.cache == "off" ? scratch_folder() : request.cache;
}

bool may_cache(const MemoryRequest& request) { return request.cache != "off"; }

std::string note_of_store(const MemoryRequest& request, std::uint64_t bytes) {
  return fmt::format("the encoded rows take {}, more than fits under {}: {}", in_megabytes(bytes),
                     request.limit ? "--memory " + request.text : "half of the free memory",
                     may_cache(request) ? fmt::format("they go to a file in {} (--cache) for the time of the run", folder_of(request))
                                        : "with --cache off they are read again from the data each time they are needed");
}

void give_back_freed_memory() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
}

}  // namespace fallline::cli
