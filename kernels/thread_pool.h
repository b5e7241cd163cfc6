// SPDX-License-Identifier: Apache-2.0
// A few persistent threads that share loops.
//
// run(num_tasks, body) calls body(task, thread) once for each task in [0, num_tasks), tasks handed
// out one by one in order, and returns when all are done; what they wrote is visible to the caller.
// The calling thread works too and is thread 0; the pool owns the other num_threads - 1. Waiting
// threads spin for some tens of microseconds, so that the many short loops of a forward pass start
// at once, then sleep: an idle pool uses no CPU time.
//
// One run() at a time, from one thread. Bodies must not throw and must not call run(). Allocates
// nothing per run.
#pragma once

#include <cstdint>
#include <memory>

namespace kernels {

class ThreadPool {
 public:
  // num_threads >= 1, the caller included. Throws std::system_error when a thread cannot be
  // started.
  explicit ThreadPool(int num_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const;

  template <typename Body>
  void run(int64_t num_tasks, const Body& body) {
    run_erased(num_tasks, &call<Body>, &body);
  }

 private:
  using Function = void (*)(const void* body, int64_t task, int thread);
  struct Impl;

  template <typename Body>
  static void call(const void* body, int64_t task, int thread) {
    (*static_cast<const Body*>(body))(task, thread);
  }
  void run_erased(int64_t num_tasks, Function function, const void* body);

  std::unique_ptr<Impl> impl_;
};

}  // namespace kernels
