// SPDX-License-Identifier: Apache-2.0
// A mutex where there are threads; without them (wasm) there is nobody to keep out.
#pragma once

#if !defined(__wasi__) && !defined(__EMSCRIPTEN__)
#include <mutex>
#endif

namespace fallline {

#if defined(__wasi__) || defined(__EMSCRIPTEN__)
struct Mutex {
  void lock() {}
  void unlock() {}
};
#else
using Mutex = std::mutex;
#endif

/// Holds a mutex as long as it lives.
class Locked {
 public:
  explicit Locked(Mutex& mutex) : mutex_(mutex) { mutex_.lock(); }
  ~Locked() { mutex_.unlock(); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace fallline
