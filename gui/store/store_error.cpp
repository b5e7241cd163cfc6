// SPDX-License-Identifier: Apache-2.0
#include "gui/store/store_error.h"

#include <QCoreApplication>

namespace gui {
namespace {

QString explain(StoreErrorCode code, const QString& detail) {
  const auto words = [](const char* text) {
    return QCoreApplication::translate("gui::StoreError", text);
  };
  switch (code) {
    case StoreErrorCode::NotFound:
      return words(QT_TRANSLATE_NOOP("gui::StoreError", "This is no longer there."));
    case StoreErrorCode::ReadOnly:
      return words(QT_TRANSLATE_NOOP("gui::StoreError",
                                     "Nothing can be saved: the data is open for reading only."));
    case StoreErrorCode::DiskFull:
      return words(
          QT_TRANSLATE_NOOP("gui::StoreError",
                            "The disk is full. Nothing is lost as long as Fireside is open; "
                            "free some space to save it."));
    case StoreErrorCode::Busy:
      return words(QT_TRANSLATE_NOOP(
          "gui::StoreError", "Another program is using Fireside's data. Close it and try again."));
    case StoreErrorCode::Damaged:
      return words(
          QT_TRANSLATE_NOOP("gui::StoreError",
                            "The database is damaged. Close Fireside and open it again: it "
                            "will repair what it can."));
    case StoreErrorCode::CannotOpen:
      return words(QT_TRANSLATE_NOOP("gui::StoreError", "The database cannot be opened: %1"))
          .arg(detail);
    case StoreErrorCode::NewerSchema:
      return words(QT_TRANSLATE_NOOP(
          "gui::StoreError",
          "This data was written by a newer Fireside. Update Fireside to change it."));
    case StoreErrorCode::Io:
      return words(
                 QT_TRANSLATE_NOOP("gui::StoreError", "Reading or writing the database failed: %1"))
          .arg(detail);
    case StoreErrorCode::Internal:
      break;
  }
  return words(QT_TRANSLATE_NOOP("gui::StoreError", "The database refused: %1")).arg(detail);
}

}  // namespace

StoreError::StoreError(StoreErrorCode code, const QString& detail)
    : std::runtime_error(
          ("store error " + QString::number(static_cast<int>(code)) + ": " + detail).toStdString()),
      code_(code),
      detail_(detail) {}

QString StoreError::message() const { return explain(code_, detail_); }

}  // namespace gui
