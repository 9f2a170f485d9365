// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace fallline {

namespace {

/// Closes on every way out; `close` tells whether the closing itself went well.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  bool close() {
    const bool well = fd_ < 0 || ::close(fd_) == 0;
    fd_ = -1;
    return well;
  }

 private:
  int fd_;
};

/// After the rename: makes the new name itself durable. Where a folder cannot be synced the file still stands whole.
void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor fd(::open(folder.c_str(), O_RDONLY));
  if (fd.get() >= 0) {
    ::fsync(fd.get());
  }
}

}  // namespace

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<std::string> read_file(const std::string& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY));
  struct stat info{};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
    return data_error(fmt::format("{} cannot be opened: {}.", path, std::strerror(errno)));
  }
  if (S_ISDIR(info.st_mode)) {
    return data_error(fmt::format("{} is a directory, not a file.", path));
  }
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(info.st_size));
  char block[1 << 16];
  for (;;) {
    const auto got = ::read(fd.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return data_error(fmt::format("{} cannot be read: {}.", path, std::strerror(errno)));
    }
    if (got == 0) {
      return bytes;
    }
    bytes.append(block, static_cast<std::size_t>(got));
  }
}

namespace {

Error cannot_write(const std::string& path, const char* doing, int fault) {
  return no_room_error(
      fmt::format("{} cannot be written ({}: {}). Nothing was left half written; free some room or name another place with --out.", path,
                  doing, std::strerror(fault)));
}

/// Opens, writes, syncs and closes; nothing, or what failed (errno tells why).
const char* write_through(const std::string& path, std::string_view bytes) {
  Descriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644));
  if (fd.get() < 0) {
    return "open";
  }
  if (!write_all(fd.get(), bytes)) {
    return "write";
  }
  if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != EROFS) {  // a pipe or a device has nothing to sync
    return "sync";
  }
  return fd.close() ? nullptr : "close";
}

}  // namespace

Result<void> write_file_whole(const std::string& path, std::string_view bytes) {
  struct stat info{};
  const bool device = ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
  const std::string temporary = device ? path : path + ".part";  // a pipe or device is written to, never replaced
  if (const char* failed = write_through(temporary, bytes); failed != nullptr) {
    const int fault = errno;
    if (!device) {
      ::unlink(temporary.c_str());
    }
    return cannot_write(path, failed, fault);
  }
  if (!device && std::rename(temporary.c_str(), path.c_str()) != 0) {
    const int fault = errno;
    ::unlink(temporary.c_str());
    return cannot_write(path, "rename", fault);
  }
  sync_folder_of(path);
  return {};
}

}  // namespace fallline
