// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/generation.h"

#include "gui/chat/error_text.h"
#include "gui/chat/mailbox.h"

namespace gui {
namespace {
constexpr int kFrameMs = 16;
}  // namespace

Generation::Generation() : mailbox_(std::make_shared<Mailbox>(this)) {
  frame_.setSingleShot(true);
  frame_.setTimerType(Qt::PreciseTimer);
  connect(&frame_, &QTimer::timeout, this, &Generation::drain);
}

Generation::~Generation() {
  mailbox_->detach();
  if (!isFinished()) {
    mailbox_->requestStop();
    emit stopRequested();
  }
}

void Generation::stop() {
  if (!isFinished()) {
    mailbox_->requestStop();
    emit stopRequested();
  }
}

void Generation::wake() {
  const qint64 waited = sinceDrain_.isValid() ? sinceDrain_.elapsed() : kFrameMs;
  if (waited >= kFrameMs) {
    drain();
  } else {
    frame_.start(static_cast<int>(kFrameMs - waited));
  }
}

void Generation::drain() {
  sinceDrain_.start();
  const Mailbox::Content content = mailbox_->take();
  result_.usage = content.last.usage;
  result_.timings = content.last.timings;
  if (content.promptDone != promptDone_) {
    promptDone_ = content.promptDone;
    emit progressChanged(promptDone_, result_.usage.prompt_tokens);
  }
  if (!content.text.empty()) {
    const QString added =
        QString::fromUtf8(content.text.data(), static_cast<qsizetype>(content.text.size()));
    text_ += added;
    emit textAdded(added);
  }
  if (content.last.finished()) {
    result_.reason = content.last.finish_reason;
    // Without a code it failed in the middle of a step.
    result_.errorCode = content.errorCode.value_or(engine::ErrorCode::Device);
    result_.error = errorText(result_.errorCode, QString::fromStdString(content.last.error));
    emit finished();
  }
}

}  // namespace gui
