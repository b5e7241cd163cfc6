// SPDX-License-Identifier: Apache-2.0
// The few things about files that Qt has no word for. Any thread.
//
// Nothing here opens the database file itself: closing a second descriptor of it would drop
// SQLite's POSIX locks.
#pragma once

#include <QString>

namespace gui {

// Makes the folder (mode 0700) and its parents; narrows an existing one of ours to 0700. Returns ""
// or the system's words about what is wrong.
QString makePrivateFolder(const QString& path);

// May this process create files in `folder` and write `file` there (if it exists)?
bool canWrite(const QString& folder, const QString& file);

// Renames over the target and makes that last through a power cut. Throws StoreError{Io}.
void replaceFile(const QString& from, const QString& to);

// Size in bytes; 0 when there is no such file.
qint64 fileSize(const QString& path);

}  // namespace gui
