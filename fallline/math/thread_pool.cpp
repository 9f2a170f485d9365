// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/thread_pool.hpp"

#if defined(__wasi__) || defined(__EMSCRIPTEN__)

namespace fallline {

struct ThreadPool::State {};
ThreadPool::ThreadPool(std::size_t /*threads*/) {}
ThreadPool::~ThreadPool() = default;
std::size_t ThreadPool::threads() const { return 1; }
void ThreadPool::run(std::size_t tasks, const std::function<void(std::size_t)>& task) {
  for (std::size_t i = 0; i < tasks; ++i) {
    task(i);
  }
}

}  // namespace fallline

#else

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace fallline {

/// Workers wait for `round` to change, first spinning (a step of a small batch lasts microseconds, a sleep would cost more), then asleep.
struct ThreadPool::State {
  std::vector<std::jthread> workers;
  std::atomic<std::uint64_t> round = 0;
  std::atomic<std::size_t> next = 0;  // the next task to take
  std::atomic<std::size_t> busy = 0;  // workers still in this round
  std::atomic<bool> leaving = false;
  std::size_t tasks = 0;
  const std::function<void(std::size_t)>* task = nullptr;
  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<std::size_t> asleep = 0;

  void take_tasks() {
    for (std::size_t i = next.fetch_add(1, std::memory_order_relaxed); i < tasks; i = next.fetch_add(1, std::memory_order_relaxed)) {
      (*task)(i);
    }
  }

  void wait_for_round(std::uint64_t seen) {
    constexpr int spins = 4000;  // about 10 us
    for (int i = 0; i < spins; ++i) {
      if (round.load(std::memory_order_acquire) != seen) {
        return;
      }
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    std::unique_lock lock(mutex);
    asleep.fetch_add(1);
    wake.wait(lock, [&] { return round.load(std::memory_order_acquire) != seen; });
    asleep.fetch_sub(1);
  }

  void work() {
    std::uint64_t seen = 0;
    for (;;) {
      wait_for_round(seen);
      ++seen;
      if (leaving.load(std::memory_order_relaxed)) {
        return;
      }
      take_tasks();
      busy.fetch_sub(1, std::memory_order_release);
    }
  }

  void begin_round() {
    round.fetch_add(1);
    if (asleep.load() > 0) {
      const std::scoped_lock lock(mutex);
      wake.notify_all();
    }
  }
};

ThreadPool::ThreadPool(std::size_t threads) : state_(std::make_unique<State>()) {
  const std::size_t wanted = threads > 0 ? threads : std::max<std::size_t>(1, std::thread::hardware_concurrency());
  for (std::size_t i = 1; i < wanted; ++i) {
    state_->workers.emplace_back([state = state_.get()] { state->work(); });
  }
}

ThreadPool::~ThreadPool() {
  state_->leaving.store(true);
  const std::scoped_lock lock(state_->mutex);
  state_->round.fetch_add(1);
  state_->wake.notify_all();
}

std::size_t ThreadPool::threads() const { return state_->workers.size() + 1; }

void ThreadPool::run(std::size_t tasks, const std::function<void(std::size_t)>& task) {
  if (tasks <= 1 || state_->workers.empty()) {
    for (std::size_t i = 0; i < tasks; ++i) {
      task(i);
    }
    return;
  }
  State& state = *state_;
  state.tasks = tasks;
  state.task = &task;
  state.next.store(0, std::memory_order_relaxed);
  state.busy.store(state.workers.size(), std::memory_order_relaxed);
  state.begin_round();
  state.take_tasks();
  int spins = 0;
  while (state.busy.load(std::memory_order_acquire) != 0) {
    if (++spins > 20000) {
      std::this_thread::yield();
    }
  }
}

}  // namespace fallline

#endif
