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

}  // namespace

Result<std::unique_ptr<ScratchFile>> ScratchFile::create(const std::string& folder, std::uint64_t bytes) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) == 0) {
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (free < bytes) {
      return no_scratch(folder, fmt::format("{} are needed and {} are free", in_megabytes(bytes), in_megabytes(free)));
    }
  }
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

void ScratchFile::soon(std::uint64_t at, std::uint64_t bytes) const {
  (void)::posix_fadvise(file_, static_cast<off_t>(at), static_cast<off_t>(bytes), POSIX_FADV_WILLNEED);
}

Result<std::shared_ptr<const void>> ScratchFile::map() const {
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

Result<std::unique_ptr<ScratchFile>> ScratchFile::create(const std::string& /*folder*/, std::uint64_t /*bytes*/) { return no_files(); }
ScratchFile::~ScratchFile() = default;
Result<std::uint64_t> ScratchFile::append(std::span<const std::byte> /*bytes*/) { return no_files(); }
void ScratchFile::soon(std::uint64_t /*at*/, std::uint64_t /*bytes*/) const {}
Result<void> ScratchFile::read(std::uint64_t /*at*/, std::span<std::byte> /*bytes*/) const { return no_files(); }
Result<std::shared_ptr<const void>> ScratchFile::map() const { return no_files(); }

#endif

}  // namespace fallline
