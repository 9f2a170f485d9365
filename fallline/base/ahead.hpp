// SPDX-License-Identifier: Apache-2.0
// Ahead: one piece of work that is done beside the caller, such as a read of what will be needed next. Without threads (wasm) it is done
// when it is waited for.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace fallline {

class Ahead {
 public:
  Ahead();
  /// Waits.
  ~Ahead();
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;

  /// Waits for the work before. What the work touches is not to be touched until `wait` has returned.
  void begin(std::function<void()> work);
  void wait();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Does task(0), ..., task(tasks - 1) on up to `threads` threads of its own: for tasks that wait for the disk more than they compute.
void do_beside(std::size_t tasks, std::size_t threads, const std::function<void(std::size_t)>& task);

}  // namespace fallline
