// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace fallline {
namespace {

TEST(ThreadPool, EveryTaskRunsOnceWhateverTheNumberOfThreads) {
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const std::size_t tasks : {0U, 1U, 2U, 100U}) {
      std::vector<std::atomic<int>> runs(tasks);
      pool.run(tasks, [&](std::size_t i) { ++runs[i]; });
      for (const auto& count : runs) {
        EXPECT_EQ(count.load(), 1);
      }
    }
  }
}

TEST(ThreadPool, MoreThanAMillionTasksRunInSeveralRounds) {
  ThreadPool pool(2);
  std::vector<std::atomic<std::uint8_t>> runs(1'100'000);
  pool.run(runs.size(), [&](std::size_t i) { ++runs[i]; });
  for (const auto& count : runs) {
    ASSERT_EQ(count.load(), 1);
  }
}

TEST(ThreadPool, ManyShortRoundsAllFinish) {
  ThreadPool pool(3);
  std::atomic<int> sum = 0;
  for (int round = 0; round < 2000; ++round) {
    pool.run(4, [&](std::size_t i) { sum += static_cast<int>(i); });
  }
  EXPECT_EQ(sum.load(), 2000 * 6);
}

TEST(ThreadPool, SleepingWorkersWakeForALaterRound) {
  ThreadPool pool(2);
  std::atomic<int> runs = 0;
  for (int round = 0; round < 3; ++round) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
    while (std::chrono::steady_clock::now() < until) {
    }
    pool.run(8, [&](std::size_t) { ++runs; });
  }
  EXPECT_EQ(runs.load(), 24);
}

}  // namespace
}  // namespace fallline
