// SPDX-License-Identifier: Apache-2.0
// One answer on its way, in the manner of QNetworkReply. Lives in the GUI thread; made by
// Backend::generate().
//
// Text arrives at most once a frame (16 ms), however fast the model is. Deleting it before it
// finished stops it.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>

#include "engine/error.h"
#include "engine/request.h"

namespace gui {

class Mailbox;

struct GenerationResult {
  engine::FinishReason reason = engine::FinishReason::None;
  QString error;  // in words, with FinishReason::Error
  engine::ErrorCode errorCode = engine::ErrorCode::Internal;
  engine::Usage usage;
  engine::Timings timings;
};

class Generation : public QObject {
  Q_OBJECT

 public:
  Generation();
  ~Generation() override;

  // Takes effect at the engine's next step; finished() follows with FinishReason::Abort.
  void stop();
  bool isFinished() const { return result_.reason != engine::FinishReason::None; }
  // All text so far.
  const QString& text() const { return text_; }
  // Usage and timings are running totals; reason is None until finished.
  const GenerationResult& result() const { return result_; }

  // Where the backend puts what it computes.
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

 signals:
  void textAdded(const QString& added);
  // Tokens of the prompt that are computed, of all.
  void progressChanged(int done, int total);
  // The last signal; text() and result() are complete.
  void finished();
  void stopRequested();

 private:
  friend class Mailbox;
  Q_INVOKABLE void wake();
  void drain();

  std::shared_ptr<Mailbox> mailbox_;
  QString text_;
  GenerationResult result_;
  int promptDone_ = 0;
  QTimer frame_;
  QElapsedTimer sinceDrain_;
};

}  // namespace gui
