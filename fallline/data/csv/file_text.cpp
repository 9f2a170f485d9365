// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/file_text.hpp"

#include <fmt/format.h>

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

#if defined(FALLLINE_CAN_MAP)
/// The pages of a regular file; an owner of nothing where it cannot be mapped (a pipe, a fault): then reading tells why.
std::shared_ptr<const void> map_file(const std::string& path, std::size_t& size) {
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
    pages = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  }
  ::close(fd);
  if (pages == MAP_FAILED) {
    return nullptr;
  }
  return {pages, [size](void* mapped) { ::munmap(mapped, size); }};
}
#else
std::shared_ptr<const void> map_file(const std::string& /*path*/, std::size_t& /*size*/) { return nullptr; }
#endif

}  // namespace

Result<FileText> FileText::open(const std::string& path, Memory* memory) {
  std::size_t size = 0;
  if (auto pages = map_file(path, size)) {
    const std::string_view bytes(static_cast<const char*>(pages.get()), size);
    return over(bytes, std::move(pages), true, path);
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

void FileText::let_go([[maybe_unused]] const char* first, [[maybe_unused]] const char* last) const {
#if defined(FALLLINE_CAN_MAP)
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t from = (reinterpret_cast<std::uintptr_t>(first) + page - 1) / page * page;
  const std::uintptr_t to = reinterpret_cast<std::uintptr_t>(last) / page * page;
  if (mapped_ && from < to) {
    (void)::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);  // NOLINT(performance-no-int-to-ptr)
  }
#endif
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
