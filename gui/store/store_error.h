// SPDX-License-Identifier: Apache-2.0
// Why the store could not do something. Travels in the QFuture of the call:
//
//   store->load(id).then(this, [](ConversationData data) { ... })
//                  .onFailed(this, [](const StoreError& error) { setErrorString(error.message());
//                  });
#pragma once

#include <QString>
#include <stdexcept>

namespace gui {

enum class StoreErrorCode {
  NotFound,     // no such conversation, message, attachment or role
  ReadOnly,     // this start cannot write: newer schema, read-only folder
  DiskFull,     // the text is kept in memory and written when there is room again
  Busy,         // another process holds the database
  Damaged,      // the file is broken; the next start repairs it
  CannotOpen,   // permissions, not a folder, no such device
  NewerSchema,  // written by a newer Fireside
  Io,           // reading or writing failed
  Internal,     // a bug of ours; the detail says which statement
};

class StoreError : public std::runtime_error {
 public:
  // `detail`: file, figures or SQLite's own words; never text of a conversation.
  explicit StoreError(StoreErrorCode code, const QString& detail = {});
  StoreErrorCode code() const { return code_; }
  QString detail() const { return detail_; }
  // What happened and what to do, in the language of the moment.
  QString message() const;

 private:
  StoreErrorCode code_;
  QString detail_;
};

}  // namespace gui
