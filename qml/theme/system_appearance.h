// SPDX-License-Identifier: Apache-2.0
// What the desktop asks for: dark or light, with or without motion.
//
// Asks the settings portal (org.freedesktop.portal.Settings) without waiting and follows its changes; until it answers,
// and where there is none, dark follows the application palette and motion is on. GUI thread.
#pragma once

#include <QDBusVariant>
#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace gui {

class SystemAppearance : public QObject {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(bool dark READ dark NOTIFY darkChanged)
  Q_PROPERTY(bool reduceMotion READ reduceMotion NOTIFY reduceMotionChanged)

 public:
  explicit SystemAppearance(QObject* parent = nullptr);

  bool dark() const { return dark_; }
  bool reduceMotion() const { return reduceMotion_; }

 signals:
  void darkChanged();
  void reduceMotionChanged();

 private slots:
  void onSettingChanged(const QString& group, const QString& key, const QDBusVariant& value);

 private:
  void ask(const QString& group, const QString& key);
  void setDark(bool dark);
  void setReduceMotion(bool reduce);

  bool dark_ = false;
  bool reduceMotion_ = false;
};

}  // namespace gui
