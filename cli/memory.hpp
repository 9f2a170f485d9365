// SPDX-License-Identifier: Apache-2.0
// What the verbs that read data share of --memory and --cache: the ceiling of a run, and where goes what does not fit under it.
#pragma once

#include <cstdint>
#include <string>

#include "cli/options.hpp"
#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"

namespace fallline::cli {

/// A usage error where nothing could be done under so little.
Result<void> check_memory(const MemoryRequest& request);
/// Where training on rows that do not fit takes more; else empty.
std::string warning_of_store(const MemoryRequest& request, bool double_precision);

/// Bytes: those asked for, or half of what is free.
std::uint64_t limit_of(const MemoryRequest& request);
/// The folder for what does not fit.
std::string folder_of(const MemoryRequest& request);
/// Whether rows that do not fit go there.
bool may_cache(const MemoryRequest& request);
/// What a person is told when encoded rows of so many bytes do not fit.
std::string note_of_store(const MemoryRequest& request, std::uint64_t bytes);

/// Freed memory goes back to the system, which a library may keep for later and a ceiling has no room for.
void give_back_freed_memory();

}  // namespace fallline::cli
