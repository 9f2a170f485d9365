// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/compressed/compressed.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <vector>

#include "fallline/base/numbers.hpp"

namespace fallline {

namespace {

constexpr std::size_t room_bytes = std::size_t{1} << 20U;

/// What one call of a decoder did: how much it took and gave, and whether a member (a frame) ended with it. wide: it looks back farther
/// than it may.
struct Turn {
  std::size_t taken = 0;
  std::size_t given = 0;
  bool ended = false;
  const char* fault = nullptr;
  bool wide = false;
};

class Gunzip {
 public:
  static constexpr const char* format = "gzip";
  static constexpr std::string_view magic{"\x1F\x8B", 2};

  explicit Gunzip(std::uint64_t /*most_window*/) {
    ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK;
  }  // the widest window, with gzip's header and checksum
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() { inflateEnd(&stream_); }

  bool ready() const { return ready_; }

  Turn turn(std::string_view in, std::vector<char>& room) {
    const auto fits = static_cast<uInt>(std::min<std::size_t>(in.size(), std::size_t{1} << 30U));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = fits;
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = static_cast<uInt>(room.size());
    const int state = inflate(&stream_, Z_NO_FLUSH);
    Turn turn{fits - stream_.avail_in, room.size() - stream_.avail_out, state == Z_STREAM_END, nullptr, false};
    if (state == Z_STREAM_END) {
      inflateReset(&stream_);
    } else if (state != Z_OK && state != Z_BUF_ERROR) {
      turn.fault = stream_.msg != nullptr ? stream_.msg : zError(state);
    }
    return turn;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

class Unzstd {
 public:
  static constexpr const char* format = "Zstandard";
  static constexpr std::string_view magic{"\x28\xB5\x2F\xFD", 4};

  explicit Unzstd(std::uint64_t most_window) {
    if (ready()) {
      ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, std::clamp(static_cast<int>(std::bit_width(most_window)) - 1, 10, 27));
    }
  }

  bool ready() const { return stream_ != nullptr; }

  Turn turn(std::string_view in, std::vector<char>& room) {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{room.data(), room.size(), 0};
    const std::size_t state = ZSTD_decompressStream(stream_.get(), &to, &from);
    const char* fault = ZSTD_isError(state) != 0 ? ZSTD_getErrorName(state) : nullptr;
    return {from.pos, to.pos, state == 0, fault, ZSTD_getErrorCode(state) == ZSTD_error_frameParameter_windowTooLarge};
  }

 private:
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_{ZSTD_createDStream(), ZSTD_freeDStream};
};

template <class Decoder>
Result<void> unpack_by(std::string_view bytes, const std::string& name, const TakeUnpacked& take, std::uint64_t most_window) {
  const auto broken = [&](std::size_t at, const char* how) {
    return data_error(
        fmt::format("{}, byte {}: {} ({}). Nothing of it was used; fetch or pack the file again.", name, at, how, Decoder::format));
  };
  if (!bytes.starts_with(Decoder::magic)) {
    return data_error(fmt::format("{} is no {} file, though its name says so. Rename it after what it holds.", name, Decoder::format));
  }
  Decoder decoder(most_window);
  if (!decoder.ready()) {
    return no_room_error(fmt::format("There is not enough memory to unpack {}.", name));
  }
  std::vector<char> room(room_bytes);
  bool ended = false;
  std::size_t at = 0;
  while (at < bytes.size() || !ended) {  // the decoder may hold something back when all input is taken
    if (ended && bytes.find_first_not_of('\0', at) == std::string_view::npos) {
      break;  // tapes and block devices pad with zeros
    }
    const Turn turn = decoder.turn(bytes.substr(at), room);
    at += turn.taken;
    if (turn.wide) {
      return no_room_error(fmt::format(
          "{} is packed so that unpacking looks back over more than {}, for which there is no room. Pass a larger --memory, or unpack it "
          "first.",
          name, in_megabytes(most_window)));
    }
    if (turn.fault != nullptr) {
      return broken(at, turn.fault);
    }
    if (turn.taken == 0 && turn.given == 0 && !turn.ended) {
      return broken(at, "the file ends in the middle of its data");
    }
    ended = turn.ended;
    if (turn.given == 0) {
      continue;
    }
    if (const Result<void> taken = take({room.data(), turn.given}, at); !taken) {
      return taken;
    }
  }
  return {};
}

constexpr std::string_view gzip_end = ".gz";
constexpr std::string_view zstd_end = ".zst";

}  // namespace

Compression compression_of(std::string_view path) {
  return path.ends_with(gzip_end) ? Compression::gzip : path.ends_with(zstd_end) ? Compression::zstd : Compression::none;
}

std::string_view unpacked_name(std::string_view path) {
  const Compression how = compression_of(path);
  path.remove_suffix(how == Compression::gzip ? gzip_end.size() : how == Compression::zstd ? zstd_end.size() : 0);
  return path;
}

Result<void> unpack(std::string_view bytes, Compression how, const std::string& name, const TakeUnpacked& take, std::uint64_t most_window) {
  switch (how) {
    case Compression::gzip:
      return unpack_by<Gunzip>(bytes, name, take, most_window);
    case Compression::zstd:
      return unpack_by<Unzstd>(bytes, name, take, most_window);
    case Compression::none:
      break;
  }
  return take(bytes, bytes.size());
}

Result<std::string> unpack(std::string_view bytes, Compression how, const std::string& name, std::uint64_t most) {
  std::string all;
  const Result<void> well = unpack(bytes, how, name, [&](std::string_view piece, std::size_t /*read*/) -> Result<void> {
    if (piece.size() > most - all.size()) {
      return data_error(fmt::format("{} unpacks to more than {} bytes.", name, most));
    }
    all += piece;
    return {};
  });
  return well ? Result<std::string>(std::move(all)) : well.error();
}

}  // namespace fallline
