// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/mailbox.h"

#include <QMetaObject>

#include "gui/chat/generation.h"

namespace gui {

void Mailbox::push(const engine::RequestOutput& output) {
  const std::lock_guard lock(mutex_);
  if (finished_ || receiver_ == nullptr) {
    return;
  }
  content_.text += output.text;
  content_.promptDone = output.num_computed_prompt_tokens;
  content_.last.finish_reason = output.finish_reason;
  content_.last.error = output.error;
  content_.last.usage = output.usage;
  content_.last.timings = output.timings;
  finished_ = output.finished();
  wakeReceiver();
}

void Mailbox::fail(engine::ErrorCode code, const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (finished_ || receiver_ == nullptr) {
    return;
  }
  content_.errorCode = code;
  content_.last.finish_reason = code == engine::ErrorCode::Cancelled ? engine::FinishReason::Abort
                                                                     : engine::FinishReason::Error;
  content_.last.error = message;
  finished_ = true;
  wakeReceiver();
}

void Mailbox::abort() { fail(engine::ErrorCode::Cancelled, {}); }

Mailbox::Content Mailbox::take() {
  const std::lock_guard lock(mutex_);
  pending_ = false;
  Content taken = content_;
  content_.text.clear();
  return taken;
}

void Mailbox::detach() {
  const std::lock_guard lock(mutex_);
  receiver_ = nullptr;
}

void Mailbox::wakeReceiver() {
  if (!pending_) {
    pending_ = true;
    QMetaObject::invokeMethod(receiver_, &Generation::wake, Qt::QueuedConnection);
  }
}

}  // namespace gui
