// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <utility>

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

/// As many bytes as there are, up to `size`; none at the end.
Result<std::size_t> read_some(int fd, const std::string& name, char* to, std::size_t size) {
  for (;;) {
    const auto got = ::read(fd, to, size);
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) {
      return data_error(fmt::format("{} cannot be read: {}.", name, std::strerror(errno)));
    }
  }
}

Result<void> check_opened(const Descriptor& fd, const std::string& path, struct stat& info) {
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
    return data_error(fmt::format("{} cannot be opened: {}.", path, std::strerror(errno)));
  }
  return S_ISDIR(info.st_mode) ? Result<void>(data_error(fmt::format("{} is a directory, not a file.", path))) : Result<void>();
}

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

Result<void> read_pieces(int fd, const std::string& name, const TakeBytes& take) {
  std::string room(std::size_t{1} << 20U, '\0');
  for (;;) {
    const Result<std::size_t> got = read_some(fd, name, room.data(), room.size());
    if (!got) {
      return got.error();
    }
    const Result<void> taken = *got > 0 ? take({room.data(), *got}) : Result<void>();
    if (*got == 0 || !taken) {
      return taken;
    }
  }
}

Result<void> read_file(const std::string& path, const TakeBytes& take) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY));
  struct stat info{};
  const Result<void> well = check_opened(fd, path, info);
  return well ? read_pieces(fd.get(), path, take) : well;
}

Result<FileStart> read_start(const std::string& path, std::uint64_t most) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY));
  struct stat info{};
  if (const Result<void> well = check_opened(fd, path, info); !well) {
    return well.error();
  }
  FileStart start{{}, static_cast<std::uint64_t>(info.st_size)};
  start.bytes.reserve(std::min(start.file_bytes, most));
  char block[1 << 16];
  while (start.bytes.size() < most) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(sizeof block, most - start.bytes.size()));
    const Result<std::size_t> got = read_some(fd.get(), path, block, wanted);
    if (!got) {
      return got.error();
    }
    if (*got == 0) {
      break;
    }
    start.bytes.append(block, *got);
  }
  return start;
}

Result<std::string> read_file(const std::string& path) {
  auto all = read_start(path, std::numeric_limits<std::uint64_t>::max());
  return all ? Result<std::string>(std::move(all->bytes)) : all.error();
}

Result<NewFile> NewFile::begin(std::string path) {
  struct stat info{};
  const bool device = ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
  NewFile file(std::move(path), device);
  file.fd_ = ::open(file.temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file.fd_ < 0) {
    return file.cannot("open");
  }
  return file;
}

NewFile::NewFile(std::string path, bool device) : path_(std::move(path)), temporary_(device ? path_ : path_ + ".part"), device_(device) {}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      device_(other.device_),
      fd_(std::exchange(other.fd_, -1)) {}

NewFile::~NewFile() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
  if (!device_ && !temporary_.empty()) {
    ::unlink(temporary_.c_str());
  }
}

Error NewFile::cannot(const char* doing) const {
  return no_room_error(fmt::format("{} cannot be written ({}: {}). Nothing was left half written; free some room or name another place.",
                                   path_, doing, std::strerror(errno)));
}

Result<void> NewFile::append(std::string_view bytes) { return write_all(fd_, bytes) ? Result<void>() : cannot("write"); }

Result<void> NewFile::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return cannot("write");
    }
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> NewFile::finish(const std::string& previous) {
  if (::fsync(fd_) != 0 && errno != EINVAL && errno != EROFS) {  // a pipe or a device has nothing to sync
    return cannot("sync");
  }
  if (::close(std::exchange(fd_, -1)) != 0) {
    return cannot("close");
  }
  if (device_) {
    return {};
  }
  if (!previous.empty() && std::rename(path_.c_str(), previous.c_str()) != 0 && errno != ENOENT) {
    return cannot("rename");
  }
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return cannot("rename");
  }
  temporary_.clear();
  sync_folder_of(path_);
  return {};
}

Result<void> write_file_whole(const std::string& path, std::string_view bytes) {
  Result<NewFile> file = NewFile::begin(path);
  if (!file) {
    return file.error();
  }
  if (Result<void> written = file->append(bytes); !written) {
    return written;
  }
  return file->finish();
}

}  // namespace fallline
