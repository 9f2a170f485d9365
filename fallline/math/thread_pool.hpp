// SPDX-License-Identifier: Apache-2.0
// ThreadPool: runs task(i) for i in [0, tasks). What a task does may depend on i only, never on which thread runs it, so results are the
// same for any number of threads. Without thread support (wasm) everything runs on the caller.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace fallline {

class ThreadPool {
 public:
  /// threads >= 1, the caller included; 0 means all cores.
  explicit ThreadPool(std::size_t threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t threads() const;

  /// Calls task(0) ... task(tasks - 1), each once, and returns when all are done. Not to be called from inside a task.
  void run(std::size_t tasks, const std::function<void(std::size_t)>& task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fallline
