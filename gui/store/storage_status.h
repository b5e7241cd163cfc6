// SPDX-License-Identifier: Apache-2.0
// The state of the storage for the window: is anything wrong, since when, what to do. GUI thread.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QString>
#include <optional>

#include "gui/store/store_error.h"
#include "gui/store/store_options.h"

namespace gui {

class StorageStatus : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by the store")
  // Nothing can be written in this run.
  Q_PROPERTY(bool readOnly READ readOnly NOTIFY changed)
  // Why, and what to do; also news that needs no action but must be known (a repaired database).
  // Empty: all is well.
  Q_PROPERTY(QString message READ message NOTIFY changed)
  // The database file, for people; empty when nothing is kept.
  Q_PROPERTY(QString location READ location NOTIFY changed)
  // The disk is full or failing at the moment; what is said is kept in memory.
  Q_PROPERTY(bool diskFull READ diskFull NOTIFY changed)

 public:
  using QObject::QObject;

  bool readOnly() const { return report_.mode != OpenReport::Mode::ReadWrite; }
  QString message() const;
  QString location() const { return report_.location; }
  bool diskFull() const { return trouble_.has_value(); }
  const OpenReport& report() const { return report_; }

  void setReport(const OpenReport& report);
  // Writing fails at the moment (disk full, I/O error), or works again.
  void setTrouble(const std::optional<StoreError>& error);
  // The file turned out to be broken while running.
  void setDamaged();
  // Hides news that needs no action; conditions that last stay.
  Q_INVOKABLE void dismiss();

 signals:
  void changed();

 private:
  QString reasonText() const;

  OpenReport report_;
  std::optional<StoreError> trouble_;
  bool damaged_ = false;
  bool dismissed_ = false;
};

}  // namespace gui
