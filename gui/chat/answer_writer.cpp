// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/answer_writer.h"

#include "gui/store/store.h"

namespace gui {
namespace {
constexpr int kCheckpointMs = 600;
}  // namespace

AnswerWriter::AnswerWriter(Store* store, qint64 messageId, QObject* parent)
    : QObject(parent), store_(store), messageId_(messageId), timer_(this) {
  timer_.setSingleShot(true);
  timer_.setInterval(kCheckpointMs);
  connect(&timer_, &QTimer::timeout, this, &AnswerWriter::checkpoint);
}

AnswerWriter::~AnswerWriter() {
  if (!finished_) {
    AnswerResult result;
    result.finishReason = QStringLiteral("abort");
    store_->finishAnswer(messageId_, text_, result);
  }
}

void AnswerWriter::append(const QString& added) {
  text_ += added;
  if (!timer_.isActive()) {
    timer_.start();
  }
}

void AnswerWriter::checkpoint() {
  store_->checkpointAnswer(messageId_, text_).onFailed(this, [this](const StoreError& error) {
    emit failed(error.message());
  });
}

QFuture<void> AnswerWriter::finish(const AnswerResult& result) {
  finished_ = true;
  timer_.stop();
  return store_->finishAnswer(messageId_, text_, result);
}

}  // namespace gui
