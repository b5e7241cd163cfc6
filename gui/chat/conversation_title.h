// SPDX-License-Identifier: Apache-2.0
// The title that a conversation gets by itself, and what a search shows of a message. Pure.
#pragma once

#include "gui/store/rows.h"

namespace gui {

// The first line of the question, without Markdown's marks; else the name of its first document.
QString titleOf(const NewMessage& message);

// A piece of a message on one line, without Markdown's marks.
QString plainSnippet(const QString& markdown);

}  // namespace gui
