// SPDX-License-Identifier: Apache-2.0
#include "kernels/thread_pool.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace kernels {
namespace {

constexpr std::chrono::microseconds kSpinTime(100);

inline void relax() {
#if defined(__x86_64__)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

// Spins until done() or the time is over. Returns whether done() held.
template <typename Done>
bool spin(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + kSpinTime;
  for (;;) {
    for (int i = 0; i < 64; ++i) {
      if (done()) return true;
      relax();
    }
    if (std::chrono::steady_clock::now() >= end) return done();
  }
}

// One loop is one generation. `state` packs, in one word that is changed atomically:
//   bits 0..15 workers that joined the current loop; bit 16 the loop is open; bits 32..63
//   generation.
// A worker must join before it may read the loop's fields; the caller closes the loop when no task
// is left and waits only for those that joined. A worker that the system wakes late holds up
// nobody.
constexpr uint64_t kJoinedMask = 0xffff;
constexpr uint64_t kOpen = 1ull << 16;
constexpr int kGenerationShift = 32;

}  // namespace

struct ThreadPool::Impl {
  std::atomic<uint64_t> state{0};
  std::atomic<int64_t> next_task{0};
  std::atomic<uint64_t> num_finished{0};  // workers that joined and are through with the loop
  std::atomic<int> num_sleeping{0};
  std::atomic<bool> stopping{false};

  // The current loop. Written by the caller while it is closed, read by workers that joined it.
  int64_t num_tasks = 0;
  Function function = nullptr;
  const void* body = nullptr;

  std::mutex mutex;
  std::condition_variable wake;
  std::vector<std::thread> workers;

  bool has_loop(uint64_t last_generation) const {
    const uint64_t now = state.load();
    return (now & kOpen) != 0 && (now >> kGenerationShift) != last_generation;
  }

  void do_tasks(int thread) {
    for (;;) {
      const int64_t task = next_task.fetch_add(1, std::memory_order_relaxed);
      if (task >= num_tasks) return;
      function(body, task, thread);
    }
  }

  // Returns the generation taken part in (or missed), for the next wait.
  uint64_t join_loop(uint64_t last_generation, int thread) {
    uint64_t now = state.load();
    for (;;) {
      const uint64_t generation = now >> kGenerationShift;
      if ((now & kOpen) == 0 || generation == last_generation) return last_generation;
      if (state.compare_exchange_weak(now, now + 1)) {
        do_tasks(thread);
        num_finished.fetch_add(1);
        return generation;
      }
    }
  }

  void worker(int thread) {
    uint64_t generation = 0;
    const auto ready = [&] { return stopping.load() || has_loop(generation); };
    while (!stopping.load()) {
      if (!spin(ready)) {
        std::unique_lock<std::mutex> lock(mutex);
        num_sleeping.fetch_add(1);
        wake.wait(lock, ready);
        num_sleeping.fetch_sub(1);
      }
      generation = join_loop(generation, thread);
    }
  }

  void wake_sleepers() {
    if (num_sleeping.load() == 0) return;
    // Taking the lock makes sure that a worker between its test and its sleep is not missed.
    { std::lock_guard<std::mutex> lock(mutex); }
    wake.notify_all();
  }

  void stop() {
    stopping.store(true);
    wake_sleepers();
    for (std::thread& worker_thread : workers) worker_thread.join();
  }
};

ThreadPool::ThreadPool(int num_threads) : impl_(std::make_unique<Impl>()) {
  try {
    for (int thread = 1; thread < num_threads; ++thread) {
      impl_->workers.emplace_back([impl = impl_.get(), thread] { impl->worker(thread); });
    }
  } catch (...) {
    impl_->stop();
    throw;
  }
}

ThreadPool::~ThreadPool() { impl_->stop(); }

int ThreadPool::num_threads() const { return static_cast<int>(impl_->workers.size()) + 1; }

void ThreadPool::run_erased(int64_t num_tasks, Function function, const void* body) {
  if (num_tasks <= 1 || impl_->workers.empty()) {
    for (int64_t task = 0; task < num_tasks; ++task) function(body, task, 0);
    return;
  }
  Impl& impl = *impl_;
  impl.num_tasks = num_tasks;
  impl.function = function;
  impl.body = body;
  impl.next_task.store(0);
  impl.num_finished.store(0);
  const uint64_t generation = ((impl.state.load() >> kGenerationShift) + 1) & 0xffffffffu;
  impl.state.store(generation << kGenerationShift | kOpen);
  impl.wake_sleepers();

  impl.do_tasks(0);

  const uint64_t num_joined = impl.state.fetch_and(~kOpen) & kJoinedMask;
  const auto all_finished = [&] { return impl.num_finished.load() == num_joined; };
  while (!spin(all_finished)) std::this_thread::yield();
}

}  // namespace kernels
