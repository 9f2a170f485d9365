// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/online/descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace fallline::online {

namespace {

constexpr int look_every_ms = 100;  // for a stop that was asked for just before the wait began

struct Descriptor {
  int fd = -1;
  bool owned = false;
  std::string name;

  Descriptor(int number, bool own, std::string told) : fd(number), owned(own), name(std::move(told)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (owned) {
      ::close(fd);
    }
  }

  Error fault() const { return data_error(fmt::format("{} cannot be read: {}.", name, std::strerror(errno))); }
};

Result<std::size_t> read_some(const Descriptor& from, std::span<char> into, StopToken stop) {
  while (!stop.stop_requested()) {
    pollfd wait{from.fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, look_every_ms);
    if (ready < 0 && errno != EINTR) {
      return from.fault();
    }
    if (ready <= 0) {
      continue;
    }
    const ssize_t got = ::read(from.fd, into.data(), into.size());
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR && errno != EAGAIN) {
      return from.fault();
    }
  }
  return std::size_t{0};
}

}  // namespace

Result<ReadBytes> open_bytes(const std::string& path) {
  const bool standard = path == "-";
  const int fd = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a named pipe may have no writer yet
  if (fd < 0) {
    return data_error(fmt::format("{} cannot be opened: {}.", path, std::strerror(errno)));
  }
  auto from = std::make_shared<Descriptor>(fd, !standard, standard ? "stdin" : path);
  return ReadBytes([from](std::span<char> into, StopToken stop) { return read_some(*from, into, stop); });
}

}  // namespace fallline::online
