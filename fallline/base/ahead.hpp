// SPDX-License-Identifier: Apache-2.0
// Ahead: one piece of work that is done beside the caller, such as a read of what will be needed next. Without threads (wasm) it is done
// when it is waited for.
#pragma once

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

}  // namespace fallline
