// SPDX-License-Identifier: Apache-2.0
// Preloaded into the program by the tests: the n-th call on something whose path contains FAULT_IN goes wrong in the way of FAULT_KIND, n
// being FAULT_AT, or every one where that is `all`. The calls are those that write, sync or rename, with FAULT_CALLS=read those that read.
// At the end FAULT_COUNT is a file that holds their number. Kinds:
//   kill                 the process is killed before the call
//   ENOSPC, EIO          the call fails with this error
//   short                the call takes or gives half of what it was asked for
//   end                  the call gives nothing, as at the end of a file
//   cut, change, delete  before the call that happens to the file FAULT_FILE: half of it is left, a byte of it is another, it is gone
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::atomic<long> calls = 0;

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

template <class F>
F* real(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

void disturb(const std::string& kind) {
  const std::string path = told("FAULT_FILE");
  struct stat info{};
  if (kind == "delete") {
    ::unlink(path.c_str());
  } else if (kind == "cut" && ::stat(path.c_str(), &info) == 0) {
    (void)!::truncate(path.c_str(), info.st_size / 2);
  } else if (kind == "change") {
    const int file = ::open(path.c_str(), O_WRONLY);
    (void)!real<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, "7", 1, 1000);
    ::close(file);
  }
}

/// What happens to one call: its error, or how much it may do.
struct Fate {
  int error = 0;
  std::size_t size = 0;
  bool nothing = false;
};

Fate fate(const char* kind_of_call, std::size_t size) {
  const std::string of = told("FAULT_CALLS");
  if ((of.empty() ? "write" : of) != kind_of_call) {
    return {0, size};
  }
  const long now = ++calls;
  const std::string at = told("FAULT_AT");
  if (at != "all" && at != std::to_string(now)) {
    return {0, size};
  }
  const std::string kind = told("FAULT_KIND");
  if (kind == "kill") {
    ::kill(::getpid(), SIGKILL);
  }
  disturb(kind);
  const int error = kind == "ENOSPC" ? ENOSPC : kind == "EIO" ? EIO : 0;
  return {error, kind == "short" && size > 1 ? size / 2 : size, kind == "end"};
}

struct Count {
  ~Count() {
    const std::string path = told("FAULT_COUNT");
    if (std::FILE* const file = path.empty() ? nullptr : std::fopen(path.c_str(), "w")) {
      std::fprintf(file, "%ld", calls.load());
      std::fclose(file);
    }
  }
};
const Count count;

/// call(how much) unless the call is to fail.
template <class Call>
auto with_fate(const char* kind_of_call, std::size_t size, const Call& call) -> decltype(call(size)) {
  const Fate its = fate(kind_of_call, size);
  if (its.error != 0) {
    errno = its.error;
    return -1;
  }
  return its.nothing ? 0 : call(its.size);
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* buf, size_t n) {
  static auto* const call = real<ssize_t(int, const void*, size_t)>("write");
  return concerns(fd) ? with_fate("write", n, [&](size_t size) { return call(fd, buf, size); }) : call(fd, buf, n);
}

ssize_t pwrite(int fd, const void* buf, size_t n, off_t offset) {
  static auto* const call = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return concerns(fd) ? with_fate("write", n, [&](size_t size) { return call(fd, buf, size, offset); }) : call(fd, buf, n, offset);
}

ssize_t read(int fd, void* buf, size_t nbytes) {
  static auto* const call = real<ssize_t(int, void*, size_t)>("read");
  return concerns(fd) ? with_fate("read", nbytes, [&](size_t size) { return call(fd, buf, size); }) : call(fd, buf, nbytes);
}

ssize_t pread(int fd, void* buf, size_t nbytes, off_t offset) {
  static auto* const call = real<ssize_t(int, void*, size_t, off_t)>("pread");
  return concerns(fd) ? with_fate("read", nbytes, [&](size_t size) { return call(fd, buf, size, offset); }) : call(fd, buf, nbytes, offset);
}

int fsync(int fd) {
  static auto* const call = real<int(int)>("fsync");
  return concerns(fd) ? with_fate("write", 0, [&](size_t /*size*/) { return call(fd); }) : call(fd);
}

// The C library's own name of the second parameter ends in a keyword.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
int rename(const char* from, const char* to) noexcept {
  static auto* const call = real<int(const char*, const char*)>("rename");
  return concerns(to) ? with_fate("write", 0, [&](size_t /*size*/) { return call(from, to); }) : call(from, to);
}
}
