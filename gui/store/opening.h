// SPDX-License-Identifier: Apache-2.0
// Opens the database of a folder in whatever state it is: fresh, killed in the middle, older,
// newer, read-only, locked by another process, damaged. Storage thread.
//
// Always leaves `db` open: read-write, read-only or, at worst, an empty one in memory. Never
// deletes user data: a damaged file is put aside as fireside-damaged-<time>.db (with its -wal) and
// what can be read of it is carried over; before a migration a verified copy goes to backups/,
// where chores() removes it after 30 days.
#pragma once

#include "gui/store/database.h"
#include "gui/store/store_options.h"

namespace gui {

OpenReport openStore(Database& db, const StoreOptions& options, qint64 now);

// Work for idle moments after a start: purges the trash (30 days), attachments nobody refers to (a
// day), copies made before migrations (30 days). Returns how many conversations were purged. Throws
// StoreError.
int chores(Database& db, const QString& folder, qint64 now);

// Makes the next start check the file.
void requestCheck(const QString& folder);

}  // namespace gui
