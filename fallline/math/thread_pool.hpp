// SPDX-License-Identifier: Apache-2.0
// ThreadPool: runs task(i) for i in [0, tasks). What a task does may depend on i only, never on which thread runs it, so results are the
// same for any number of threads. Each thread begins with its own stretch of the tasks, the same one every time, so that what they work on
// stays in its caches; who is done long before the others helps them. Without thread support (wasm) everything runs on the caller.
#pragma once

#include <cstddef>
#include <memory>

namespace fallline {

/// A callable lent for the length of a call: nothing is copied or allocated.
class LentTask {
 public:
  template <class Task>
  explicit LentTask(const Task& task) : task_(&task), call_([](const void* own, std::size_t i) { (*static_cast<const Task*>(own))(i); }) {}
  void operator()(std::size_t i) const { call_(task_, i); }

 private:
  const void* task_;
  void (*call_)(const void*, std::size_t);
};

class ThreadPool {
 public:
  /// threads >= 1, the caller included; 0 means all cores.
  explicit ThreadPool(std::size_t threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t threads() const;

  /// Calls task(0) ... task(tasks - 1), each once, and returns when all are done. Not to be called from inside a task.
  template <class Task>
  void run(std::size_t tasks, const Task& task) {
    run_lent(tasks, LentTask(task));
  }

 private:
  void run_lent(std::size_t tasks, const LentTask& task);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fallline
