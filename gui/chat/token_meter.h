// SPDX-License-Identifier: Apache-2.0
// How much of the context the next message would take, before it is sent. GUI thread; counting runs
// on the pool.
//
// The conversation so far is counted as one whole prompt, with the template, whenever it changes;
// the draft alone is counted while it is typed and added. Sum and real prompt differ by a token at
// most, where draft and document meet.
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>

#include "gui/chat/backend.h"
#include "gui/chat/prompt_builder.h"

class QThreadPool;

namespace gui {

class TokenMeter : public QObject {
  Q_OBJECT

 public:
  TokenMeter(Backend* backend, QThreadPool* pool, QObject* parent = nullptr);

  // What stands before the draft, and the documents that would be sent with it.
  void setConversation(const Prompt& prompt,
                       const std::vector<std::shared_ptr<const engine::Document>>& attachments,
                       int attachmentTokens);
  void setDraft(const QString& text);

  int draftTokens() const { return draftTokens_; }
  int attachmentTokens() const { return attachmentTokens_; }
  int historyTokens() const { return std::max(0, baseTokens_ - attachmentTokens_); }
  int contextUsed() const { return baseTokens_ + draftTokens_; }
  int contextLimit() const { return backend_->state().contextLimit; }
  QString text() const;
  // True as well while nothing is known.
  bool fits() const;
  QString fitText() const;
  QStringList fitChoices() const;

  // Why a prompt of that many tokens leaves no room for an answer; empty when it does, or without a
  // model.
  QString tooLongText(int tokens) const;

  // Whether `text` can be sent now, counted at once when it is short. True when the rest is not
  // counted yet: the engine has the last word.
  bool fitsNow(const QString& text);

 signals:
  void changed();

 private:
  void countBase();
  void countDraft();
  int excess() const;

  Backend* const backend_;
  QThreadPool* const pool_;
  std::shared_ptr<const Prompt> prompt_;
  bool hasAttachments_ = false;
  bool hasHistory_ = false;
  QString draft_;
  QTimer baseTimer_;
  QTimer draftTimer_;
  quint64 baseVersion_ = 0;
  quint64 draftVersion_ = 0;
  bool baseKnown_ = false;
  int baseTokens_ = 0;
  int attachmentTokens_ = 0;
  int draftTokens_ = 0;
};

}  // namespace gui
