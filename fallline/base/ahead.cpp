// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/ahead.hpp"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#if !defined(__wasi__) && !defined(__EMSCRIPTEN__)
#include <thread>
#define FALLLINE_HAS_THREADS 1
#endif

namespace fallline {

struct Ahead::State {
#if defined(FALLLINE_HAS_THREADS)
  std::thread thread;
#endif
  std::function<void()> work;
};

Ahead::Ahead() : state_(std::make_unique<State>()) {}

Ahead::~Ahead() { wait(); }

void Ahead::begin(std::function<void()> work) {
  wait();
  state_->work = std::move(work);
#if defined(FALLLINE_HAS_THREADS)
  state_->thread = std::thread(state_->work);
#endif
}

void Ahead::wait() {
#if defined(FALLLINE_HAS_THREADS)
  if (state_->thread.joinable()) {
    state_->thread.join();
  }
#else
  if (state_->work) {
    state_->work();
  }
#endif
  state_->work = nullptr;
}

void do_beside(std::size_t tasks, [[maybe_unused]] std::size_t threads, const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks; i = next++) {
      task(i);
    }
  };
#if defined(FALLLINE_HAS_THREADS)
  std::vector<std::jthread> others;
  for (std::size_t k = 1; k < std::min(threads, tasks); ++k) {
    others.emplace_back(work);
  }
#endif
  work();
}

}  // namespace fallline
