// SPDX-License-Identifier: Apache-2.0
// An exported conversation on its way to the disk: under which name, and all of it or nothing. Any
// thread.
#pragma once

#include <QByteArray>
#include <QString>

namespace gui {

// The title as the name of a file, without a suffix: no character that a file system or a shell
// takes for something else, none that cannot be seen, not hidden, at most 60 long. "Conversation"
// in the language of the window when nothing is left.
QString exportName(const QString& title);

// The file that is written. A suffix decides about the format before the dialog's filter
// (`wantsJson`) does, but for a Markdown name with the filter for JSON. Where the name gets another
// suffix, it also gets a number rather than to replace a file that nobody was asked about.
QString exportPath(const QString& file, bool wantsJson);
bool isJson(const QString& path);

// Replaces the file only when all is on disk. Returns "", or why not and what helps.
QString writeExport(const QString& path, const QByteArray& bytes);

}  // namespace gui
