// SPDX-License-Identifier: Apache-2.0
// The first fault of tasks that run at once.
#pragma once

#include <optional>

#include "fallline/base/mutex.hpp"
#include "fallline/base/result.hpp"

namespace fallline::kept {

class Faults {
 public:
  void add(const Error& error) {
    const Locked lock(mutex_);
    first_ = first_ ? first_ : error;
  }
  void add(const Result<void>& done) {
    if (!done) {
      add(done.error());
    }
  }
  Result<void> result() const { return first_ ? Result<void>(*first_) : Result<void>(); }

 private:
  Mutex mutex_;
  std::optional<Error> first_;
};

}  // namespace fallline::kept
