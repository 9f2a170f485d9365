// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/file_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "fallline/base/file.hpp"
#include "fallline/data/csv/gathered_text.hpp"

#if !defined(__wasi__) && !defined(__EMSCRIPTEN__)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define FALLLINE_CAN_MAP 1
#endif

namespace fallline::csv {

namespace {

using Stamp = std::array<std::int64_t, 5>;

#if defined(FALLLINE_CAN_MAP)
Stamp stamp_of(const struct stat& info) {
  return {static_cast<std::int64_t>(info.st_dev), static_cast<std::int64_t>(info.st_ino), info.st_size, info.st_mtim.tv_sec,
          info.st_mtim.tv_nsec};
}

/// The pages of a regular file; an owner of nothing where it cannot be mapped (a pipe, a fault): then reading tells why.
std::shared_ptr<const void> map_file(const std::string& path, std::size_t& size, Stamp& stamp) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return nullptr;  // a pipe that is opened and closed would break under its writer
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return nullptr;
  }
  void* pages = MAP_FAILED;
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    size = static_cast<std::size_t>(info.st_size);
    stamp = stamp_of(info);
    pages = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  }
  ::close(fd);
  if (pages == MAP_FAILED) {
    return nullptr;
  }
  return {pages, [size](void* mapped) { ::munmap(mapped, size); }};
}
#else
std::shared_ptr<const void> map_file(const std::string& /*path*/, std::size_t& /*size*/, Stamp& /*stamp*/) { return nullptr; }
#endif

}  // namespace

Result<FileText> FileText::open(const std::string& path, Memory* memory) {
  std::size_t size = 0;
  Stamp stamp{};
  if (auto pages = map_file(path, size, stamp)) {
    const std::string_view bytes(static_cast<const char*>(pages.get()), size);
    FileText text = over(bytes, std::move(pages), true, path);
    text.stamp_ = stamp;
    return text;
  }
  GatheredText text(memory);
  const Result<void> well = read_file(path, [&](std::string_view piece) { return text.append(piece); });
  return well ? text.finish(path) : well.error();
}

FileText FileText::holding(std::string text, std::string name) {
  const auto owner = std::make_shared<const std::string>(std::move(text));
  return over(*owner, owner, false, std::move(name));
}

FileText FileText::over(std::string_view bytes, std::shared_ptr<const void> owner, bool mapped, std::string name) {
  FileText text;
  text.name_ = std::move(name);
  text.bytes_ = bytes;
  text.mapped_ = mapped;
  text.owner_ = std::move(owner);
  return text;
}

#if defined(FALLLINE_CAN_MAP)

/// On the whole pages among them.
void FileText::advise(std::string_view bytes, int advice) const {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::uintptr_t from = (first + page - 1) / page * page;
  const std::uintptr_t to = (first + bytes.size()) / page * page;
  if (mapped_ && from < to) {
    (void)::madvise(reinterpret_cast<void*>(from), to - from, advice);  // NOLINT(performance-no-int-to-ptr)
  }
}

void FileText::soon(std::string_view bytes) const {
  constexpr std::size_t piece = std::size_t{1} << 20U;  // of more at once the system fetches the beginning only
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    advise(bytes.substr(0, piece), MADV_WILLNEED);
  }
}

/// With the huge pages that they reach into, which came whole.
void FileText::let_go(std::string_view bytes) const {
  constexpr std::size_t huge = std::size_t{2} << 20U;
  const auto address = [](const char* at) { return reinterpret_cast<std::uintptr_t>(at); };
  const std::size_t before = std::min<std::size_t>(address(bytes.data()) % huge, address(bytes.data()) - address(bytes_.data()));
  const std::size_t behind = (huge - address(bytes.data() + bytes.size()) % huge) % huge;
  const auto first = static_cast<std::size_t>(bytes.data() - bytes_.data()) - before;
  advise(bytes_.substr(first, before + bytes.size() + behind), MADV_DONTNEED);
}

#else

void FileText::soon(std::string_view /*bytes*/) const {}
void FileText::let_go(std::string_view /*bytes*/) const {}

#endif

Result<void> FileText::unchanged() const {
#if defined(FALLLINE_CAN_MAP)
  struct stat info{};
  if (!mapped_ || ::stat(name_.c_str(), &info) != 0) {
    return {};
  }
  const Stamp now = stamp_of(info);
  const bool same_file = std::equal(now.begin(), now.begin() + 2, stamp_.begin());
  if (same_file && now != stamp_) {
    return changed();
  }
#endif
  return {};
}

Error FileText::changed() const {
  return data_error(fmt::format("{} was changed while it was read. Run again once nothing writes to it.", name_));
}

Result<void> unchanged(const std::vector<FileText>& files) {
  for (const FileText& file : files) {
    if (const Result<void> same = file.unchanged(); !same) {
      return same;
    }
  }
  return {};
}

std::string FileText::place(const char* at) const {
  std::size_t line = 1 + lines_before_;
  for (const char* c = bytes_.data(); c < at; ++c) {
    const bool half_of_crlf = *c == '\r' && c + 1 < bytes_.data() + bytes_.size() && c[1] == '\n';
    line += (*c == '\n' || *c == '\r') && !half_of_crlf ? 1 : 0;
  }
  return fmt::format("{}:{}", name_, line);
}

Result<std::vector<FileText>> open_all(const std::vector<std::string>& paths, Memory* memory) {
  if (paths.empty()) {
    return usage_error("No file to read was named.");
  }
  std::vector<FileText> files;
  for (const std::string& path : paths) {
    Result<FileText> file = FileText::open(path, memory);
    if (!file) {
      return file.error();
    }
    files.push_back(std::move(*file));
  }
  return files;
}

}  // namespace fallline::csv
