// SPDX-License-Identifier: Apache-2.0
// Files packed by gzip or Zstandard, told by their names. All of the data or an error with the place where the file is broken. Needs zlib
// and libzstd, so it stands apart from the room's library: `fallline_compressed` in CMake.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "fallline/base/result.hpp"

namespace fallline {

enum class Compression { none, gzip, zstd };

/// By the end of the name: .gz, .zst.
Compression compression_of(std::string_view path);

/// The name of what is inside: "a.csv.gz" -> "a.csv".
std::string_view unpacked_name(std::string_view path);

/// Gets what is unpacked piece by piece, and how many of the packed bytes have been read so far; an error ends it and is passed on.
using TakeUnpacked = std::function<Result<void>(std::string_view piece, std::size_t read)>;

/// A Zstandard frame may look back so far, for which the decoder needs as much memory.
inline constexpr std::uint64_t widest_window = std::uint64_t{1} << 27U;

/// What `bytes` unpack to: all members of a gzip file, all frames of a Zstandard file. A data error names the file and the byte where it is
/// cut off or corrupt; the pieces that came before are not to be used then. no_room where it looks back over more than `most_window` bytes.
Result<void> unpack(std::string_view bytes, Compression how, const std::string& name, const TakeUnpacked& take,
                    std::uint64_t most_window = widest_window);

/// As one text; a data error where that would take more than `most` bytes.
Result<std::string> unpack(std::string_view bytes, Compression how, const std::string& name, std::uint64_t most = UINT64_MAX);

}  // namespace fallline
