// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/scratch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "fallline/base/expects.hpp"
#include "fallline/base/numbers.hpp"

#if !defined(__wasi__) && !defined(__EMSCRIPTEN__)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#define FALLLINE_HAS_FILES 1
#endif

namespace fallline {

std::string scratch_folder() {
  const char* told = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): read before there are threads
  return told != nullptr && *told != '\0' ? told : "/tmp";
}

#if defined(FALLLINE_HAS_FILES)

namespace {

Error no_scratch(const std::string& folder, const std::string& why) {
  return no_room_error(
      fmt::format("What does not fit into memory goes to a file in {}, and there is no room for it: {}. Pass --cache with a folder on "
                  "another disk, or a larger --memory.",
                  folder, why));
}

/// Long enough for a disk, and two of them a small share of the ceiling.
std::size_t block_bytes_under(std::uint64_t limit) {
  constexpr std::uint64_t least = std::uint64_t{1} << 20U;
  constexpr std::uint64_t most = std::uint64_t{8} << 20U;
  return AlignedBytes::whole_pages(static_cast<std::size_t>(std::clamp(limit / 64, least, most)));
}

/// A file without a name, which goes away with its descriptors. Where the disk has none, one has a name for a moment.
Result<int> open_nameless(const std::string& folder) {
#if defined(O_TMPFILE)
  if (const int nameless = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR); nameless >= 0) {
    return nameless;
  }
#endif
  std::string path = folder + "/fallline-XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) {
    return no_scratch(folder, std::strerror(errno));
  }
  ::unlink(path.c_str());
  return file;
}

/// The same file past the system's cache; below 0 where there is no such way.
int open_direct([[maybe_unused]] int file) {
#if defined(O_DIRECT)
  return ::open(fmt::format("/proc/self/fd/{}", file).c_str(), O_RDWR | O_CLOEXEC | O_DIRECT);
#else
  return -1;
#endif
}

}  // namespace

Result<std::unique_ptr<ScratchFile>> ScratchFile::create(const Memory& memory, std::uint64_t bytes, std::uint64_t front) {
  struct statvfs disk{};
  if (::statvfs(memory.folder().c_str(), &disk) == 0) {
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (free < bytes) {
      return no_scratch(memory.folder(), fmt::format("{} are needed and {} are free", in_megabytes(bytes), in_megabytes(free)));
    }
  }
  const Result<int> file = open_nameless(memory.folder());
  if (!file) {
    return file.error();
  }
  return std::unique_ptr<ScratchFile>(new ScratchFile(*file, open_direct(*file), memory, front));
}

ScratchFile::ScratchFile(int file, int direct, const Memory& memory, std::uint64_t front)
    : file_(file),
      direct_(direct),
      cached_(memory.beside()),
      block_bytes_(block_bytes_under(memory.limit())),
      folder_(memory.folder()),
      end_(front),
      flushed_(front) {
  expects(front % AlignedBytes::page == 0, "what is kept free are whole pages");
}

ScratchFile::~ScratchFile() {
  ahead_.wait();
  ::close(file_);
  if (direct_ >= 0) {
    ::close(direct_);
  }
}

Result<std::uint64_t> ScratchFile::append(std::span<const std::byte> bytes) {
  const Locked lock(mutex_);
  expects(!finished_, "nothing is appended after the end");
  const std::uint64_t at = end_.load();
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), block_bytes_ - filled_);
    std::memcpy(front_.of(block_bytes_).data() + filled_, bytes.data(), count);
    bytes = bytes.subspan(count);
    filled_ += count;
    end_ += count;
    if (filled_ == block_bytes_) {
      if (const Result<void> well = write_block(); !well) {
        return well.error();
      }
    }
  }
  return at;
}

/// The full block goes to the disk while the next is filled.
Result<void> ScratchFile::write_block() {
  ahead_.wait();
  if (!written_) {
    return written_;
  }
  std::swap(front_, back_);
  filled_ = 0;
  ahead_.begin([this, at = end_.load() - block_bytes_] { written_ = put(at, back_.of(block_bytes_), goes_direct(at)); });
  return {};
}

/// A block that is not full is written once more when it is.
Result<void> ScratchFile::flush() {
  const Locked lock(mutex_);
  ahead_.wait();
  if (written_ && flushed_.load() < end_.load()) {
    const std::span<std::byte> pages = front_.of(block_bytes_).first(AlignedBytes::whole_pages(filled_));
    std::fill(pages.begin() + static_cast<std::ptrdiff_t>(filled_), pages.end(), std::byte{0});
    written_ = put(end_.load() - filled_, pages, goes_direct(end_.load()));
    flushed_.store(written_ ? end_.load() : flushed_.load());
  }
  return written_;
}

