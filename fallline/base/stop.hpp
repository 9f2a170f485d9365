// SPDX-License-Identifier: Apache-2.0
// StopToken: one flag that long work polls. A signal handler may set it (lock-free atomic), so may another thread.
#pragma once

#include <atomic>

namespace fallline {

class StopSource;

/// A look at a StopSource; the default one is never asked to stop. The source must outlive it.
class StopToken {
 public:
  StopToken() = default;
  bool stop_requested() const { return flag_ != nullptr && flag_->load(std::memory_order_relaxed); }

 private:
  friend class StopSource;
  explicit StopToken(const std::atomic<bool>* flag) : flag_(flag) {}
  const std::atomic<bool>* flag_ = nullptr;
};

class StopSource {
 public:
  void request_stop() { flag_.store(true, std::memory_order_relaxed); }
  StopToken token() const { return StopToken(&flag_); }

 private:
  std::atomic<bool> flag_ = false;
};

}  // namespace fallline
