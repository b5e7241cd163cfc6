// SPDX-License-Identifier: Apache-2.0
#include "gui/store/job_queue.h"

#include <pthread.h>

#include <utility>

namespace gui {

JobQueue::JobQueue(std::function<void()> wake) : wake_(std::move(wake)) {
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), "storage");
}

JobQueue::~JobQueue() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_worker_.notify_one();
  thread_.join();
}

void JobQueue::post(Job job) {
  {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_worker_.notify_one();
}

void JobQueue::postIdle(Job job) {
  {
    std::lock_guard lock(mutex_);
    idle_jobs_.push_back(std::move(job));
  }
  wake_worker_.notify_one();
}

void JobQueue::wait() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

std::vector<std::function<void()>> JobQueue::takeDeliveries() {
  std::lock_guard lock(mutex_);
  return std::exchange(deliveries_, {});
}

void JobQueue::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_worker_.wait(lock, [this] { return closing_ || !jobs_.empty() || !idle_jobs_.empty(); });
    if (jobs_.empty() && closing_) return;  // idle jobs are chores: the next start does them
    auto& source = jobs_.empty() ? idle_jobs_ : jobs_;
    busy_ = &source == &jobs_;
    Job job = std::move(source.front());
    source.pop_front();
    lock.unlock();
    job.work();
    job.work = nullptr;  // what it holds dies here, before anybody is told
    lock.lock();
    busy_ = false;
    if (job.deliver) {
      const bool first = deliveries_.empty();
      deliveries_.push_back(std::move(job.deliver));
      if (first) wake_();
    }
    if (jobs_.empty()) idle_.notify_all();
  }
}

}  // namespace gui
