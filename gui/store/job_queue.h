// SPDX-License-Identifier: Apache-2.0
// The storage thread: runs jobs one at a time, in order, and hands their second halves back to the
// owner's thread.
//
// All data crosses between the threads under one std::mutex, and a job's two halves share nothing
// else.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gui {

class JobQueue {
 public:
  struct Job {
    std::function<void()> work;     // on the storage thread; must not throw
    std::function<void()> deliver;  // later, from takeDeliveries() of the owner; may be empty
  };

  // `wake` is called on the storage thread when deliveries begin to wait.
  explicit JobQueue(std::function<void()> wake);
  // Finishes everything queued and joins. Deliveries not taken are dropped.
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  void post(Job job);
  // Runs when nothing else waits; several such jobs keep their order.
  void postIdle(Job job);
  // Blocks until every job posted by post() is done.
  void wait();
  std::vector<std::function<void()>> takeDeliveries();

 private:
  void run();

  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable wake_worker_;
  std::condition_variable idle_;
  std::deque<Job> jobs_;
  std::deque<Job> idle_jobs_;
  std::vector<std::function<void()>> deliveries_;
  bool busy_ = false;  // with a job of jobs_
  bool closing_ = false;
  std::thread thread_;  // last: starts when the rest is there
};

}  // namespace gui
