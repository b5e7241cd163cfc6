// SPDX-License-Identifier: Apache-2.0
// Rows as the tests of the store write them.
#pragma once

#include "gui/store/rows.h"

namespace gui {

inline AttachmentRow document(const QString& name, const QString& sha, const QStringList& pages) {
  AttachmentRow row;
  row.name = name;
  row.type = QStringLiteral("pdf");
  row.sha256 = sha;
  row.fileBytes = 1234;
  row.hasRealPages = true;
  row.emptyPages = {2, 5};
  row.pages = pages;
  return row;
}

inline AnswerResult finished() {
  AnswerResult result;
  result.finishReason = QStringLiteral("stop");
  result.promptTokens = 120;
  result.cachedTokens = 96;
  result.completionTokens = 33;
  result.queueMs = 0.5;
  result.ttftMs = 80.25;
  result.totalMs = 1000;
  result.tokensPerSecond = 36;
  return result;
}

// An answer that came to its end; nothing else is known of it.
inline AnswerResult stopped() {
  AnswerResult result;
  result.finishReason = QStringLiteral("stop");
  return result;
}

}  // namespace gui
