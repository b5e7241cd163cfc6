// SPDX-License-Identifier: Apache-2.0
// The crossing point from the engine's thread to a Generation. Any thread.
//
// push() appends under a lock and posts one event when none is pending: a thousand tokens between
// two frames cost the GUI thread one event. It outlives the Generation when the engine still holds
// it.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "engine/error.h"
#include "engine/request.h"

namespace gui {

class Generation;

class Mailbox {
 public:
  struct Content {
    std::string text;  // UTF-8, whole characters
    int promptDone = 0;
    std::optional<engine::ErrorCode> errorCode;
    engine::RequestOutput last;  // usage, timings, finish reason and error; its text is empty
  };

  explicit Mailbox(Generation* receiver) : receiver_(receiver) {}

  // A piece of the answer. Nothing is accepted behind the last one.
  void push(const engine::RequestOutput& output);
  // The request failed before the engine had it.
  void fail(engine::ErrorCode code, const std::string& message);
  // The request was stopped before the engine had it.
  void abort();

  // Checked by those who work before the engine does (encoding).
  void requestStop() { stopRequested_ = true; }
  bool stopRequested() const { return stopRequested_; }

  // GUI thread: everything since the last take().
  Content take();
  // GUI thread: the Generation goes away; what comes now is dropped.
  void detach();

 private:
  void wakeReceiver();  // with the lock held

  std::mutex mutex_;
  Generation* receiver_;
  Content content_;
  bool pending_ = false;  // an event is on its way
  bool finished_ = false;
  std::atomic<bool> stopRequested_ = false;
};

}  // namespace gui
