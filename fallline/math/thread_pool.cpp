// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/thread_pool.hpp"

#if defined(__wasi__) || defined(__EMSCRIPTEN__)

namespace fallline {

struct ThreadPool::State {};
ThreadPool::ThreadPool(std::size_t /*threads*/) {}
ThreadPool::~ThreadPool() = default;
std::size_t ThreadPool::threads() const { return 1; }
void ThreadPool::run_lent(std::size_t tasks, const LentTask& task) {
  for (std::size_t i = 0; i < tasks; ++i) {
    task(i);
  }
}

}  // namespace fallline

#else

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace fallline {

namespace {

/// One word says which round it is and which tasks of a stretch are left, so that taking a task and seeing that its round is over are one
/// atomic step: a worker that wakes late finds nothing to do and holds nobody up.
struct Ticket {
  static constexpr unsigned bits = 20;
  static constexpr std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  std::uint64_t word;

  static Ticket of(std::uint64_t round, std::uint64_t first, std::uint64_t last) { return {round << (2 * bits) | last << bits | first}; }
  std::uint64_t first() const { return word & mask; }
  std::uint64_t last() const { return word >> bits & mask; }
  bool empty() const { return first() >= last(); }
  /// With its first or last task taken off.
  Ticket without_first() const { return {word + 1}; }
  Ticket without_last() const { return {word - (std::uint64_t{1} << bits)}; }
};

/// Before it helps another a thread looks so often, with so many pauses between, about 5 us in all: a task that moves to another core
/// leaves its data behind, so helping has to pay; and every look takes the stretch's line from its owner.
constexpr int looks = 16;
constexpr int pauses = 32;

/// The stretch of one thread, on a cache line of its own.
struct alignas(64) Lane {
  std::atomic<std::uint64_t> ticket = 0;
};

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

/// Workers wait for the round to change, first spinning (a step of a small batch lasts microseconds, a sleep would cost more), then asleep.
/// Where there are more threads than cores nobody spins.
struct ThreadPool::State {
  std::vector<Lane> lanes;
  alignas(64) std::atomic<std::uint64_t> round = 0;
  alignas(64) std::atomic<std::size_t> done = 0;  // tasks of this round that are finished
  alignas(64) std::atomic<bool> leaving = false;
  const LentTask* task = nullptr;
  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<std::size_t> asleep = 0;
  int spins = 0;
  std::vector<std::jthread> workers;  // last: they end before what they use

  explicit State(std::size_t threads) : lanes(threads) {}

  void take_from(Lane& lane, bool own) {
    std::size_t finished = 0;  // told all at once: the counter is on a line that all threads want
    for (Ticket seen{lane.ticket.load(std::memory_order_acquire)}; !seen.empty();) {
      const Ticket left = own ? seen.without_first() : seen.without_last();
      if (lane.ticket.compare_exchange_weak(seen.word, left.word, std::memory_order_acq_rel, std::memory_order_acquire)) {
        (*task)(static_cast<std::size_t>(own ? seen.first() : left.last()));
        ++finished;
        seen.word = lane.ticket.load(std::memory_order_acquire);
      }
    }
    if (finished > 0) {
      done.fetch_add(finished, std::memory_order_release);
    }
  }

  bool all_taken() const {
    return std::all_of(lanes.begin(), lanes.end(),
                       [](const Lane& lane) { return Ticket{lane.ticket.load(std::memory_order_acquire)}.empty(); });
  }

  void take_tasks(std::size_t own) {
    take_from(lanes[own], true);
    for (int i = 0; i < looks && spins > 0 && !all_taken(); ++i) {
      for (int k = 0; k < pauses; ++k) {
        pause();
      }
    }
    for (std::size_t i = 1; i < lanes.size(); ++i) {
      take_from(lanes[(own + i) % lanes.size()], false);
    }
  }

  void wait_for_round_after(std::uint64_t seen) {
    for (int i = 0; i < spins; ++i) {
      if (round.load(std::memory_order_acquire) != seen) {
        return;
      }
      pause();
    }
    std::unique_lock lock(mutex);
    asleep.fetch_add(1);
    wake.wait(lock, [&] { return round.load() != seen; });
    asleep.fetch_sub(1);
  }

  void work(std::size_t own) {
    std::uint64_t seen = 0;
    for (;;) {
      wait_for_round_after(seen);
      if (leaving.load(std::memory_order_relaxed)) {
        return;
      }
      seen = round.load(std::memory_order_acquire);
      take_tasks(own);
    }
  }

  void begin_round(std::size_t tasks) {
    const std::uint64_t next = round.load(std::memory_order_relaxed) + 1;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      const Ticket ticket = Ticket::of(next, tasks * i / lanes.size(), tasks * (i + 1) / lanes.size());
      lanes[i].ticket.store(ticket.word, std::memory_order_release);
    }
    round.store(next);
    if (asleep.load() > 0) {
      const std::scoped_lock lock(mutex);
      wake.notify_all();
    }
  }

  void run_round(std::size_t first, std::size_t tasks, const LentTask& whole) {
    const auto shifted = [&](std::size_t i) { whole(first + i); };
    const LentTask part(shifted);
    task = first == 0 ? &whole : &part;
    done.store(0, std::memory_order_relaxed);
    begin_round(tasks);
    take_tasks(0);
    for (int i = 0; done.load(std::memory_order_acquire) != tasks; ++i) {
      if (i < spins) {
        pause();
      } else {
        std::this_thread::yield();
      }
    }
  }
};

ThreadPool::ThreadPool(std::size_t threads) {
  const std::size_t cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  const std::size_t wanted = threads > 0 ? threads : cores;
  state_ = std::make_unique<State>(wanted);
  state_->spins = wanted <= cores ? 4000 : 0;  // about 10 us
  for (std::size_t i = 1; i < wanted; ++i) {
    state_->workers.emplace_back([state = state_.get(), i] { state->work(i); });
  }
}

ThreadPool::~ThreadPool() {
  state_->leaving.store(true);
  state_->begin_round(0);
}

std::size_t ThreadPool::threads() const { return state_->workers.size() + 1; }

void ThreadPool::run_lent(std::size_t tasks, const LentTask& task) {
  if (tasks <= 1 || state_->workers.empty()) {
    for (std::size_t i = 0; i < tasks; ++i) {
      task(i);
    }
    return;
  }
  for (std::size_t first = 0; first < tasks; first += Ticket::mask) {
    state_->run_round(first, std::min<std::size_t>(Ticket::mask, tasks - first), task);
  }
}

}  // namespace fallline

#endif
