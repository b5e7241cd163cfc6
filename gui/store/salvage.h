// SPDX-License-Identifier: Apache-2.0
// Carries what can still be read of a damaged database over into a fresh one. Storage thread.
//
// Works on a private copy, so that the damaged file stays as it was found. Rows are read in ranges
// of their ids; a range that fails is halved until the unreadable rows are singled out. Messages
// whose conversation or parent is lost get a new conversation or become first messages, so that
// their text is not lost with it. When not even the table of contents (page 1) can be read, nothing
// comes over.
#pragma once

#include <QString>

#include "gui/store/database.h"

namespace gui {

struct Salvaged {
  int conversations = 0;
  int messages = 0;
};

// `target` has the current schema and no rows. Never throws.
Salvaged salvage(const QString& damaged, Database& target, const QString& scratch_folder);

}  // namespace gui
