// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/thread_pool_test.h"

#include <QtTest>
#include <atomic>
#include <vector>

#include "kernels/thread_pool.h"

using kernels::ThreadPool;

void ThreadPoolTest::every_task_runs_once_data() {
  QTest::addColumn<int>("threads");
  QTest::addColumn<int>("tasks");
  for (const int threads : {1, 2, 3, 8}) {
    for (const int tasks : {0, 1, 2, 7, 1000})
      QTest::addRow("%d threads, %d tasks", threads, tasks) << threads << tasks;
  }
}

void ThreadPoolTest::every_task_runs_once() {
  QFETCH(int, threads);
  QFETCH(int, tasks);
  ThreadPool pool(threads);
  QCOMPARE(pool.num_threads(), threads);
  std::vector<std::atomic<int>> counts(static_cast<size_t>(tasks));
  std::atomic<bool> bad_thread{false};
  pool.run(tasks, [&](int64_t task, int thread) {
    ++counts[static_cast<size_t>(task)];
    if (thread < 0 || thread >= threads) bad_thread = true;
  });
  for (const std::atomic<int>& count : counts) QCOMPARE(count.load(), 1);
  QVERIFY(!bad_thread);
}

void ThreadPoolTest::many_short_loops() {
  ThreadPool pool(4);
  for (int64_t loop = 0; loop < 3000; ++loop) {
    std::atomic<int64_t> sum{0};
    const int64_t tasks = loop % 9;
    pool.run(tasks, [&](int64_t task, int) { sum += task + loop; });
    QCOMPARE(sum.load(), tasks * (tasks - 1) / 2 + tasks * loop);
  }
}

// Long enough between loops for every worker to fall asleep.
void ThreadPoolTest::loops_after_sleep() {
  ThreadPool pool(3);
  for (int loop = 0; loop < 5; ++loop) {
    QTest::qSleep(5);
    std::atomic<int> count{0};
    pool.run(100, [&](int64_t, int) { ++count; });
    QCOMPARE(count.load(), 100);
  }
}

// Plain memory, no atomics: run() itself must order the writes. A thread sanitizer build checks it.
void ThreadPoolTest::results_are_visible_to_the_caller() {
  ThreadPool pool(4);
  std::vector<int> values(64, 0);
  for (int loop = 1; loop <= 500; ++loop) {
    pool.run(64, [&](int64_t task, int) { values[static_cast<size_t>(task)] += 1; });
    for (const int value : values) QCOMPARE(value, loop);
  }
}

void ThreadPoolTest::pools_come_and_go() {
  for (int i = 0; i < 50; ++i) {
    ThreadPool pool(1 + i % 5);
    if (i % 2 == 0) pool.run(3, [](int64_t, int) {});
  }
}
