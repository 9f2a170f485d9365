// SPDX-License-Identifier: Apache-2.0
// Preloaded into the program by kill_test.py: the n-th call that writes, syncs or renames something whose path contains FAULT_IN fails in
// the way of FAULT_KIND (kill, short, ENOSPC, EIO), n being FAULT_AT. At the end FAULT_COUNT is a file that holds the number of calls.
#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

long calls = 0;

std::string told(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool concerns(const char* path) { return std::strstr(path, told("FAULT_IN").c_str()) != nullptr; }

bool concerns(int fd) {
  char path[4096] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  return ::readlink(link.c_str(), path, sizeof path - 1) > 0 && concerns(path);
}

/// Whether this call is the one to fail, and in the way of `kind`.
bool strikes(const std::string& kind) { return std::to_string(calls) == told("FAULT_AT") && told("FAULT_KIND") == kind; }

bool fails() {
  ++calls;
  if (strikes("kill")) {
    ::kill(::getpid(), SIGKILL);
  }
  if (strikes("ENOSPC") || strikes("EIO")) {
    errno = strikes("EIO") ? EIO : ENOSPC;
    return true;
  }
  return false;
}

template <class F>
F* real(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

std::size_t shortened(std::size_t size) { return strikes("short") && size > 1 ? size / 2 : size; }

struct Count {
  ~Count() {
    const std::string path = told("FAULT_COUNT");
    if (std::FILE* const file = path.empty() ? nullptr : std::fopen(path.c_str(), "w")) {
      std::fprintf(file, "%ld", calls);
      std::fclose(file);
    }
  }
};
const Count count;

}  // namespace

extern "C" {

ssize_t write(int fd, const void* buf, size_t n) {
  static auto* const call = real<ssize_t(int, const void*, size_t)>("write");
  if (!concerns(fd)) {
    return call(fd, buf, n);
  }
  return fails() ? -1 : call(fd, buf, shortened(n));
}

ssize_t pwrite(int fd, const void* buf, size_t n, off_t offset) {
  static auto* const call = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  if (!concerns(fd)) {
    return call(fd, buf, n, offset);
  }
  return fails() ? -1 : call(fd, buf, shortened(n), offset);
}

int fsync(int fd) {
  static auto* const call = real<int(int)>("fsync");
  return concerns(fd) && fails() ? -1 : call(fd);
}

// The C library's own name of the second parameter ends in a keyword.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
int rename(const char* from, const char* to) noexcept {
  static auto* const call = real<int(const char*, const char*)>("rename");
  return concerns(to) && fails() ? -1 : call(from, to);
}
}
