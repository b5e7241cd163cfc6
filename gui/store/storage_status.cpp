// SPDX-License-Identifier: Apache-2.0
#include "gui/store/storage_status.h"

#include <QFileInfo>

namespace gui {

QString StorageStatus::message() const {
  if (trouble_) return trouble_->message();
  if (damaged_) return StoreError(StoreErrorCode::Damaged).message();
  if (readOnly()) return reasonText();
  if (dismissed_ || report_.damagedFile.isEmpty()) return {};
  const QString name = QFileInfo(report_.damagedFile).fileName();
  if (report_.salvagedConversations > 0) {
    return tr("The database was damaged. Saved from it: %1, %2. The damaged file is kept as %3.")
        .arg(tr("%n conversation(s)", nullptr, report_.salvagedConversations),
             tr("%n message(s)", nullptr, report_.salvagedMessages), name);
  }
  return tr("The database was damaged and could not be read. It is kept as %1; Fireside has "
            "started a new one.")
      .arg(name);
}

QString StorageStatus::reasonText() const {
  switch (report_.reason) {
    case OpenReport::Reason::NewerSchema:
      return tr(
          "These conversations were written by a newer Fireside. They can be read here but not "
          "changed. Update Fireside to go on with them.");
    case OpenReport::Reason::ReadOnlyFolder:
      return report_.mode == OpenReport::Mode::Memory
                 ? tr("The folder %1 cannot be written. Nothing from now on is kept after closing "
                      "the window.")
                       .arg(report_.detail)
                 : tr("The folder %1 cannot be written. Conversations can be read but not changed.")
                       .arg(report_.detail);
    case OpenReport::Reason::OtherInstance:
      return tr(
          "Another Fireside is using your conversations. Close it and start again; until then "
          "nothing said here is kept.");
    case OpenReport::Reason::NoRoomToMigrate:
      return tr(
          "The disk is full: there is no room for a copy of your conversations, which Fireside "
          "makes before it updates them. Free some space and start again; until then they can only "
          "be read.");
    case OpenReport::Reason::MigrationFailed:
      return tr("Your conversations could not be updated to this version of Fireside (%1). They "
                "are unchanged and can only be read.")
          .arg(report_.detail);
    case OpenReport::Reason::CannotOpen:
    case OpenReport::Reason::None:
      break;
  }
  return tr("Your conversations cannot be opened (%1). Nothing from now on is kept after closing "
            "the window.")
      .arg(report_.detail);
}

void StorageStatus::setReport(const OpenReport& report) {
  report_ = report;
  emit changed();
}

void StorageStatus::setTrouble(const std::optional<StoreError>& error) {
  if (trouble_.has_value() == error.has_value() && (!error || trouble_->code() == error->code()))
    return;
  trouble_ = error;
  emit changed();
}

void StorageStatus::setDamaged() {
  if (damaged_) return;
  damaged_ = true;
  emit changed();
}

void StorageStatus::dismiss() {
  dismissed_ = true;
  emit changed();
}

}  // namespace gui
