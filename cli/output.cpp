// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "fallline/base/file.hpp"

namespace fallline::cli {

namespace {

Error cannot(const std::string& path, const std::string& why) {
  return no_room_error(fmt::format("{} cannot be written: {}. Name another place with --out.", path, why));
}

/// A device or pipe, which must not be renamed over.
bool is_stream(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

Result<void> write_stream(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY);
  if (fd < 0) {
    return cannot(path, std::strerror(errno));
  }
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      const Error error = cannot(path, std::strerror(errno));
      ::close(fd);
      return error;
    }
  }
  ::close(fd);
  return {};
}

}  // namespace

Result<void> check_writable(const std::string& path) {
  std::error_code fault;
  if (std::filesystem::is_directory(path, fault)) {
    return cannot(path, "it is a folder");
  }
  if (is_stream(path)) {
    return ::access(path.c_str(), W_OK) == 0 ? Result<void>() : cannot(path, std::strerror(errno));
  }
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  if (!std::filesystem::is_directory(folder, fault)) {
    return cannot(path, fmt::format("there is no folder {}", folder));
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return cannot(path, fmt::format("in {}: {}", folder, std::strerror(errno)));
  }
  return {};
}

Result<void> write_output(const std::string& path, std::string_view bytes) {
  return is_stream(path) ? write_stream(path, bytes) : write_file_whole(path, bytes);
}

}  // namespace fallline::cli