Result<void> ScratchFile::write_front(std::uint64_t at, std::span<const std::byte> bytes) const { return put(at, bytes, false); }

Result<void> ScratchFile::finish() {
  Result<void> well = flush();
  const Locked lock(mutex_);
  if (well && ::ftruncate(file_, static_cast<off_t>(end_.load())) != 0) {  // the last page was written whole
    well = no_scratch(folder_, std::strerror(errno));
  }
  finished_ = true;
  front_ = AlignedBytes();
  back_ = AlignedBytes();
  return well;
}

bool ScratchFile::goes_direct(std::uint64_t at) const { return direct_ >= 0 && at + block_bytes_ > cached_; }

/// direct: whole pages.
Result<void> ScratchFile::put(std::uint64_t at, std::span<const std::byte> bytes, bool direct) const {
  for (std::size_t done = 0; done < bytes.size();) {
    direct = direct && done % AlignedBytes::page == 0;  // not after a short write
    const ssize_t wrote = ::pwrite(direct ? direct_ : file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
    if (wrote < 0 && errno == EINVAL && direct) {
      direct = false;  // the disk wants larger pages
    } else if (wrote < 0 && errno != EINTR) {
      return no_scratch(folder_, std::strerror(errno));
    }
    done += wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
  }
  return {};
}

Result<std::span<const std::byte>> ScratchFile::read(std::uint64_t at, std::size_t bytes, AlignedBytes& room) {
  if (at + bytes > flushed_.load()) {
    if (const Result<void> well = flush(); !well) {
      return well.error();
    }
  }
  bool direct = direct_ >= 0 && end_.load() > cached_;
  const std::size_t before = direct ? static_cast<std::size_t>(at % AlignedBytes::page) : 0;
  const std::span<std::byte> pages = room.of(direct ? AlignedBytes::whole_pages(before + bytes) : bytes);
  for (std::size_t done = 0; done < before + bytes;) {
    direct = direct && done % AlignedBytes::page == 0;
    const ssize_t got = ::pread(direct ? direct_ : file_, pages.data() + done, pages.size() - done, static_cast<off_t>(at - before + done));
    if (got < 0 && errno == EINVAL && direct) {
      direct = false;
    } else if (got == 0 || (got < 0 && errno != EINTR)) {
      return no_room_error(fmt::format("The file in {} that holds what does not fit into memory cannot be read back: {}.", folder_,
                                       got == 0 ? "it ends too early" : std::strerror(errno)));
    }
    done += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  return std::span<const std::byte>(pages.subspan(before, bytes));
}

Result<std::shared_ptr<const void>> ScratchFile::map() {
  if (const Result<void> well = finish(); !well) {
    return well.error();
  }
  const auto bytes = static_cast<std::size_t>(end_.load());
  void* pages = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file_, 0);
  if (pages == MAP_FAILED) {
    return no_scratch(folder_, std::strerror(errno));
  }
  return std::shared_ptr<const void>(pages, [bytes](void* mapped) { ::munmap(mapped, bytes); });
}

#else  // no files: everything stays in memory

namespace {
Error no_files() { return no_room_error("The data does not fit into the memory that is given, and there are no files here to put it in."); }
}  // namespace

Result<std::unique_ptr<ScratchFile>> ScratchFile::create(const Memory& /*memory*/, std::uint64_t /*bytes*/, std::uint64_t /*front*/) {
  return no_files();
}
ScratchFile::~ScratchFile() = default;
Result<std::uint64_t> ScratchFile::append(std::span<const std::byte> /*bytes*/) { return no_files(); }
Result<std::span<const std::byte>> ScratchFile::read(std::uint64_t /*at*/, std::size_t /*bytes*/, AlignedBytes& /*room*/) {
  return no_files();
}
Result<void> ScratchFile::write_front(std::uint64_t /*at*/, std::span<const std::byte> /*bytes*/) const { return no_files(); }
Result<void> ScratchFile::finish() { return no_files(); }
Result<std::shared_ptr<const void>> ScratchFile::map() { return no_files(); }

#endif

Result<void> ScratchFile::read(std::uint64_t at, std::span<std::byte> bytes) {
  AlignedBytes room;
  const auto got = read(at, bytes.size(), room);
  if (got) {
    std::copy(got->begin(), got->end(), bytes.begin());
  }
  return got ? Result<void>() : got.error();
}

}  // namespace fallline
