// SPDX-License-Identifier: Apache-2.0
#include "qml/theme/system_appearance.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QGuiApplication>
#include <QPalette>

namespace gui {

namespace {

const auto kService = QStringLiteral("org.freedesktop.portal.Desktop");
const auto kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const auto kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const auto kAppearance = QStringLiteral("org.freedesktop.appearance");
const auto kColorScheme = QStringLiteral("color-scheme");  // 0: no wish, 1: dark, 2: light
const auto kGnome = QStringLiteral("org.gnome.desktop.interface");
const auto kAnimations = QStringLiteral("enable-animations");

// The portal wraps a value in one or two variants, depending on the method.
QVariant unwrapped(QVariant value) {
  while (value.userType() == qMetaTypeId<QDBusVariant>()) {
    value = value.value<QDBusVariant>().variant();
  }
  return value;
}

}  // namespace

SystemAppearance::SystemAppearance(QObject* parent)
    : QObject(parent), dark_(QGuiApplication::palette().window().color().lightness() < 128) {
  // Without a bus address there is nobody to ask, and libdbus would try to start a bus.
  if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) return;
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
              SLOT(onSettingChanged(QString, QString, QDBusVariant)));
  ask(kAppearance, kColorScheme);
  ask(kGnome, kAnimations);
}

void SystemAppearance::ask(const QString& group, const QString& key) {
  QDBusMessage call =
      QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
  call << group << key;
  auto* watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call), this);
  connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, group, key, watcher] {
    const QDBusPendingReply<QDBusVariant> reply = *watcher;
    if (!reply.isError()) onSettingChanged(group, key, reply.value());
    watcher->deleteLater();
  });
}

void SystemAppearance::onSettingChanged(const QString& group, const QString& key,
                                        const QDBusVariant& value) {
  const QVariant plain = unwrapped(QVariant::fromValue(value));
  if (group == kAppearance && key == kColorScheme && plain.toUInt() != 0) {
    setDark(plain.toUInt() == 1);
  }
  if (group == kGnome && key == kAnimations) setReduceMotion(!plain.toBool());
}

void SystemAppearance::setDark(bool dark) {
  if (dark == dark_) return;
  dark_ = dark;
  emit darkChanged();
}

void SystemAppearance::setReduceMotion(bool reduce) {
  if (reduce == reduceMotion_) return;
  reduceMotion_ = reduce;
  emit reduceMotionChanged();
}

}  // namespace gui
