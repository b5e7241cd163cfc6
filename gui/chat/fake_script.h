// SPDX-License-Identifier: Apache-2.0
// The texts of FakeBackend: an answer for each kind of question, in the language of the question.
#pragma once

#include <QString>
#include <QStringList>

#include "engine/request.h"

namespace gui {

QString fakeAnswer(const engine::ChatRequest& request);

// Cuts a text as a model would write it: words with the blank before them, Han characters one by
// one. Joined they are the text again.
QStringList fakeTokens(const QString& text);
int countFakeTokens(const QString& text);

}  // namespace gui
