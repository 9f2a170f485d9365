// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/scratch.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "fallline/base/numbers.hpp"

#if !defined(__wasi__) && !defined(__EMSCRIPTEN__)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>
#define FALLLINE_CAN_MAP 1
#endif

namespace fallline {

std::string scratch_folder() {
  const char* told = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): read before there are threads
  return told != nullptr && *told != '\0' ? told : "/tmp";
}

#if defined(FALLLINE_CAN_MAP)

namespace {

Error no_scratch(const std::string& folder, const std::string& why) {
  return no_room_error(
      fmt::format("What does not fit into memory goes to a file in {}, and there is no room for it: {}. Pass --cache with a folder on "
                  "another disk, or a larger --memory.",
                  folder, why));
}

/// A file without a name, which goes away with its descriptor.
Result<int> open_nameless(const std::string& folder) {
  std::string path = folder + "/fallline-XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) {
    return no_scratch(folder, std::strerror(errno));
  }
  ::unlink(path.c_str());
  return file;
}

std::string in_megabytes(std::uint64_t bytes) { return grouped(static_cast<std::int64_t>((bytes + 999999) / 1000000)) + " MB"; }

}  // namespace

Result<std::unique_ptr<ScratchFile>> ScratchFile::create(const std::string& folder) {
  const Result<int> file = open_nameless(folder);
  return file ? Result<std::unique_ptr<ScratchFile>>(std::unique_ptr<ScratchFile>(new ScratchFile(*file, folder))) : file.error();
}

ScratchFile::~ScratchFile() { ::close(file_); }

Result<std::uint64_t> ScratchFile::append(std::span<const std::byte> bytes) {
  const std::uint64_t at = end_.fetch_add(bytes.size());
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = ::pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
    if (wrote < 0 && errno != EINTR) {
      return no_scratch(folder_, std::strerror(errno));
    }
    done += wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
  }
  return at;
}

Result<void> ScratchFile::read(std::uint64_t at, std::span<std::byte> bytes) const {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::pread(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
    if (got == 0 || (got < 0 && errno != EINTR)) {
      return no_room_error(fmt::format("The file in {} that holds what does not fit into memory cannot be read back: {}.", folder_,
                                       got == 0 ? "it ends too early" : std::strerror(errno)));
    }
    done += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  return {};
}

Result<std::shared_ptr<ScratchRoom>> ScratchRoom::create(Memory& memory, std::uint64_t bytes) {
  const std::string& folder = memory.folder();
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) == 0) {
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (free < bytes) {
      return no_scratch(folder, fmt::format("{} are needed and {} are free", in_megabytes(bytes), in_megabytes(free)));
    }
  }
  const Result<int> file = open_nameless(folder);
  if (!file) {
    return file.error();
  }
  const auto size = static_cast<std::size_t>(bytes);
  const int fault = ::posix_fallocate(*file, 0, static_cast<off_t>(size));
  void* pages = fault == 0 ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0) : MAP_FAILED;
  const int why = fault == 0 ? errno : fault;
  ::close(*file);
  if (pages == MAP_FAILED) {
    return no_scratch(folder, fmt::format("{} are needed: {}", in_megabytes(bytes), std::strerror(why)));
  }
  return std::shared_ptr<ScratchRoom>(new ScratchRoom(memory, pages, size));
}

ScratchRoom::ScratchRoom(Memory& memory, void* pages, std::size_t bytes)
    : memory_(memory), pages_(static_cast<std::byte*>(pages)), bytes_(bytes) {
  memory_.watch(pages, bytes);
}

ScratchRoom::~ScratchRoom() {
  memory_.unwatch(pages_);
  ::munmap(pages_, bytes_);
}

void ScratchRoom::soon(const void* at, std::size_t bytes) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(at) / page * page;
  const auto last = reinterpret_cast<std::uintptr_t>(at) + bytes;
  (void)::madvise(reinterpret_cast<void*>(first), last - first, MADV_WILLNEED);  // NOLINT(performance-no-int-to-ptr)
}

#else  // no files to map: everything stays in memory

namespace {
Error no_files() { return no_room_error("The data does not fit into the memory that is given, and there are no files here to put it in."); }
}  // namespace

Result<std::unique_ptr<ScratchFile>> ScratchFile::create(const std::string& /*folder*/) { return no_files(); }
ScratchFile::~ScratchFile() = default;
Result<std::uint64_t> ScratchFile::append(std::span<const std::byte> /*bytes*/) { return no_files(); }
Result<void> ScratchFile::read(std::uint64_t /*at*/, std::span<std::byte> /*bytes*/) const { return no_files(); }
Result<std::shared_ptr<ScratchRoom>> ScratchRoom::create(Memory& /*memory*/, std::uint64_t /*bytes*/) { return no_files(); }
ScratchRoom::ScratchRoom(Memory& memory, void* pages, std::size_t bytes)
    : memory_(memory), pages_(static_cast<std::byte*>(pages)), bytes_(bytes) {}
ScratchRoom::~ScratchRoom() = default;
void ScratchRoom::soon(const void* /*at*/, std::size_t /*bytes*/) {}

#endif

void* ScratchRoom::allocate(std::size_t bytes) {
  const std::uint64_t size = size_of(bytes);
  if (size > bytes_ - used_) {
    return nullptr;
  }
  void* at = pages_ + used_;
  used_ += static_cast<std::size_t>(size);
  return at;
}

}  // namespace fallline
